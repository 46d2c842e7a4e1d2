"""`harness.limits`: how limits are written."""

import pytest
from pydantic import ValidationError

from harness.errors import BadValue
from harness.limits import QUANTILES, Limits, format_size, parse_size
from harness.section import Mistake, mistakes_of


@pytest.mark.parametrize(
    ("value", "size", "written"),
    [
        ("512KB", 512 << 10, "512KB"),
        ("64 MB", 64 << 20, "64MB"),
        ("1GB", 1 << 30, "1GB"),
        ("1024KB", 1 << 20, "1MB"),
        ("1025KB", 1025 << 10, "1025KB"),
        ("999999GB", 999_999 << 30, "999999GB"),
    ],
)
def test_sizes(value: str, size: int, written: str) -> None:
    assert parse_size(value) == size
    assert format_size(size) == written
    assert parse_size(written) == size


EXAMPLES = "as in 512KB, 64MB, 1GB"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (64, "the number 64 has no unit (write 64MB or 64KB)"),
        ("64", "the text '64' has no unit (write 64MB or 64KB)"),
        (0, "the number 0 has no unit (write 0MB or 0KB)"),
        ("0MB", "must be more than nothing"),
        (-5, f"the number -5 is no size ({EXAMPLES})"),
        (1.5, f"the number 1.5 is no size ({EXAMPLES})"),
        (True, f"true is no size ({EXAMPLES})"),
        ("1.5GB", f"the text '1.5GB' is no size ({EXAMPLES})"),
        ("64mb", f"the text '64mb' is no size ({EXAMPLES})"),
        ("-1MB", f"the text '-1MB' is no size ({EXAMPLES})"),
        (None, f"nothing is no size ({EXAMPLES})"),
    ],
)
def test_what_is_no_size(value: object, message: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_size(value)
    assert str(caught.value) == message


EVERY = {
    "delivery-p50": "10ms",
    "delivery-p90": "500ms",
    "delivery-p99": "2s",
    "delivery-max": "60s",
    "memory": "64MB",
    "lag": "200ms",
}


def test_what_is_read_is_written() -> None:
    limits = Limits.model_validate(EVERY)
    assert limits.plain() == EVERY
    assert set(EVERY) == set(Limits.keys())
    assert Limits.model_validate({"lag": "1m"}).plain() == {"lag": "60s"}
    assert (limits.delivery_p99, limits.memory) == (2.0, 64 << 20)


def test_each_limit_on_latency_has_its_quantile() -> None:
    latencies = {name for name in Limits.model_fields if name.startswith("delivery")}
    assert set(QUANTILES) == latencies
    assert all(0 < share <= 1 for share in QUANTILES.values())


@pytest.mark.parametrize(
    ("raw", "mistake"),
    [
        (
            {"delivery-p99": 5},
            Mistake(("delivery-p99",), "the number 5 has no unit", "write 5s or 5ms"),
        ),
        ({"delivery-p99": "0s"}, Mistake(("delivery-p99",), "must be longer than no time at all")),
        ({"delivery-p99": None}, Mistake(("delivery-p99",), "'delivery-p99' has no value")),
        (
            {"delivery_p99": "5s"},
            Mistake(
                ("delivery_p99",),
                "unknown key 'delivery_p99'",
                "did you mean 'delivery-p99'?",
                at_key=True,
            ),
        ),
        ({"memory": None}, Mistake(("memory",), "'memory' has no value")),
        ({"memory": 64}, Mistake(("memory",), "the number 64 has no unit", "write 64MB or 64KB")),
    ],
)
def test_mistakes(raw: object, mistake: Mistake) -> None:
    with pytest.raises(ValidationError) as caught:
        Limits.model_validate(raw)
    assert list(mistakes_of(caught.value)) == [mistake]
