"""`harness.payload`: the very bytes of a `send`, read, written and bounded."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import BadValue
from harness.payload import (
    Hex,
    Payload,
    Segment,
    check_payload,
    format_payload,
    parse_segment,
    words,
)
from harness.texts import MAX_BYTES, Field, Literal, Repeat, parse_text

# However slow the machine, and nothing left behind.
PATIENT = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("hi", (Literal("hi"),)),
        ("{word}{end}", (Field("word"), Field("end"))),
        ("{{end}}", (Literal("{end}"),)),
        ("{end*3}", (Repeat("end", 3),)),
        ({"hex": "ff"}, Hex(b"\xff")),
        ({"hex": "FF fe  00 "}, Hex(b"\xff\xfe\x00")),
        ({"hex": "d0b0"}, Hex(b"\xd0\xb0")),
        ({"hex": "80"}, Hex(b"\x80")),
    ],
)
def test_segments(value: object, segment: Segment) -> None:
    assert parse_segment(value) == segment
    assert parse_segment(segment) == segment


QUOTES = 'put the bytes in quotes, as in {hex: "80"}'
DIGITS = 'two hexadecimal digits for each, as in {hex: "ff fe"}'


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, 'a text is needed, not nothing (a text, or bytes: {hex: "ff fe"})'),
        (5, "a text is needed, not the number 5 (put it in quotes)"),
        (True, "a text is needed, not true (put it in quotes)"),
        ([], 'a text is needed, not a list (a text, or bytes: {hex: "ff fe"})'),
        ("", "a segment without a byte cannot be sent (leave it out)"),
        ("{ende}", "unknown field '{ende}' (did you mean 'end'?)"),
        (
            "{x}",
            (
                "unknown field '{x}' (there are {sentence}, {word}, {name}, {end}, {X*N}; "
                "write {{ or }} for a brace)"
            ),
        ),
        (
            "\x80",
            (
                "the text has the control character U+0080, which is two bytes of UTF-8 "
                '(the byte is written {hex: "80"}, and goes with send)'
            ),
        ),
        ({}, 'nothing stands for no bytes (as in {hex: "ff fe"})'),
        ({"hex": None}, 'nothing stands for no bytes (as in {hex: "ff fe"})'),
        ({"hex": ["ff"]}, 'a list stands for no bytes (as in {hex: "ff fe"})'),
        ({"hex": 80}, f"the number 80 is no text ({QUOTES})"),
        # 0x41, 0041 and 4.1e1 look like bytes to nobody but the writer.
        ({"hex": 65}, f"the number 65 is no text ({QUOTES})"),
        ({"hex": 41.0}, f"the number 41.0 is no text ({QUOTES})"),
        ({"hex": True}, f"true is no text ({QUOTES})"),
        ({"hex": "f"}, f"'f' stands for no bytes ({DIGITS})"),
        ({"hex": "f f"}, f"'f f' stands for no bytes ({DIGITS})"),
        ({"hex": "0xff"}, f"'0xff' stands for no bytes ({DIGITS})"),
        ({"hex": "ff,fe"}, f"'ff,fe' stands for no bytes ({DIGITS})"),
        ({"hex": ""}, f"'' stands for no bytes ({DIGITS})"),
        ({"hex": " ff"}, f"' ff' stands for no bytes ({DIGITS})"),
        ({"hex": "\u0661\u0661"}, f"'\u0661\u0661' stands for no bytes ({DIGITS})"),
        ({"hex": "ff", "x": 1}, "unknown key 'x' (as in {hex: \"ff fe\"})"),
        ({"hexx": "ff"}, "unknown key 'hexx' (did you mean 'hex'?)"),
    ],
)
def test_what_is_no_segment(value: object, message: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_segment(value)
    assert str(caught.value) == message


def test_segments_are_bounded_together() -> None:
    most = parse_text("{я*1000000}")
    rest = Hex(bytes(MAX_BYTES - 4_000_000))
    assert check_payload((most, most, rest)) == (most, most, rest)
    with pytest.raises(BadValue, match=r"a text of 4,194,305 bytes \(at most 4,194,304\)"):
        check_payload((most, most, rest, Hex(b"x")))


SAID = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)
VALUES = (
    SAID.map(lambda text: text.replace("{", "{{").replace("}", "}}"))
    | st.sampled_from(["{end}", "{word}{end}", "{x*3}"])
    | st.binary(min_size=1).map(lambda data: {"hex": data.hex()})
)


@PATIENT
@given(st.lists(VALUES, min_size=1))
def test_what_is_written_reads_back(values: list[object]) -> None:
    payload: Payload = tuple(map(parse_segment, values))
    written = format_payload(payload)
    again = written if isinstance(written, list) else [written]
    assert tuple(map(parse_segment, again)) == payload
    assert isinstance(written, list) == (len(values) > 1)


def test_words() -> None:
    payload = (Hex(bytes(range(20))), parse_text("a" * 50), parse_segment("{word}{end}"))
    assert words(payload) == (
        f"00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f | '{'a' * 40}' | '{{word}}{{end}}'"
    )
    assert words((Hex(b"x"),) * 5) == "78 | 78 | 78 | 78 | ..."
