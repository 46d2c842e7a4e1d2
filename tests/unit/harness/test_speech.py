"""What everyone said, as the bytes that a relay may be made of."""

import pytest
from streams import name_of, say, voices_of

from harness.events import Kind
from harness.starts import common, occurrences

NAMES = ("ann", "bob", "bob")


def test_messages_stand_end_to_end() -> None:
    voices = voices_of("raw", NAMES, ["0 # one", "0 two", "1 # x"])
    speech = voices.speeches[0]
    assert [(m.start, m.end, m.head, m.tail) for m in speech.messages] == [
        (0, 16, (0,), (16,)),
        (16, 19, (16,), (19,)),
    ]
    assert speech.data == speech.messages[0].data + b"two"
    assert speech.messages[1].relayed == b"ann: two"


def test_what_holds_a_token_can_be_found_by_it() -> None:
    voices = voices_of("raw", NAMES, ["0 # one", "0 two", "1 # a: b"])
    assert sorted(map(name_of, voices.tokens.values())) == ["0.0", "1.0"]
    # Text that could hold a prefix is not for the fast path.
    assert list(map(name_of, voices.plain.values())) == ["0.0"]


@pytest.mark.parametrize(
    ("dialect", "text", "optional"),
    [("lines", "", True), ("lines", "x", False), ("raw", "x", False)],
)
def test_only_an_empty_line_is_optional(dialect: str, text: str, optional: bool) -> None:
    assert say(voices_of(dialect, NAMES), f"0 {text}").optional is optional


@pytest.mark.parametrize(("offset", "number"), [(0, 0), (15, 0), (16, 1), (18, 1), (19, 1)])
def test_the_message_at_an_offset(offset: int, number: int) -> None:
    speech = voices_of("raw", NAMES, ["0 # one", "0 two"]).speeches[0]
    assert speech.at(offset).number == number


@pytest.mark.parametrize(
    ("offset", "boundary"), [(0, True), (1, False), (16, True), (18, False), (19, True)]
)
def test_boundaries(offset: int, boundary: bool) -> None:
    speech = voices_of("raw", NAMES, ["0 # one", "0 two"]).speeches[0]
    assert speech.is_boundary(offset) is boundary


@pytest.mark.parametrize(("at", "length"), [(None, 19), (3, 19), (4, 19), (2, 16), (1, 16), (0, 0)])
def test_how_much_was_said_by_then(at: int | None, length: int) -> None:
    # At 1 and at 3 it is ann who speaks.
    speech = voices_of("raw", NAMES, ["0 # one", "1 # x", "0 two"]).speeches[0]
    assert speech.said_by(at) == length


def test_who_has_said_nothing_had_said_nothing() -> None:
    speech = voices_of("raw", NAMES).speeches[0]
    assert speech.said_by(5) == 0
    assert list(speech.ended_by(0, 9)) == []


@pytest.mark.parametrize(
    ("begin", "end", "numbers"),
    [
        (0, 19, [0, 1]),
        (0, 18, [0]),
        (0, 15, []),
        (15, 16, [0]),
        (16, 19, [1]),
        (16, 18, []),
        (19, 19, []),
    ],
)
def test_what_ended_there(begin: int, end: int, numbers: list[int]) -> None:
    speech = voices_of("raw", NAMES, ["0 # one", "0 two"]).speeches[0]
    assert [message.number for message in speech.ended_by(begin, end)] == numbers


def test_from_the_first_bytes_that_are_no_text_nothing_is_judged() -> None:
    voices = voices_of("raw", NAMES, ["0 # one"])
    before = voices.speeches[0].messages[0]
    voices.speeches[0].untext = 1
    after = say(voices, b"0 # \xff", Kind.UNTEXT)
    assert [voices.is_judged(message) for message in (before, after)] == [True, False]
    assert voices.is_judged(say(voices, "1 # x"))


@pytest.mark.parametrize(
    ("offset", "cut"), [(0, False), (1, False), (2, True), (3, False), (4, True), (5, False)]
)
def test_inside_a_character(offset: int, cut: bool) -> None:
    speech = voices_of("raw", NAMES, ["0 aяю"]).speeches[0]
    assert speech.cuts_character(offset) is cut


@pytest.mark.parametrize(
    ("text", "after", "found"),
    [
        pytest.param(b"ann: xbob: y", 0, [(0, 5, [0]), (6, 11, [1, 2])], id="everyone's"),
        pytest.param(b"ann: xbob: y", 5, [(6, 11, [1, 2])], id="behind what was seen"),
        pytest.param(b"cid: x", 0, [], id="a stranger's"),
        pytest.param(b": : x", 0, [], id="nobody's"),
        pytest.param(b"kann: x", 0, [(1, 6, [0])], id="inside a word"),
    ],
)
def test_prefixes(text: bytes, after: int, found: list[tuple[int, int, list[int]]]) -> None:
    assert voices_of("raw", NAMES).find_prefixes(text, after) == found


def test_a_name_that_comes_twice_is_one_prefix() -> None:
    voices = voices_of("raw", NAMES)
    voices.admit(2, "bob")
    assert voices.prefixes == {b"ann: ": [0], b"bob: ": [1, 2]}
    assert voices.longest == 5


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        (b"x", []),
        (b"xa", [1]),
        (b"xann:", [1]),
        (b"xann: ", []),
        (b"b", [0]),
        (b"bob", [0, 2]),
        (b"ann", [0]),
        (b"bbo", [1]),
    ],
)
def test_prefixes_that_may_have_begun(text: bytes, begun: list[int]) -> None:
    voices = voices_of("raw", NAMES)
    assert voices.unfinished_prefixes(text) == begun
    assert voices.may_turn(text, len(text)) is bool(begun)


def test_a_letter_of_a_name_at_the_end_begins_no_prefix_by_itself() -> None:
    assert not voices_of("raw", NAMES).may_turn(b"xnn", 3)


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
