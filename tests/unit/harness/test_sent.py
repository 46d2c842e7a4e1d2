"""`harness.sent`: what a `send` puts on the wire, and which messages that completes."""

import pytest

from harness.ends import LENGTH, LF, NONE, NUL, Ends
from harness.payload import parse_segment
from harness.sent import completed, is_endless, is_text, payloads, segments_on_wire
from harness.texts import Text, render

FIVE = b"\0\0\0\5"


def on_wire(ends: Ends, *segments: object) -> list[bytes]:
    def write(text: Text) -> bytes:
        end = ends.terminator.decode("ascii")
        return render(text, sentence=str, word=str, name=str, end=lambda: end).encode()

    return segments_on_wire([parse_segment(one) for one in segments], ends, write)


@pytest.mark.parametrize(
    ("ends", "segments", "wire"),
    [
        (NONE, ["one{end}"], [b"one"]),
        (NONE, [{"hex": "ff"}, "{end}"], [b"\xff"]),
        (LF, ["one{end}two{end}"], [b"one\ntwo\n"]),
        (NUL, ["a", {"hex": "ff"}, "{end}"], [b"a", b"\xff", b"\0"]),
        (LENGTH, ["hello{end}"], [FIVE + b"hello"]),
        (LENGTH, ["hello{end}world{end}"], [FIVE + b"hello" + FIVE + b"world"]),
        (LENGTH, ["he", {"hex": "6c 6c"}, "o{end}"], [FIVE + b"he", b"ll", b"o"]),
        (LENGTH, [{"hex": "ff fe"}, "{end}"], [b"\0\0\0\2\xff\xfe"]),
        (LENGTH, ["hello{end}", "world{end}"], [FIVE + b"hello", FIVE + b"world"]),
        (LENGTH, ["{end}"], [b"\0\0\0\0"]),
        (LENGTH, ["endless"], [b"endless"]),
        (LENGTH, [{"hex": "00 00 00 05"}, "hello"], [FIVE, b"hello"]),
    ],
)
def test_segments_on_the_wire(ends: Ends, segments: list[object], wire: list[bytes]) -> None:
    assert on_wire(ends, *segments) == wire


@pytest.mark.parametrize(
    ("ends", "data", "messages", "rest"),
    [
        (NONE, b"one", [b"one"], b""),
        (NONE, b"", [], b""),
        (LF, b"one\ntwo\nth", [b"one\n", b"two\n"], b"th"),
        (LENGTH, FIVE + b"hello" + FIVE + b"wor", [FIVE + b"hello"], FIVE + b"wor"),
        (LENGTH, b"\0\0\0\0\0\0", [b"\0\0\0\0"], b"\0\0"),
    ],
)
def test_what_bytes_complete(ends: Ends, data: bytes, messages: list[bytes], rest: bytes) -> None:
    assert completed(data, ends) == (messages, rest)
    assert b"".join(messages) + rest == data


def test_what_is_said_in_messages() -> None:
    assert list(payloads([FIVE + b"hello", b"\0\0\0\1"], LENGTH)) == [b"hello", b"\0\0\0\1"]
    assert list(payloads([b"one\n"], LF)) == [b"one"]


@pytest.mark.parametrize(
    ("ends", "rest", "endless"),
    [
        (LF, b"12345", False),
        (LF, b"123456", True),
        (LENGTH, b"\0\0\1\0abc", True),
        (LENGTH, b"xxxx", True),
        (LENGTH, b"xxx", False),
        (LENGTH, FIVE, False),
    ],
)
def test_what_a_server_may_refuse_before_it_ends(ends: Ends, rest: bytes, endless: bool) -> None:
    assert is_endless(rest, ends, 5) is endless


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (b"\xff\xfe", "utf-8", False),
        (b"\xff\xfe", "iso8859-1", True),
        ("я".encode(), "utf-8", True),
        ("я".encode(), "ascii", False),
    ],
)
def test_text_is_a_matter_of_encoding(data: bytes, encoding: str, text: bool) -> None:
    assert is_text(data, encoding) is text
