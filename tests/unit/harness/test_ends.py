"""`harness.ends`: how the end of a text is marked."""

import pytest

from harness.ends import CRLF, LENGTH, LF, NONE, NUL, Ends, parse_ends
from harness.errors import BadValue


@pytest.mark.parametrize(
    ("value", "ends"),
    [
        ("none", NONE),
        ("lf", LF),
        ("crlf", CRLF),
        ("nul", NUL),
        ("length", LENGTH),
        (0, NUL),
        (10, LF),
        (0x1E, Ends("0x1e", b"\x1e")),
        ("0x1E", Ends("0x1e", b"\x1e")),
        (LF, LF),
    ],
)
def test_how_it_is_written(value: object, ends: Ends) -> None:
    assert parse_ends(value) == ends


@pytest.mark.parametrize("value", ["LF", "", None, True, 128, -1, 1.5, "0x1", "0x80", [10]])
def test_what_is_no_end(value: object) -> None:
    with pytest.raises(BadValue, match="must be one of none, lf"):
        parse_ends(value)


@pytest.mark.parametrize(
    ("ends", "wire"),
    [(NONE, b"hi"), (LF, b"hi\n"), (CRLF, b"hi\r\n"), (NUL, b"hi\0"), (LENGTH, b"\0\0\0\2hi")],
)
def test_a_text_on_the_wire(ends: Ends, wire: bytes) -> None:
    assert ends.wrap(b"hi") == wire
    assert ends.unwrap(wire) == b"hi"
    assert ends.marked is (ends is not NONE)
    assert str(ends) == ends.name


@pytest.mark.parametrize(
    ("ends", "data"),
    [
        (LF, b"hi"),
        (LF, b"hi\nyou\n"),
        (CRLF, b"hi\n"),
        (LENGTH, b"\0\0"),
        (LENGTH, b"\0\0\0\1hi"),
        (LENGTH, b"\0\0\0\3hi"),
    ],
)
def test_what_is_not_one_text(ends: Ends, data: bytes) -> None:
    assert ends.unwrap(data) is None


@pytest.mark.parametrize("value", [0x20, 0x7E, 0x30, 0x41, 0x7A, "0x41", "0x7e"])
def test_what_stands_in_nearly_every_message_ends_none(value: object) -> None:
    with pytest.raises(BadValue, match="stands in nearly every message"):
        parse_ends(value)
