"""Limits: what a scenario allows for latency, for the server's memory, and for our own lag.

Knows how limits are written, not how anything is measured.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from harness.durations import format_duration
from harness.errors import BadValue
from harness.section import Mistake, Section, empty_mistakes
from harness.step_values import Positive
from harness.words import kind

_UNITS = {"KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}
_SIZE = re.compile(r"([0-9]{1,6}) ?(KB|MB|GB)")
QUANTILES = {"delivery_p50": 0.5, "delivery_p90": 0.9, "delivery_p99": 0.99, "delivery_max": 1.0}
"""The limits on latency, and of which share of the deliveries each must hold."""


def parse_size(value: object) -> int:
    """Read a size in KB, MB or GB (1,024 times the one before); bytes. Raises `BadValue`."""
    if isinstance(value, str) and (match := _SIZE.fullmatch(value)):
        if not int(match[1]):
            raise BadValue("must be more than nothing")
        return int(match[1]) * _UNITS[match[2]]
    if isinstance(value, int | str) and re.fullmatch(r"[0-9]{1,9}", str(value)):
        raise BadValue(f"{kind(value)} has no unit", f"write {value}MB or {value}KB")
    raise BadValue(f"{kind(value)} is no size", "as in 512KB, 64MB, 1GB")


def format_size(size: int) -> str:
    """Write what `parse_size` reads as `size`, which is a whole number of KB."""
    unit = next(unit for unit in reversed(_UNITS) if size % _UNITS[unit] == 0)
    return f"{size // _UNITS[unit]}{unit}"


Size = Annotated[
    int,
    PlainValidator(parse_size),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^[0-9]+ ?(KB|MB|GB)$",
            "patternErrorMessage": "A size has a unit, as in 512KB, 64MB, 1GB.",
        }
    ),
]


class Limits(Section):
    """What must not be passed; latency counts from the time at which a message was due."""

    EXAMPLE = "write {delivery-p99: 2s}"

    delivery_p50: Positive | None = Field(
        default=None,
        alias="delivery-p50",
        description="Half of all deliveries take at most this long.",
    )
    delivery_p90: Positive | None = Field(
        default=None,
        alias="delivery-p90",
        description="90 % of all deliveries take at most this long.",
    )
    delivery_p99: Positive | None = Field(
        default=None,
        alias="delivery-p99",
        description="99 % of all deliveries take at most this long.",
        examples=["2s"],
    )
    delivery_max: Positive | None = Field(
        default=None, alias="delivery-max", description="Every delivery takes at most this long."
    )
    memory: Size | None = Field(
        default=None,
        description="What the server's processes may use together.",
        examples=["64MB"],
    )
    lag: Positive | None = Field(
        default=None,
        description="How far the harness itself may run behind; beyond it the run proves nothing.",
        examples=["200ms"],
    )

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterator[Mistake]:
        """Find the keys without a value."""
        return empty_mistakes(raw, cls.keys())

    def plain(self) -> dict[str, str]:
        """Write it as a mapping."""
        given: dict[str, str] = {}
        for name, info in type(self).model_fields.items():
            value = getattr(self, name)
            if value is not None:
                plain = format_size(value) if name == "memory" else format_duration(value)
                given[info.alias or name] = plain
        return given
