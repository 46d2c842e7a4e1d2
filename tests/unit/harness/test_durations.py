"""`harness.durations`: what is a duration, and what is not."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.durations import (
    Span,
    format_duration,
    format_span,
    parse_duration,
    parse_positive,
    parse_span,
)
from harness.errors import BadValue

# However slow the machine, and nothing left behind.
PATIENT = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("text", "seconds", "written"),
    [
        ("100ms", 0.1, "100ms"),
        ("0s", 0.0, "0ms"),
        ("2s", 2.0, "2s"),
        ("1.5s", 1.5, "1.5s"),
        ("1m", 60.0, "60s"),
        ("0.5 m", 30.0, "30s"),
        ("1500ms", 1.5, "1.5s"),
        ("0.25ms", 0.00025, "0.25ms"),
        ("1440m", 86400.0, "86400s"),
    ],
)
def test_durations(text: str, seconds: float, written: str) -> None:
    assert parse_duration(text) == seconds
    assert format_duration(seconds) == written


EXAMPLES = "as in 100ms, 2s, 1.5s, 1m"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "the number 5 has no unit (write 5s or 5ms)"),
        (1.5, "the number 1.5 has no unit (write 1.5s or 1.5ms)"),
        ("5", "the text '5' has no unit (write 5s or 5ms)"),
        (True, f"true is no duration ({EXAMPLES})"),
        (None, f"nothing is no duration ({EXAMPLES})"),
        ("", f"the text '' is no duration ({EXAMPLES})"),
        ("-5s", f"the text '-5s' is no duration ({EXAMPLES})"),
        ("5h", f"the text '5h' is no duration ({EXAMPLES})"),
        ("\u0665s", f"the text '\u0665s' is no duration ({EXAMPLES})"),
        ("9" * 21, f"the text '{'9' * 21}' is no duration ({EXAMPLES})"),
        ("1..2s", f"the text '1..2s' is no duration ({EXAMPLES})"),
        ("1441m", "1441m is longer than a day"),
    ],
)
def test_no_durations(value: object, message: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_duration(value)
    assert str(caught.value) == message


def test_a_deadline_takes_time() -> None:
    assert parse_positive("1ms") == 0.001
    with pytest.raises(BadValue, match=r"^must be longer than no time at all$"):
        parse_positive("0ms")


def test_spans() -> None:
    assert parse_span("500ms..1.5s") == Span(0.5, 1.5)
    assert parse_span("1s .. 1s") == parse_span("1s") == Span(1.0, 1.0)
    assert parse_span(Span(1.0, 2.0)) == Span(1.0, 2.0)
    assert format_span(Span(0.5, 1.5)) == "500ms..1.5s"
    assert format_span(Span(0.5, 0.5)) == "500ms"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2s..1s", "2s..1s runs backwards (the shorter one comes first)"),
        ("1..2s", "the text '1' has no unit (write 1s or 1ms)"),
        ("1s..2s..3s", f"the text '2s..3s' is no duration ({EXAMPLES})"),
        (5, "the number 5 has no unit (write 5s or 5ms)"),
    ],
)
def test_no_spans(value: object, message: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_span(value)
    assert str(caught.value) == message


@PATIENT
@given(
    st.decimals(0, 1000, allow_nan=False, places=20) | st.decimals(0, 86400, places=9),
    st.sampled_from(["ms", "s"]),
)
def test_what_is_written_reads_back(number: Decimal, unit: str) -> None:
    seconds = parse_duration(f"{number:f}{unit}")
    assert parse_duration(format_duration(seconds)) == seconds
