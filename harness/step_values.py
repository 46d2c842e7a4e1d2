"""Values of a step: how the text behind each verb and modifier is checked and described.

Each is a type for pydantic with the JSON Schema that editors are given. Knows no step.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from harness.durations import Span, parse_duration, parse_positive, parse_span
from harness.errors import BadValue
from harness.payload import (
    MOST_SEGMENTS,
    SEGMENTS_SCHEMA,
    Segment,
    check_payload,
    parse_segment,
)
from harness.texts import Text, check_characters, check_escapes, parse_text
from harness.verbs import DropKind, ServerAct
from harness.who import EVERYONE, Whom, is_name, parse_whom
from harness.words import kind, listed, shown, suggest


def _true(value: object) -> Literal[True]:
    if value is not True:
        raise BadValue(f"must be true, not {kind(value)}")
    return True


def _text(value: object) -> Text:
    if isinstance(value, tuple):
        return value
    if not isinstance(value, str):
        hint = "put it in quotes" if isinstance(value, bool | int | float) else ""
        hint = "bytes go with send" if isinstance(value, dict) and "hex" in value else hint
        raise BadValue(f"a text is needed, not {kind(value)}", hint)
    return parse_text(value)


class OneOf:
    """Reads one of the values of an enumeration."""

    def __init__(self, kinds: type[StrEnum]) -> None:
        self._kinds = kinds

    def __call__(self, value: object) -> Any:
        """Read a value; raises `BadValue`."""
        words = [str(each) for each in self._kinds]
        if isinstance(value, str) and value in words:
            return self._kinds(value)
        hint = suggest(value, words) if isinstance(value, str) else ""
        known = f"one of {listed(words)}" if len(words) > 1 else words[0]
        raise BadValue(f"must be {known}, not {kind(value)}", hint)


def _items(value: object) -> object:
    if value is None:  # `key_mistakes` reports it, once
        return []
    return value if isinstance(value, list | tuple) else [value]


def heard_text(text: str) -> str:
    """Check a text that is to be heard; raises `BadValue`."""
    check_characters(text)
    check_escapes(text)
    if not text:
        raise BadValue("an empty text is always heard", "write what must be heard")
    return text


def heard_name(name: str) -> str:
    """Check the name of somebody who is to be heard; raises `BadValue`."""
    if name != EVERYONE and not is_name(name):
        raise BadValue(f"{shown(name)} is no name", "a person, a crowd, or everyone")
    return name


# `patternErrorMessage` is no word of JSON Schema: editors show it in the place of the pattern.
_DURATION = {
    "type": "string",
    "pattern": r"^[0-9]+(\.[0-9]+)? ?(ms|s|m)$",
    "patternErrorMessage": "A duration has a unit, as in 100ms, 2s, 1.5s, 1m.",
}
_SPAN = {
    "type": "string",
    "pattern": r"^[0-9]+(\.[0-9]+)? ?(ms|s|m)( *\.\. *[0-9]+(\.[0-9]+)? ?(ms|s|m))?$",
    "patternErrorMessage": "A duration or a range of two, as in 20ms, 500ms..1500ms.",
}

HeardText = Annotated[
    str, AfterValidator(heard_text), WithJsonSchema({"type": "string", "minLength": 1})
]
SeenValue = Annotated[
    str, AfterValidator(heard_name), WithJsonSchema({"type": "string", "minLength": 1})
]
Done = Annotated[Literal[True], PlainValidator(_true), WithJsonSchema({"const": True})]
TextValue = Annotated[Text, PlainValidator(_text), WithJsonSchema({"type": "string"})]
_SegmentValue = Annotated[Segment, PlainValidator(parse_segment)]
PayloadValue = Annotated[
    tuple[_SegmentValue, ...],
    BeforeValidator(_items),
    Field(min_length=1, max_length=MOST_SEGMENTS),
    AfterValidator(check_payload),
    WithJsonSchema(SEGMENTS_SCHEMA),
]
Duration = Annotated[float, PlainValidator(parse_duration), WithJsonSchema(_DURATION)]
Positive = Annotated[float, PlainValidator(parse_positive), WithJsonSchema(_DURATION)]
SpanValue = Annotated[Span, PlainValidator(parse_span), WithJsonSchema(_SPAN)]
DropValue = Annotated[
    DropKind, PlainValidator(OneOf(DropKind)), WithJsonSchema({"enum": [*map(str, DropKind)]})
]
ServerValue = Annotated[
    ServerAct, PlainValidator(OneOf(ServerAct)), WithJsonSchema({"enum": [*map(str, ServerAct)]})
]
_WhomValue = Annotated[Whom, PlainValidator(parse_whom), WithJsonSchema({"type": "string"})]
WhoValue = Annotated[
    tuple[_WhomValue, ...],
    BeforeValidator(_items),
    Field(min_length=1),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ]
        }
    ),
]
