"""Payload: the very bytes that a `send` puts on the wire, as the segments of a template.

A segment is a text (`{end}` is what ends a message of the dialect) or bytes in hexadecimal. Knows
nothing of YAML and of dialects.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from harness.errors import BadValue
from harness.texts import END, FIELDS, Text, check_size, format_text, parse_text, size
from harness.words import kind, shown, suggest

MOST_SEGMENTS = 10_000
SENT_FIELDS = (*FIELDS, END)
_TEXT_SCHEMA: dict[str, object] = {"type": "string", "minLength": 1}
_HEX_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "hex": {
            "type": "string",
            "pattern": "^([0-9A-Fa-f]{2} *)+$",
            "patternErrorMessage": "Two hexadecimal digits for each byte, as in ff fe.",
            "description": "Bytes, two hexadecimal digits each, in quotes.",
            "examples": ["ff fe"],
        }
    },
    "required": ["hex"],
    "additionalProperties": False,
}
_SEGMENT_SCHEMA: dict[str, object] = {"anyOf": [_TEXT_SCHEMA, _HEX_SCHEMA]}
SEGMENTS_SCHEMA: dict[str, object] = {
    "anyOf": [
        _TEXT_SCHEMA,
        _HEX_SCHEMA,
        {
            "type": "array",
            "items": _SEGMENT_SCHEMA,
            "minItems": 1,
            "maxItems": MOST_SEGMENTS,
        },
    ]
}
"""What a `send` may be, as JSON Schema."""


@dataclass(frozen=True, slots=True)
class Hex:
    """Bytes as they are."""

    data: bytes


Segment = Text | Hex
Payload = tuple[Segment, ...]

_HEX = re.compile(r"([0-9A-Fa-f]{2} *)+")
_EXAMPLE = 'as in {hex: "ff fe"}'


def parse_segment(value: object) -> Segment:
    """Read one segment: a text, or `{hex: ...}`. Raises `BadValue`."""
    if isinstance(value, tuple | Hex):
        return value
    if isinstance(value, Mapping):
        return _hex(value)
    if not isinstance(value, str):
        number = isinstance(value, bool | int | float)
        hint = "put it in quotes" if number else 'a text, or bytes: {hex: "ff fe"}'
        raise BadValue(f"a text is needed, not {kind(value)}", hint)
    text = parse_text(value, SENT_FIELDS)
    if not text:
        raise BadValue("a segment without a byte cannot be sent", "leave it out")
    return text


def _hex(value: Mapping[object, object]) -> Hex:
    for key in value:
        if key != "hex":
            raise BadValue(f"unknown key {shown(str(key))}", suggest(str(key), ["hex"]) or _EXAMPLE)
    text = value.get("hex")
    # Digits without quotes are a number to YAML, and what they were cannot be told: 0041, 1e10.
    if isinstance(text, int | float):
        raise BadValue(f"{kind(text)} is no text", 'put the bytes in quotes, as in {hex: "80"}')
    if not isinstance(text, str):
        raise BadValue(f"{kind(text)} stands for no bytes", _EXAMPLE)
    if not _HEX.fullmatch(text):
        hint = 'two hexadecimal digits for each, as in {hex: "ff fe"}'
        raise BadValue(f"{shown(text)} stands for no bytes", hint)
    return Hex(bytes.fromhex(text))


def check_payload(payload: Payload) -> Payload:
    """Check that the segments are not too much together; raises `BadValue`."""
    check_size(sum(_size(segment) for segment in payload))
    return payload


def _size(segment: Segment) -> int:
    return len(segment.data) if isinstance(segment, Hex) else size(segment)


def format_payload(payload: Payload) -> object:
    """Write the value that reads as `payload`: one segment, or a list of them."""
    items = [
        {"hex": segment.data.hex(" ")} if isinstance(segment, Hex) else format_text(segment)
        for segment in payload
    ]
    return items[0] if len(items) == 1 else items


def words(payload: Payload) -> str:
    """Say in a few words what is sent."""
    parts = (
        segment.data[:16].hex(" ") if isinstance(segment, Hex) else repr(format_text(segment)[:40])
        for segment in payload[:4]
    )
    return " | ".join(parts) + (" | ..." if len(payload) > 4 else "")
