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
