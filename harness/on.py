"""On: how someone's bytes are cut and paced on their way, so that any scenario can be cut.

`{segments: 1 byte, delay: 20ms}`. Knows nothing of sockets and of what the bytes mean.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from harness.durations import format_duration
from harness.errors import BadValue
from harness.section import Mistake, Section, empty_mistakes
from harness.step_values import Duration
from harness.words import kind, suggest

MOST_BYTES = 1 << 20


class Cutting(StrEnum):
    """How messages become segments."""

    BYTES = "bytes"
    RANDOM = "random"
    GLUED = "glued"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Segments:
    """Segments of `size` bytes, of random sizes, of several messages each, or as they are."""

    cutting: Cutting
    size: int = 0


_BYTES = re.compile(r"([0-9]{1,9}) ?bytes?")
_NUMBER = re.compile(r"[0-9]{1,9}")
_WORDS = tuple(str(each) for each in Cutting if each is not Cutting.BYTES)
_HINT = f"as in 1 byte, 7 bytes, {', '.join(_WORDS)}"


def parse_segments(value: object) -> Segments:
    """Read how messages become segments. Raises `BadValue`."""
    if isinstance(value, Segments):
        return value
    if isinstance(value, str) and (match := _BYTES.fullmatch(value)):
        if not 1 <= int(match[1]) <= MOST_BYTES:
            raise BadValue(f"segments of {int(match[1]):,} bytes", f"from 1 to {MOST_BYTES:,}")
        return Segments(Cutting.BYTES, int(match[1]))
    if isinstance(value, str) and value in _WORDS:
        return Segments(Cutting(value))
    raise BadValue(f"{kind(value)} is no way to cut", _segments_hint(value))


def _segments_hint(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return _HINT
    if _NUMBER.fullmatch(str(value)):
        return f"write {value} {'byte' if str(value) == '1' else 'bytes'}"
    return suggest(str(value), (*_WORDS, "1 byte")) or _HINT


def format_segments(segments: Segments) -> str:
    """Write what `parse_segments` reads as `segments`."""
    if segments.cutting is not Cutting.BYTES:
        return segments.cutting.value
    return "1 byte" if segments.size == 1 else f"{segments.size} bytes"


_SCHEMA = {
    "type": "string",
    "pattern": f"^([0-9]+ ?bytes?|{'|'.join(_WORDS)})$",
    "patternErrorMessage": f"How to cut, {_HINT}.",
}


class On(Section):
    """How bytes are cut and paced."""

    EXAMPLE = "write {segments: 1 byte}"

    segments: Annotated[
        Segments | None, PlainValidator(parse_segments), WithJsonSchema(_SCHEMA)
    ] = Field(
        default=None,
        description="Each message as segments that the server reads one by one: `1 byte`, "
        "`7 bytes`, `random`; or several messages in one segment: `glued`; or as it is: `whole`. "
        "Where nothing ends a nickname, it is sent in one piece.",
        examples=["1 byte", "random", "glued"],
    )
    delay: Duration | None = Field(
        default=None, description="A pause after each segment.", examples=["20ms"]
    )

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterator[Mistake]:
        """Find the keys without a value."""
        return empty_mistakes(raw, cls.keys())

    def plain(self) -> dict[str, str]:
        """Write it as a mapping."""
        given = {}
        if self.segments is not None:
            given["segments"] = format_segments(self.segments)
        if self.delay is not None:
            given["delay"] = format_duration(self.delay)
        return given
