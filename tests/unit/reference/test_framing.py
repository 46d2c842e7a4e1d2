"""Framing is tested with bytes alone: every cut, every bound, both directions."""

from collections.abc import Iterable

import pytest

from reference.framing import (
    DIALECTS,
    LINES,
    MAX_LINE,
    MAX_NICKNAME,
    RAW,
    ChunksDecoder,
    ClientDecoder,
    Dialect,
    FramingError,
    LinesDecoder,
    nickname_in,
)

ODD = "  \tж\u2028\u0085\u000b\u001c🙂 "


def received(decoder: ChunksDecoder | LinesDecoder, reads: Iterable[bytes]) -> list[bytes]:
    return [frame for read in reads for frame in decoder.receive_data(read)]


def shown(decoder: ClientDecoder, reads: Iterable[bytes]) -> list[str]:
    return [text for read in reads for text in decoder.receive_data(read)]


def test_only_lines_end_with_a_newline() -> None:
    assert {name: dialect.end for name, dialect in DIALECTS.items()} == {
        "raw": b"",
        "lines": b"\n",
        "nick": b"",
    }


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_a_prefix_is_written_by_one_side(dialect: Dialect) -> None:
    assert dialect.server_prefix + dialect.client_prefix == b"{nick}: "


@pytest.mark.parametrize(
    ("frame", "name"),
    [
        (b"bob", b"bob"),
        (b"bob\n", b"bob"),
        (b"bob\r\n", b"bob"),
        (b" bob ", b" bob "),
        ("Борис 🙂".encode(), "Борис 🙂".encode()),
        (("я" * MAX_NICKNAME).encode(), ("я" * MAX_NICKNAME).encode()),
    ],
)
def test_a_nickname_is_taken_as_it_is_but_for_a_line_end(frame: bytes, name: bytes) -> None:
    assert nickname_in(frame) == name


@pytest.mark.parametrize(
    "frame",
    [b"", b"\n", b"\r\n", b" \t ", "\u2003".encode(), b"x" * (MAX_NICKNAME + 1)],
)
def test_a_blank_or_long_nickname_is_refused(frame: bytes) -> None:
    with pytest.raises(FramingError, match="blank nor long"):
        nickname_in(frame)


@pytest.mark.parametrize("frame", [b"a\nb", b"a\tb", b"a\x1b[31m", b"a\x00", "a\u0085".encode()])
def test_a_nickname_with_control_characters_is_refused(frame: bytes) -> None:
    with pytest.raises(FramingError, match="control"):
        nickname_in(frame)


def test_each_raw_read_is_a_frame() -> None:
    reads = [b"bob\n", b"one", ODD.encode(), b"\n"]
    assert received(ChunksDecoder(), reads) == reads


@pytest.mark.parametrize("cut", range(1, len(ODD.encode())))
def test_raw_never_cuts_a_character(cut: int) -> None:
    text = ODD.encode()
    frames = received(ChunksDecoder(), [b"bob", text[:cut], text[cut:]])
    assert b"".join(frames) == b"bob" + text
    assert "".join(frame.decode() for frame in frames) == "bob" + ODD


def test_raw_puts_a_character_together_byte_by_byte() -> None:
    reads = [bytes([byte]) for byte in "🙂".encode()]
    assert received(ChunksDecoder(), [b"bob", *reads]) == [b"bob", "🙂".encode()]


def test_a_raw_nickname_that_ends_inside_a_character_waits_for_its_end() -> None:
    name = "Зоя".encode()
    assert received(ChunksDecoder(), [name[:5], name[5:], b"hi"]) == [name, b"hi"]


def test_a_raw_nickname_without_an_end_has_a_bound() -> None:
    decoder = ChunksDecoder()
    reads = iter([b"x" * 4 * MAX_NICKNAME + b"\xd0"])
    with pytest.raises(FramingError, match="without an end"):
        received(decoder, reads)


@pytest.mark.parametrize("bad", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xd0a", b"\x80"])
def test_raw_yields_what_stands_before_bad_bytes(bad: bytes) -> None:
    decoder = ChunksDecoder()
    assert received(decoder, [b"bob"]) == [b"bob"]
    frames = decoder.receive_data(b"good" + bad)
    assert next(frames) == b"good"
    with pytest.raises(FramingError, match="UTF-8"):
        next(frames)


def test_raw_yields_nothing_where_nothing_is_good() -> None:
    decoder = ChunksDecoder()
    received(decoder, [b"bob"])
    with pytest.raises(FramingError, match="UTF-8"):
        next(decoder.receive_data(b"\xff"))


def test_a_raw_nickname_of_bad_bytes_is_refused_whole() -> None:
    with pytest.raises(FramingError, match="UTF-8"):
        next(ChunksDecoder().receive_data(b"bob\xff"))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1000])
def test_lines_do_not_depend_on_segments(size: int) -> None:
    lines = ["bob", "one", "", "two", ODD, "x" * 50]
    stream = "".join(line + "\n" for line in lines).encode()
    reads = [stream[i : i + size] for i in range(0, len(stream), size)]
    assert received(LinesDecoder(), reads) == [line.encode() for line in lines]


def test_lines_drop_a_cr_before_the_newline_only() -> None:
    assert received(LinesDecoder(), [b"bob\r\n", b"a\rb\r", b"\nc"]) == [b"bob", b"a\rb"]


def test_lines_yields_the_good_lines_before_a_bad_one() -> None:
    frames = LinesDecoder().receive_data(b"bob\ngood\n\xff\nlater\n")
    assert [next(frames), next(frames)] == [b"bob", b"good"]
    with pytest.raises(FramingError, match="UTF-8"):
        next(frames)


def test_a_line_has_a_bound_with_its_newline_and_without() -> None:
    longest = b"x" * MAX_LINE
    assert received(LinesDecoder(), [longest, b"\n"]) == [longest]
    with pytest.raises(FramingError, match="too long"):
        received(LinesDecoder(), [longest + b"x\n"])
    with pytest.raises(FramingError, match="without an end"):
        received(LinesDecoder(), [longest, b"x"])


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("size", [1, 3, 8, 9, 100])
def test_the_prompt_is_seen_in_pieces_and_with_what_follows(dialect: Dialect, size: int) -> None:
    decoder = ClientDecoder(dialect)
    stream = dialect.end.join([dialect.prompt, b"bob: hi", b""])
    texts = shown(decoder, [stream[i : i + size] for i in range(0, len(stream), size)])
    assert decoder.prompted
    assert "".join(texts) == "bob: hi"


def test_the_start_of_a_prompt_is_not_yet_one() -> None:
    decoder = ClientDecoder(RAW)
    assert shown(decoder, [b"nick"]) == []
    assert decoder.prompted is None


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_only_the_start_of_the_stream_is_the_prompt(dialect: Dialect) -> None:
    decoder = ClientDecoder(dialect)
    prompt = dialect.prompt + dialect.end
    assert shown(decoder, [prompt, prompt]) == [dialect.prompt.decode()]


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_a_server_without_a_prompt_is_shown_from_its_first_byte(dialect: Dialect) -> None:
    decoder = ClientDecoder(dialect)
    start = dialect.prompt[:-1]
    assert shown(decoder, [start, b"ing" + dialect.end]) == [start.decode() + "ing"]
    assert decoder.prompted is False


def test_a_prompt_line_may_end_with_cr_lf_cut_in_two() -> None:
    decoder = ClientDecoder(LINES)
    assert shown(decoder, [b"nickname\r", b"\nbob: hi\r\n"]) == ["bob: hi"]
    assert decoder.prompted


def test_a_line_end_at_the_end_of_a_raw_text_is_not_shown() -> None:
    assert shown(ClientDecoder(RAW), [b"nickname", b"a: 1\n", b"b: 2\r\n", b"\n"]) == [
        "a: 1",
        "b: 2",
        "",
    ]


def test_a_raw_text_waits_for_the_end_of_its_last_character() -> None:
    decoder = ClientDecoder(RAW)
    text = "жук: яд".encode()
    assert shown(decoder, [b"nickname", text[:-1]]) == []
    assert decoder.cut
    assert shown(decoder, [text[-1:]]) == ["жук: яд"]
    assert not decoder.cut


def test_a_raw_text_is_flushed_without_the_end_of_its_last_character() -> None:
    decoder = ClientDecoder(RAW)
    text = "жук: яд".encode()
    shown(decoder, [b"nickname", text[:-1]])
    assert decoder.flush() == ["жук: я"]
    assert decoder.flush() == []
    assert shown(decoder, [text[-1:]]) == ["д"]


def test_bad_bytes_are_shown_as_replacements() -> None:
    raw = ClientDecoder(RAW)
    assert shown(raw, [b"nickname", b"bob: \xff!", b"more"]) == ["bob: \ufffd!", "more"]
    lines = ClientDecoder(LINES)
    assert shown(lines, [b"nickname\n", b"bob: \xff!\nmo", b"re\n"]) == ["bob: \ufffd!", "more"]


def test_a_line_without_an_end_is_shown_at_a_bound() -> None:
    decoder = ClientDecoder(LINES)
    assert shown(decoder, [b"nickname\n", b"x" * MAX_LINE]) == []
    assert not decoder.cut
    assert shown(decoder, [b"xy"]) == ["x" * (MAX_LINE + 1) + "y"]
