"""Where a prefix can stand in a text, and where one may have begun."""

import pytest

from harness.prefixes import MOST_AWAITED, Prefixes
from harness.readings import NOBODY


def _rows(
    table: Prefixes, text: bytes, after: int = 0, hearer: int = 9
) -> list[tuple[object, ...]]:
    return [tuple(row) for row in table.find(text, after, hearer)]


def test_with_frames_a_prefix_begins_where_a_frame_does() -> None:
    table = Prefixes(b"\r\n", echoing=False)
    table.add(b"ann: ", b": ", 3, 0)
    assert _rows(table, b"ann: ann: x\r\nann: y") == [(0, 5, [0]), (13, 18, [0])]
    assert _rows(table, b"ann: ann: x\r\nann: y", 5) == [(13, 18, [0])]
    assert table.unfinished(b"x\r\nan") == [3]
    assert table.unfinished(b"xan") == []
    assert not table.may_turn(b"ann: x\r\n", 8)
    assert table.is_plain(b"x: y")


def test_a_shared_prefix_is_seen_once_its_frame_is() -> None:
    table = Prefixes(b"\n", echoing=False)
    table.shared = b""
    table.add(b"", b"", 0, 0)
    table.add(b"", b"", 0, 1)
    assert _rows(table, b"one\ntw") == [(0, 0, [0, 1])]
    assert table.unfinished(b"one\ntw") == [4]
    assert _rows(table, b"one\ntwo\n", 6) == [(4, 4, [0, 1])]
    assert [row.begin for row in table.find(b"one\ntw", 6, 9, final=True)] == [4]
    assert table.unfinished(b"one\ntw", final=True) == []
    assert _rows(table, b"x" * MOST_AWAITED) == [(0, 0, [0, 1])]
    assert table.unfinished(b"x" * MOST_AWAITED) == []


def test_own_words_stand_behind_their_own_prefix() -> None:
    table = Prefixes(b"", echoing=True)
    for conn, name in enumerate((b"ann", b"bob")):
        table.add(name + b": ", b": ", 3, conn)
        table.add_own(b"You: ", b"You: ", 0, conn)
    text = b"ann: xYou: y"
    assert _rows(table, text, hearer=0) == [(6, 11, [0])]
    assert _rows(table, text, hearer=1) == [(0, 5, [0]), (6, 11, [1])]
    assert [row.conns for row in table.find(text, 0, 0, strict=False)] == [[0], [0]]


@pytest.mark.parametrize("text", [b"* ann left", b"* ann left!"])
def test_a_notice_is_a_prefix_of_nobody(text: bytes) -> None:
    table = Prefixes(b"", echoing=False)
    table.expect(b" left!")
    speaker = table.add_notice(b"* ann left!", b" left!", 5)
    assert speaker is not None
    assert speaker < NOBODY
    assert table.add_notice(b"* ann left!", b" left!", 5) is None
    whole = text.endswith(b"!")
    assert _rows(table, b"x" + text) == ([(1, 12, [speaker])] if whole else [])
    assert table.unfinished(b"x" + text) == ([] if whole else [1])
    assert not table.is_plain(b"who left!")


def test_who_comes_again_under_its_name_is_the_same() -> None:
    table = Prefixes(b"", echoing=False)
    for conn in (0, 1, 0):
        table.add(b"bob: ", b": ", 3, conn)
    assert _rows(table, b"bob: x") == [(0, 5, [0, 1])]


@pytest.mark.parametrize(
    ("text", "end", "turns"),
    [
        pytest.param(b"hi a", 4, True, id="a letter"),
        pytest.param(b"hi ann:", 7, True, id="all but its end"),
        pytest.param(b"ann: ", 5, False, id="a whole one"),
        pytest.param(b"hi", 2, False, id="nothing like it"),
        pytest.param(b"hi nn", 5, False, id="from its middle"),
        pytest.param(b"hi ann: x", 5, True, id="what comes behind is not looked at"),
        pytest.param(b"hi ann: x", 9, False, id="long past"),
        pytest.param(b"", 0, False, id="nothing"),
    ],
)
def test_without_frames_a_prefix_may_have_begun_at_the_end(
    text: bytes, end: int, turns: bool
) -> None:
    table = Prefixes(b"", echoing=False)
    table.add(b"ann: ", b": ", 3, 0)
    assert table.may_turn(text, end) is turns


def test_a_frame_may_begin_with_several_prefixes_right_or_wrong() -> None:
    table = Prefixes(b"\n", echoing=True)
    for conn, name in enumerate((b"a", b"a: b")):
        table.add(name + b": ", b": ", len(name), conn)
        table.add_own(b"You: ", b"You: ", 0, conn)
    assert [tuple(row) for row in table.at_front(b"a: b: x\n", 9)] == [(0, 3, [0]), (0, 6, [1])]
    # Its own words behind the prefix that the others hear: wrong, and known for what they are.
    assert [tuple(row) for row in table.at_front(b"a: x\n", 0)] == [(0, 3, [0])]
    assert _rows(table, b"a: x\n", hearer=0) == []
    assert [tuple(row) for row in table.at_front(b"You: x\n", 1)] == [(0, 5, [1])]
    for frame in (b"a:\n", b"", b"x a: x\n"):
        assert table.at_front(frame, 9) == []


@pytest.mark.parametrize(("after", "seen"), [(0, True), (3, True), (11, True), (12, False)])
def test_a_prefix_is_seen_once_its_last_byte_is_however_early_its_anchor_stands(
    after: int, seen: bool
) -> None:
    table = Prefixes(b"", echoing=False)
    speaker = table.add_notice(b"* ann left!", b"* ", 0)
    assert _rows(table, b"x* ann left!y", after) == ([(1, 12, [speaker])] if seen else [])
