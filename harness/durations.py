"""Durations as a scenario writes them: `100ms`, `2s`, `1.5s`, `1m`, `500ms..1500ms`.

A duration is a number of seconds from here on. Knows nothing of clocks and of YAML.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from harness.errors import BadValue
from harness.words import kind

MAX_SECONDS = 86_400
"""A day: a scenario that waits longer is a slip."""

_UNITS = {"ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60)}
_DURATION = re.compile(r"([0-9]{1,20}(?:\.[0-9]{1,20})?) ?(ms|s|m)")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_EXAMPLES = "as in 100ms, 2s, 1.5s, 1m"


@dataclass(frozen=True, slots=True)
class Span:
    """From `least` to `most` seconds; both the same where a scenario gives one duration."""

    least: float
    most: float


def parse_duration(value: object) -> float:
    """Read a duration; seconds. Raises `BadValue`."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        seconds = Decimal(match[1]) * _UNITS[match[2]]
        if seconds > MAX_SECONDS:
            raise BadValue(f"{value} is longer than a day")
        return float(seconds)
    if _is_number(value):
        raise BadValue(f"{kind(value)} has no unit", f"write {value}s or {value}ms")
    raise BadValue(f"{kind(value)} is no duration", _EXAMPLES)


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return bool(_NUMBER.fullmatch(value)) and len(value) <= 20
    return isinstance(value, int | float) and not isinstance(value, bool)


def parse_positive(value: object) -> float:
    """Read a duration above zero; seconds. Raises `BadValue`."""
    seconds = parse_duration(value)
    if seconds == 0:
        raise BadValue("must be longer than no time at all")
    return seconds


def parse_span(value: object) -> Span:
    """Read a duration, or a range of two (`500ms..1500ms`). Raises `BadValue`."""
    if isinstance(value, Span):
        return value
    if not isinstance(value, str) or ".." not in value:
        seconds = parse_duration(value)
        return Span(seconds, seconds)
    least, most = (parse_duration(end.strip()) for end in value.split("..", 1))
    if least > most:
        raise BadValue(f"{value} runs backwards", "the shorter one comes first")
    return Span(least, most)


def format_duration(seconds: float) -> str:
    """Write the duration that `parse_duration` reads as exactly `seconds`."""
    exact = Decimal(repr(seconds))
    if exact < 1:
        return f"{(exact * 1000).normalize():f}ms"
    return f"{exact.normalize():f}s"


def format_span(span: Span) -> str:
    """Write the duration or range that `parse_span` reads as `span`."""
    least, most = format_duration(span.least), format_duration(span.most)
    return least if least == most else f"{least}..{most}"
