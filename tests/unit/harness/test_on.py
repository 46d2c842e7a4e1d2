"""`harness.on`: how bytes are cut and paced, as it is written."""

import pytest
from pydantic import ValidationError

from harness.errors import BadValue
from harness.on import Cutting, On, Segments, format_segments, parse_segments
from harness.section import Mistake, mistakes_of


@pytest.mark.parametrize(
    ("value", "segments", "written"),
    [
        ("1 byte", Segments(Cutting.BYTES, 1), "1 byte"),
        ("1byte", Segments(Cutting.BYTES, 1), "1 byte"),
        ("1 bytes", Segments(Cutting.BYTES, 1), "1 byte"),
        ("7 bytes", Segments(Cutting.BYTES, 7), "7 bytes"),
        ("1048576bytes", Segments(Cutting.BYTES, 1 << 20), "1048576 bytes"),
        ("random", Segments(Cutting.RANDOM), "random"),
        ("glued", Segments(Cutting.GLUED), "glued"),
        ("whole", Segments(Cutting.WHOLE), "whole"),
    ],
)
def test_segments(value: str, segments: Segments, written: str) -> None:
    assert parse_segments(value) == parse_segments(segments) == segments
    assert format_segments(segments) == written
    assert parse_segments(written) == segments


EXAMPLES = "as in 1 byte, 7 bytes, random, glued, whole"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("0 bytes", "segments of 0 bytes (from 1 to 1,048,576)"),
        ("1048577 bytes", "segments of 1,048,577 bytes (from 1 to 1,048,576)"),
        (1, "the number 1 is no way to cut (write 1 byte)"),
        ("1", "the text '1' is no way to cut (write 1 byte)"),
        (7, "the number 7 is no way to cut (write 7 bytes)"),
        (-7, f"the number -7 is no way to cut ({EXAMPLES})"),
        (True, f"true is no way to cut ({EXAMPLES})"),
        (1.5, f"the number 1.5 is no way to cut ({EXAMPLES})"),
        ("bytes", "the text 'bytes' is no way to cut (did you mean '1 byte'?)"),
        ("gleud", "the text 'gleud' is no way to cut (did you mean 'glued'?)"),
        ("1 byt", "the text '1 byt' is no way to cut (did you mean '1 byte'?)"),
        ("1 MB", f"the text '1 MB' is no way to cut ({EXAMPLES})"),
        ([1], f"a list is no way to cut ({EXAMPLES})"),
    ],
)
def test_what_is_no_way_to_cut(value: object, message: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_segments(value)
    assert str(caught.value) == message


def test_what_is_read_is_written() -> None:
    plain = {"segments": "7 bytes", "delay": "20ms"}
    assert On.model_validate(plain).plain() == plain
    assert On.model_validate({"delay": "0ms"}).plain() == {"delay": "0ms"}
    assert On().plain() == {}


@pytest.mark.parametrize(
    ("raw", "mistake"),
    [
        (
            {"segment": "1 byte"},
            Mistake(("segment",), "unknown key 'segment'", "did you mean 'segments'?", at_key=True),
        ),
        (
            {"speed": "1 byte"},
            Mistake(
                ("speed",), "unknown key 'speed'", "the keys here are: segments, delay", at_key=True
            ),
        ),
        ({"segments": None}, Mistake(("segments",), "'segments' has no value")),
        ({"delay": None}, Mistake(("delay",), "'delay' has no value")),
        (
            {"delay": 20},
            Mistake(("delay",), "the number 20 has no unit", "write 20s or 20ms"),
        ),
        (
            {"segments": "0 bytes"},
            Mistake(("segments",), "segments of 0 bytes", "from 1 to 1,048,576"),
        ),
    ],
)
def test_mistakes(raw: object, mistake: Mistake) -> None:
    with pytest.raises(ValidationError) as caught:
        On.model_validate(raw)
    assert list(mistakes_of(caught.value)) == [mistake]
