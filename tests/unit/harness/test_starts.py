"""Where in a speech something may begin that is heard of its speaker, first or again."""

import pytest
from streams import voices_of

from harness import starts
from harness.speech import Speech
from harness.starts import (
    MOST_STARTS,
    NEEDLE,
    TooAmbiguousError,
    common,
    occurrences,
    resumed,
    starts_of,
)


def _speech(*words: str, dialect: str = "raw") -> Speech:
    return voices_of(dialect, ["ann"], [f"0 {word}" for word in words]).speeches[0]


@pytest.mark.parametrize(
    ("text", "late", "found"),
    [
        pytest.param(b"two", 0, [3, 9], id="where a message begins"),
        pytest.param(b"two", 12, [3, 9], id="anywhere before"),
        pytest.param(b"wo", 0, [], id="not inside of what is said to one who is in"),
        pytest.param(b"wo", 12, [4, 10], id="inside of what was said before"),
        pytest.param(b"wo", 4, [], id="not from there on"),
        pytest.param(b"wo", 5, [4], id="right before"),
        pytest.param(b"two", 4, [3, 9], id="both"),
        pytest.param(b"twosix", 0, [3], id="over the end of a message"),
        pytest.param(b"tea", 12, [], id="nowhere"),
        pytest.param(b"twosixtwo and then some more", 12, [], id="more than was said"),
    ],
)
def test_where_a_text_may_begin(text: bytes, late: int, found: list[int]) -> None:
    assert starts_of(_speech("one", "two", "six", "two"), text, late, ended=True) == found


def test_so_much_is_looked_at_as_tells() -> None:
    speech = _speech("x" * NEEDLE + "y", "x" * NEEDLE + "z")
    # What does not fit later is found out by following it.
    assert starts_of(speech, b"x" * NEEDLE + b"z", 0, ended=True) == [0, NEEDLE + 1]


def test_where_nothing_has_come_what_comes_next_will_tell() -> None:
    assert starts_of(_speech("one"), b"", 3, ended=True) is None


@pytest.mark.parametrize("ended", [False, True])
def test_what_is_all_alike_is_waited_for_until_it_ends(ended: bool) -> None:
    speech = _speech("x" * (MOST_STARTS + 2 * NEEDLE))
    text = b"x" * NEEDLE
    if not ended:
        assert starts_of(speech, text, len(speech.data), ended=False) is None
        return
    with pytest.raises(TooAmbiguousError):
        starts_of(speech, text, len(speech.data), ended=True)


def test_a_longer_look_is_taken_where_a_short_one_does_not_tell() -> None:
    most = MOST_STARTS + 2 * NEEDLE
    speech = _speech("x" * most + "y")
    text = b"x" * (2 * NEEDLE) + b"y"
    assert starts_of(speech, text, len(speech.data), ended=False) == [most - 2 * NEEDLE]


def test_so_many_places_can_be_followed_and_one_more_cannot() -> None:
    speech = _speech("x" * (MOST_STARTS + 1))
    found = starts_of(speech, b"xx", len(speech.data), ended=True)
    assert found == list(range(MOST_STARTS))
    with pytest.raises(TooAmbiguousError):
        starts_of(speech, b"x", len(speech.data), ended=True)


def test_so_much_that_is_alike_is_waited_for_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starts, "MOST_ALIKE", 4 * NEEDLE)
    speech = _speech("x" * (MOST_STARTS + 8 * NEEDLE))
    assert starts_of(speech, b"x" * 4 * NEEDLE, len(speech.data), ended=False) is None
    with pytest.raises(TooAmbiguousError):
        starts_of(speech, b"x" * (4 * NEEDLE + 1), len(speech.data), ended=False)


@pytest.mark.parametrize(
    ("place", "found"),
    [
        pytest.param((0,), [0], id="nothing to leave out"),
        pytest.param((4,), [4, 5, 6], id="one empty line or both"),
        pytest.param((5,), [5, 6], id="the second alone"),
        pytest.param((0, 5), [0, 5, 6], id="from several places"),
        pytest.param((10,), [10, 11], id="an empty line at the end"),
        pytest.param((11,), [11], id="behind all"),
    ],
)
def test_empty_lines_may_have_been_left_out(place: tuple[int, ...], found: list[int]) -> None:
    assert resumed(_speech("one", "", "", "six", "", dialect="lines"), place) == found


@pytest.mark.parametrize(
    ("left", "right", "length"),
    [
        (b"", b"x", 0),
        (b"abc", b"abcd", 3),
        (b"abc", b"xbc", 0),
        (b"abcdefgh", b"abcdefgX", 7),
        (b"abcdefgh", b"abXdefgh", 2),
        (b"abcdefgh", b"aXcXefgh", 1),
    ],
)
def test_what_is_common_in_front(left: bytes, right: bytes, length: int) -> None:
    assert common(left, right) == length
    assert common(bytearray(right), left) == length


@pytest.mark.parametrize(
    ("most", "before", "found"),
    [(9, 9, [0, 1, 2, 5]), (2, 9, [0, 1]), (9, 2, [0, 1]), (9, 0, [])],
)
def test_where_something_occurs(most: int, before: int, found: list[int]) -> None:
    assert occurrences(bytearray(b"aaaa aa"), b"aa", most, before) == found
