"""Values of a step of a client's scenario: what is typed, what the server sends, how it ends.

Each is a type for pydantic with the JSON Schema that editors are given. Knows no step.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    WithJsonSchema,
)

from harness.cast import check_nick
from harness.errors import BadValue
from harness.on import Cutting, Segments, parse_segments
from harness.payload import (
    MOST_SEGMENTS,
    SEGMENTS_SCHEMA,
    Hex,
    Segment,
    check_payload,
    parse_segment,
)
from harness.section import Mistake, Section, empty_mistakes
from harness.step_values import Done, HeardText, OneOf, Positive
from harness.texts import END, FIELDS, Text, parse_text
from harness.words import kind, listed, shown, suggest

PROMPT_FIELD, NICK_FIELD = "prompt", "nick"
SAID_FIELDS = (*FIELDS, PROMPT_FIELD, NICK_FIELD)
BEFORE_THE_MESSAGE = "before the message"
MOST_ITEMS = 100


class Key(StrEnum):
    """The keys that a person presses."""

    ENTER = "enter"
    CTRL_C = "ctrl-c"
    CTRL_D = "ctrl-d"


class ConnectionEnd(StrEnum):
    """How the server ends a connection."""

    CLOSE = "close"
    RESET = "reset"


class Controls(StrEnum):
    """The control sequences that a message may have in it."""

    TITLE = "title"
    COLOUR = "colour"
    CURSOR = "cursor"
    CLEAR = "clear"
    C1 = "c1"


@dataclass(frozen=True, slots=True)
class Cuts:
    """How a send is cut: as `segments` say, or between what stands before a message and it."""

    segments: Segments
    before_message: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """An exit status: any (`number` None), a number, or any but 0."""

    number: int | None = None
    nonzero: bool = False

    def __str__(self) -> str:
        if self.nonzero:
            return "another exit status than 0"
        return "any exit status" if self.number is None else f"exit status {self.number}"

    def fits(self, status: int) -> bool:
        """Tell whether a program that ended with `status` ended so."""
        return status != 0 if self.nonzero else self.number in (None, status)


_NUMBER = re.compile(r"[0-9]+")


def said_text(value: object) -> Text:
    """Read a text that may have the prompt or the nickname in it; raises `BadValue`."""
    if isinstance(value, tuple):
        return value
    if not isinstance(value, str):
        hint = "put it in quotes" if isinstance(value, bool | int | float) else ""
        raise BadValue(f"a text is needed, not {kind(value)}", hint)
    return parse_text(value, SAID_FIELDS)


def _piece(value: object) -> Segment:
    if isinstance(value, str):
        text = parse_text(value, SAID_FIELDS)
        if not text:
            raise BadValue("a piece without a character", "leave it out")
        return text
    return parse_segment(value)


def _raw_text(value: object) -> Text:
    if isinstance(value, tuple):
        return value
    if not isinstance(value, str) or not value:
        raise BadValue(f"a text is needed, not {kind(value)}", 'as in {text: "hello{end}"}')
    return parse_text(value, (*SAID_FIELDS, END))


def _hex(value: object) -> Hex:
    segment = value if isinstance(value, Hex) else parse_segment({"hex": value})
    assert isinstance(segment, Hex)
    return segment


def _pieces(value: object) -> object:
    if value is None:  # `key_mistakes` reports it, once
        return []
    return value if isinstance(value, list | tuple) and not _is_text(value) else [value]


def _is_text(value: object) -> bool:
    """Tell a text that was read already from a list of pieces."""
    return isinstance(value, tuple) and all(not isinstance(part, tuple | Hex) for part in value)


def cuts(value: object) -> Cuts:
    """Read how a send is cut; raises `BadValue`."""
    if isinstance(value, Cuts):
        return value
    if value == BEFORE_THE_MESSAGE:
        return Cuts(Segments(Cutting.WHOLE), before_message=True)
    try:
        return Cuts(parse_segments(value))
    except BadValue as error:
        near = suggest(value, [BEFORE_THE_MESSAGE]) if isinstance(value, str) else ""
        hint = near or error.hint
        hint = hint if hint.startswith("did you") else f"{hint}, {BEFORE_THE_MESSAGE}"
        raise BadValue(error.message, hint) from None


def status(value: object) -> Status:
    """Read an exit status; raises `BadValue`."""
    if isinstance(value, Status):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 255:
        return Status(value)
    if value in ("any", "nonzero"):
        return Status(nonzero=value == "nonzero")
    hint = suggest(value, ["any", "nonzero"]) if isinstance(value, str) else ""
    raise BadValue(f"must be any, nonzero or a number from 0 to 255, not {kind(value)}", hint)


_STATUS_SCHEMA = {
    "anyOf": [{"enum": ["any", "nonzero"]}, {"type": "integer", "minimum": 0, "maximum": 255}]
}
_CUTS_SCHEMA = {
    "type": "string",
    "pattern": f"^([0-9]+ ?bytes?|random|glued|whole|{BEFORE_THE_MESSAGE})$",
    "patternErrorMessage": f"As in 1 byte, 7 bytes, random, glued, whole, {BEFORE_THE_MESSAGE}.",
}
_TEXT = WithJsonSchema({"type": "string"})
_TEXT_OF_SOME = WithJsonSchema({"type": "string", "minLength": 1})

SaidText = Annotated[Text, PlainValidator(said_text), _TEXT]
RawText = Annotated[Text, PlainValidator(_raw_text), _TEXT_OF_SOME]
HexValue = Annotated[
    Hex,
    PlainValidator(_hex),
    WithJsonSchema({"type": "string", "pattern": "^([0-9A-Fa-f]{2} *)+$"}),
]
Pieces = Annotated[
    tuple[Annotated[Segment, PlainValidator(_piece)], ...],
    BeforeValidator(_pieces),
    Field(min_length=1, max_length=MOST_SEGMENTS),
    AfterValidator(check_payload),
    WithJsonSchema(SEGMENTS_SCHEMA),
]
CutsValue = Annotated[Cuts, PlainValidator(cuts), WithJsonSchema(_CUTS_SCHEMA)]
StatusValue = Annotated[Status, PlainValidator(status), WithJsonSchema(_STATUS_SCHEMA)]
KeyValue = Annotated[Key, PlainValidator(OneOf(Key)), WithJsonSchema({"enum": [*map(str, Key)]})]
EndValue = Annotated[
    ConnectionEnd,
    PlainValidator(OneOf(ConnectionEnd)),
    WithJsonSchema({"enum": [*map(str, ConnectionEnd)]}),
]
ControlsValue = Annotated[
    Controls, PlainValidator(OneOf(Controls)), WithJsonSchema({"enum": [*map(str, Controls)]})
]
NickValue = Annotated[
    str, AfterValidator(check_nick), WithJsonSchema({"type": "string", "minLength": 1})
]


def _one_of(raw: Mapping[str, object], known: tuple[str, ...], example: str) -> Iterator[Mistake]:
    """Find what breaks the rule: exactly one of the keys `known`."""
    given = [key for key in raw if key in known]
    for other in given[1:]:
        message = f"{shown(other)} stands beside {shown(given[0])}"
        yield Mistake((other,), message, "make two of them", at_key=True)
    if not given and not any(key not in known for key in raw):
        yield Mistake((), f"one of {listed(known)} is needed", example)


class Sent(Section):
    """One thing that the server sends."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})
    EXAMPLE = "as in {from: bob, say: hello}, {prompt: true}, {hex: ff}"

    prompt: Done | None = Field(
        default=None, description="The prompt; nothing in a dialect without one."
    )
    from_: NickValue | None = Field(
        default=None, alias="from", description="Whose message it is.", examples=["bob"]
    )
    say: Pieces | None = Field(
        default=None,
        description="A message of somebody, as the dialect relays it: a text, or a list of texts "
        "and {hex: ...}.",
        examples=["{sentence}", [{"hex": "ff fe"}, " hello"]],
    )
    bare: StrictBool = Field(default=False, description="Say exactly this, without a token.")
    controls: ControlsValue | None = Field(
        default=None,
        description="Put a control sequence into the message, which must not reach the terminal.",
    )
    text: RawText | None = Field(
        default=None, description="This text as it is; {end} is what ends a message."
    )
    hex: HexValue | None = Field(default=None, description="These bytes.", examples=["ff fe"])

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterator[Mistake]:
        """Find what does not go together."""
        known = cls.keys()
        yield from empty_mistakes(raw, known)
        for key in ("from", "bare", "controls"):
            if key in raw and "say" not in raw:
                yield Mistake((key,), f"{shown(key)} needs a 'say'", at_key=True)
        if "say" in raw and "from" not in raw:
            yield Mistake((), "'say' needs a 'from'", "as in {from: bob, say: hello}")
        if raw.get("bare") is True and "controls" in raw:
            message = "a control sequence is known by the token in it, and 'bare' has none"
            yield Mistake(("bare",), message, at_key=True)
        beside = [key for key in raw if key in ("from", "bare", "controls")]
        if not beside or any(key in raw for key in ("prompt", "text", "hex")):
            yield from _one_of(raw, ("prompt", "say", "text", "hex"), cls.EXAMPLE)


class Shown(Section):
    """What is to be seen on the screen: somebody's latest message, or a text."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})
    EXAMPLE = "as in {from: bob}, or a text"

    from_: NickValue | None = Field(default=None, alias="from", description="Whose latest message.")
    text: HeardText | None = Field(default=None, description="A text.")

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterator[Mistake]:
        """Find what breaks the rule: exactly one of the two."""
        yield from empty_mistakes(raw, cls.keys())
        yield from _one_of(raw, ("from", "text"), cls.EXAMPLE)


class Ends(Section):
    """How the program ends by itself."""

    EXAMPLE = "true, or as in {within: 2s, status: 0}"

    within: Positive = Field(default=2.0, description="How soon; 2s unless it is said.")
    status: StatusValue = Field(
        default_factory=Status,
        description="Its exit status: any (the default), nonzero, or a number.",
    )

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterator[Mistake]:
        """Find the keys without a value."""
        return empty_mistakes(raw, cls.keys())


def true_or_ends(value: object) -> object:
    """Let `true` stand for the usual way to end."""
    return {} if value is True else value


def listed_items(value: object) -> object:
    """Let one item stand for a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def text_to_show(value: object) -> object:
    """Let a text stand for a mapping with it."""
    return {"text": value} if isinstance(value, str) else value
