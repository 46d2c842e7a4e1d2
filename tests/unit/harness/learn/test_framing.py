"""`harness.learn.framing`: ends, frames, and the size of a read, told from what came."""

import pytest

from harness.ends import CRLF, LENGTH, LF, NONE, NUL, Ends, parse_ends
from harness.learn.framing import ends_of, frames, is_counted, likely_ends, pieces_of, read_size

BELL = parse_ends(0x1E)


@pytest.mark.parametrize("ends", [LF, CRLF, NUL, LENGTH, BELL], ids=str)
def test_ends(ends: Ends) -> None:
    pieces = [ends.wrap(b"mira: one"), ends.wrap(b"tovo: another")]
    assert ends_of(pieces) == ends
    assert frames(b"".join(pieces), ends) == [b"mira: one", b"tovo: another"]


def test_no_ends() -> None:
    assert ends_of([b"mira: one", b"mira: two\n"]) is NONE
    assert ends_of([b"mira: one\x1b", b"mira: two\x1b"]) is NONE
    assert ends_of([]) is NONE
    assert ends_of([b""]) is NONE
    assert frames(b"all of it", NONE) == [b"all of it"]
    assert frames(b"", NONE) == []


def test_what_has_not_ended_stands_last() -> None:
    assert frames(b"one\ntwo", LF) == [b"one", b"two"]
    assert frames(LENGTH.wrap(b"one") + b"\0\0", LENGTH) == [b"one", b"\0\0"]


def test_lengths() -> None:
    assert is_counted(LENGTH.wrap(b"one") + LENGTH.wrap(b""))
    assert not is_counted(b"nickname")
    assert not is_counted(b"")


def test_what_is_tried_first() -> None:
    assert likely_ends(b"")[0] is LF
    assert likely_ends(b"nickname\n")[:2] == (LF, NONE)
    assert likely_ends(b"Hello\r\nname: ")[:2] == (LF, CRLF)
    assert likely_ends(b"nickname\0")[0] is NUL
    assert likely_ends(LENGTH.wrap(b"nickname"))[0] is LENGTH
    for door in (b"", b"a\0", b"a\r\n", LENGTH.wrap(b"a")):
        assert len(set(likely_ends(door))) == len(likely_ends(b""))


def test_pieces_and_reads() -> None:
    heard = b"mira: aaamira: aaamira: a"
    assert pieces_of(heard, b"mira: ", b"") == [3, 3, 1]
    assert pieces_of(b"aaa\naaa\na\n", b"", b"\n") == [3, 3, 1]
    assert pieces_of(b"aaaa", b"", b"") == []
    assert read_size([3, 3, 1], 7) == 3
    assert read_size([3, 3, 1], 8) is None
    assert read_size([4, 3], 7) is None
    assert read_size([7], 7) is None
    assert read_size([], 0) is None
