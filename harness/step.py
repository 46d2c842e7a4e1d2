"""Steps: who does what, one verb each, and the rules between the keys of a step.

Which verb takes which modifier is a table here. Knows nothing of the people of a scenario: that
they exist is checked in `harness.scenario`.
"""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    PrivateAttr,
    StrictBool,
    StrictInt,
    WithJsonSchema,
)

from harness.durations import Span, parse_duration, parse_positive, parse_span
from harness.errors import BadValue
from harness.nodes import Mark
from harness.section import Mistake, Section
from harness.texts import Text, check_characters, parse_text
from harness.who import EVERYONE, Whom, is_name, parse_whom
from harness.words import kind, listed, shown, suggest

MAX_TIMES = 1_000_000


class Verb(StrEnum):
    """What a step does."""

    CONNECT = "connect"
    JOIN = "join"
    SAY = "say"
    HEARS = "hears"
    LEAVE = "leave"
    DROP = "drop"
    WAIT = "wait"
    TOGETHER = "together"
    REPEAT = "repeat"


class DropKind(StrEnum):
    """How a connection is dropped, at once."""

    CLOSE = "close"
    RESET = "reset"
    HALF_CLOSE = "half-close"


NOBODYS = frozenset({Verb.WAIT, Verb.TOGETHER, Verb.REPEAT})
"""The verbs that have no `who`."""

MODIFIERS: Mapping[Verb, tuple[str, ...]] = {
    Verb.CONNECT: ("after", "within"),
    Verb.JOIN: ("over", "after", "within"),
    Verb.SAY: ("times", "every", "over", "after", "bare"),
    Verb.HEARS: ("after", "within"),
    Verb.LEAVE: ("after", "within"),
    Verb.DROP: ("after",),
    Verb.WAIT: ("after",),
    Verb.TOGETHER: ("after",),
    Verb.REPEAT: ("times", "after"),
}
"""What each verb takes beside its own value."""

_VERBS = {str(verb): verb for verb in Verb}
_ALL_MODIFIERS = ("times", "every", "over", "after", "within", "bare")


def _true(value: object) -> Literal[True]:
    if value is not True:
        raise BadValue(f"must be true, not {kind(value)}")
    return True


def _text(value: object) -> Text:
    if isinstance(value, tuple):
        return value
    if not isinstance(value, str):
        hint = "put it in quotes" if isinstance(value, bool | int | float) else ""
        raise BadValue(f"a text is needed, not {kind(value)}", hint)
    return parse_text(value)


def _drop_kind(value: object) -> DropKind:
    kinds = [str(each) for each in DropKind]
    if isinstance(value, str) and value in kinds:
        return DropKind(value)
    hint = suggest(value, kinds) if isinstance(value, str) else ""
    raise BadValue(f"must be one of {listed(kinds)}, not {kind(value)}", hint)


def _items(value: object) -> object:
    if value is None:  # `key_mistakes` reports it, once
        return []
    return value if isinstance(value, list | tuple) else [value]


def _heard_text(text: str) -> str:
    check_characters(text)
    if not text:
        raise BadValue("an empty text is always heard", "write what must be heard")
    return text


def _heard_name(name: str) -> str:
    if name != EVERYONE and not is_name(name):
        raise BadValue(f"{shown(name)} is no name", "a person, a crowd, or everyone")
    return name


_DURATION = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?(ms|s|m)$"}
_SPAN = {
    "type": "string",
    "pattern": r"^[0-9]+(\.[0-9]+)? ?(ms|s|m)( *\.\. *[0-9]+(\.[0-9]+)? ?(ms|s|m))?$",
}

Done = Annotated[Literal[True], PlainValidator(_true), WithJsonSchema({"const": True})]
TextValue = Annotated[Text, PlainValidator(_text), WithJsonSchema({"type": "string"})]
Duration = Annotated[float, PlainValidator(parse_duration), WithJsonSchema(_DURATION)]
Positive = Annotated[float, PlainValidator(parse_positive), WithJsonSchema(_DURATION)]
SpanValue = Annotated[Span, PlainValidator(parse_span), WithJsonSchema(_SPAN)]
DropValue = Annotated[
    DropKind, PlainValidator(_drop_kind), WithJsonSchema({"enum": [*map(str, DropKind)]})
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


def _empty_mistakes(raw: Mapping[str, object], keys: Collection[str]) -> Iterator[Mistake]:
    """Find the keys with nothing behind them, which pydantic would take as left out."""
    for key, value in raw.items():
        if value is None and key in keys:
            yield Mistake((key,), f"{shown(key)} has no value")


class Hears(Section):
    """What must be heard: the latest message of somebody, or a text."""

    from_: Annotated[str, AfterValidator(_heard_name)] | None = Field(
        default=None,
        alias="from",
        description="Whose latest message: a person, each of a crowd, or everyone.",
    )
    text: Annotated[str, AfterValidator(_heard_text)] | None = Field(
        default=None,
        description="A text, as it stands: in anything heard since joining.",
    )

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterator[Mistake]:
        """Find what breaks the rule: exactly one of the two."""
        known = cls.keys()
        yield from _empty_mistakes(raw, known)
        given = [key for key in raw if key in known]
        if len(given) == 2:
            message = f"{shown(given[1])} stands beside {shown(given[0])}"
            yield Mistake((given[1],), message, "make two steps of them", at_key=True)
        elif not raw:
            yield Mistake((), "nothing to hear", "write {from: bob} or {text: hello}")


class Step(Section):
    """One step of a story: exactly one verb, and who does it."""

    who: WhoValue = Field(
        default=(),
        description="A person, a crowd, `10 of crowd`, `everyone`, `everyone but bob`, or a list.",
        examples=["bob", "10 of crowd", "everyone but bob", ["alice", "bob"]],
    )
    connect: Done | None = Field(
        default=None, description="Connect, wait for the prompt, and give no nickname."
    )
    join: Done | None = Field(
        default=None, description="Connect if need be, give the nickname, and become a member."
    )
    say: TextValue | None = Field(
        default=None,
        description="Say a text; {sentence}, {word} and {name} are made up, {X*N} repeats X.",
        examples=["hello", "{sentence}", "{я*2500}"],
    )
    hears: Hears | None = Field(default=None, description="Hear it, or have heard it.")
    leave: Done | None = Field(
        default=None, description="Leave in good order: half-close, read to the end, close."
    )
    drop: DropValue | None = Field(default=None, description="Drop the connection, at once.")
    wait: Duration | None = Field(default=None, description="Let time pass.", examples=["2s"])
    together: Annotated[tuple["Step", ...], Field(min_length=1)] | None = Field(
        default=None, description="Steps that run side by side."
    )
    repeat: Annotated[tuple["Step", ...], Field(min_length=1)] | None = Field(
        default=None, description="Steps that run `times` times over."
    )
    times: StrictInt = Field(default=1, ge=1, le=MAX_TIMES, description="How often.")
    every: SpanValue | None = Field(
        default=None,
        description="From one message of a person to the next: a duration, or a range.",
        examples=["20ms", "500ms..1500ms"],
    )
    over: Duration | None = Field(
        default=None, description="Spread the people over this time.", examples=["30s"]
    )
    after: Duration | None = Field(
        default=None, description="Begin so much later.", examples=["100ms"]
    )
    within: Positive | None = Field(
        default=None, description="The deadline of this step.", examples=["2s"]
    )
    bare: StrictBool = Field(default=False, description="Say the text without a token.")

    _mark: Mark | None = PrivateAttr(default=None)

    @property
    def verb(self) -> Verb:
        """The one verb of the step."""
        return next(verb for verb in Verb if getattr(self, verb) is not None)

    @property
    def block(self) -> tuple["Step", ...]:
        """The steps inside of `together` and `repeat`; none for other verbs."""
        return self.together or self.repeat or ()

    @property
    def mark(self) -> Mark | None:
        """Where the step stands in its file; None for one that was not read from a file."""
        return self._mark

    def place(self, mark: Mark) -> None:
        """Note where the step stands; said once, by whoever read it."""
        self._mark = mark

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterator[Mistake]:
        """Find what breaks the rule: one verb, what goes with it, a `who` where it needs one."""
        known = cls.keys()
        yield from _empty_mistakes(raw, known)
        first, *others = [key for key in raw if key in _VERBS] or [""]
        if first and not others:
            yield from _who_mistakes(_VERBS[first], raw)
            yield from _modifier_mistakes(_VERBS[first], raw)
        elif first:
            for other in others:
                message = f"{shown(other)} is a second verb beside {shown(first)}"
                yield Mistake((other,), message, "make two steps of them", at_key=True)
        elif all(key in known for key in raw):
            # A key that is not known is reported by itself, and may be the verb, misspelt.
            yield Mistake((), "a step without a verb", f"one of {listed(Verb)}")


def _who_mistakes(verb: Verb, raw: Mapping[str, object]) -> Iterator[Mistake]:
    if verb in NOBODYS and "who" in raw:
        yield Mistake(("who",), f"{shown(verb)} takes no 'who'", "take it out", at_key=True)
    elif verb not in NOBODYS and "who" not in raw:
        yield Mistake((), f"{shown(verb)} needs a 'who'", f"as in {{who: bob, {verb}: ...}}")


def _modifier_mistakes(verb: Verb, raw: Mapping[str, object]) -> Iterator[Mistake]:
    for key in _ALL_MODIFIERS:
        if key in raw and key not in MODIFIERS[verb]:
            message = f"{shown(verb)} does not take {shown(key)}"
            yield Mistake((key,), message, _modifier_hint(verb, key), at_key=True)
    if verb is Verb.REPEAT and "times" not in raw:
        yield Mistake((), "'repeat' needs 'times'", "as in times: 5")
    if verb is Verb.SAY and "every" in raw and "times" not in raw:
        yield Mistake(("every",), "'every' needs 'times'", "as in times: 5", at_key=True)
    if verb is Verb.TOGETHER:
        for loc in _inner_togethers(raw[verb], (Verb.TOGETHER.value,)):
            hint = "all its steps run side by side as it is"
            yield Mistake(loc, "'together' inside of 'together'", hint, at_key=True)


def _modifier_hint(verb: Verb, key: str) -> str:
    takers = [each for each in Verb if key in MODIFIERS[each]]
    return f"it takes {listed(MODIFIERS[verb])}; {key} goes with {listed(takers)}"


def _inner_togethers(block: Any, loc: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Find `together` among the steps of a block, as it was written, and of the blocks in it."""
    if not isinstance(block, list | tuple):
        return
    for index, step in enumerate(block):
        if not isinstance(step, Mapping):
            continue
        if Verb.TOGETHER in step:
            yield (*loc, index, Verb.TOGETHER.value)
        if Verb.REPEAT in step:
            yield from _inner_togethers(step[Verb.REPEAT], (*loc, index, Verb.REPEAT.value))
