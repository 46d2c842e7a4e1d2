"""Steps: who does what, one verb each, and the rules between the keys of a step.

Which verb takes which modifier is a table here. Knows nothing of the people of a scenario: that
they exist is checked in `harness.scenario`.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, PrivateAttr, StrictBool, StrictInt

from harness.nodes import Mark
from harness.section import Mistake, Section, empty_mistakes
from harness.step_values import (
    Done,
    DropValue,
    Duration,
    HeardText,
    PayloadValue,
    Positive,
    SeenValue,
    ServerValue,
    SpanValue,
    TextValue,
    WhoValue,
    heard_name,
)
from harness.verbs import ALL_MODIFIERS, MODIFIERS, NOBODYS, DropKind, ServerAct, Verb
from harness.words import listed, shown

__all__ = ["MODIFIERS", "NOBODYS", "DropKind", "Hears", "ServerAct", "Step", "Verb"]

MAX_TIMES = 1_000_000

_VERBS = {str(verb): verb for verb in Verb}
_FIELDS = tuple((verb, verb.field) for verb in Verb)
_ELSEWHERE = {
    **{str(act): f"write server: {act}" for act in ServerAct},
    **{str(how): f"write drop: {how}" for how in DropKind},
    "on": "it stands with a person in people, or for everyone beside people",
    "limits": "it stands beside people",
}
"""Words that are none of a step's keys, and where they belong."""


class Hears(Section):
    """What must be heard: the latest message of somebody, or a text."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})
    EXAMPLE = "write {from: bob} or {text: hello}"

    from_: Annotated[str, AfterValidator(heard_name)] | None = Field(
        default=None,
        alias="from",
        description="Whose latest message: a person, each of a crowd, or everyone.",
    )
    text: HeardText | None = Field(
        default=None,
        description="A text, as it stands: in anything heard since joining.",
    )

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterator[Mistake]:
        """Find what breaks the rule: exactly one of the two."""
        known = cls.keys()
        yield from empty_mistakes(raw, known)
        given = [key for key in raw if key in known]
        if len(given) == 2:
            message = f"{shown(given[1])} stands beside {shown(given[0])}"
            yield Mistake((given[1],), message, "make two steps of them", at_key=True)
        elif not raw:
            yield Mistake((), "nothing to hear", cls.EXAMPLE)


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
    send: PayloadValue | None = Field(
        default=None,
        description="Send these very bytes: a text ({end} ends a message), {hex: ...}, or a list "
        "of both, sent as that many segments.",
        examples=["{word}{end}", {"hex": "ff fe"}, [{"hex": "d0"}, {"hex": "b0"}, "{end}"]],
    )
    hears: Hears | None = Field(default=None, description="Hear it, or have heard it already.")
    hears_nothing: Done | None = Field(
        default=None,
        alias="hears-nothing",
        description="Nothing that people said before this step ever reaches this connection.",
    )
    sees_join: SeenValue | None = Field(
        default=None,
        alias="sees-join",
        description="Be told, or have been told, that they came: a person, each of a crowd, or "
        "everyone.",
        examples=["bob"],
    )
    sees_leave: SeenValue | None = Field(
        default=None,
        alias="sees-leave",
        description="Be told, or have been told, that they went, in whatever way.",
        examples=["bob"],
    )
    refused: Done | None = Field(
        default=None,
        description="Give the nickname (unless something was sent), and not get in: the server "
        "closes the connection or asks again. Of a member: the server closes the connection.",
    )
    leave: Done | None = Field(
        default=None,
        description="Leave in good order: half-close, or say the dialect's word that quits; read "
        "to the end, close.",
    )
    drop: DropValue | None = Field(default=None, description="Drop the connection, at once.")
    freeze: Done | None = Field(
        default=None, description="Stop reading, and stay connected, until the thaw."
    )
    thaw: Done | None = Field(
        default=None,
        description="Read again; before it, all others must have heard each other.",
    )
    server: ServerValue | None = Field(
        default=None,
        description="Stop the server's process and let it continue, kill it, interrupt it "
        "(SIGINT), terminate it (SIGTERM), or start it again on its port.",
    )
    wait: Duration | None = Field(default=None, description="Let time pass.", examples=["2s"])
    together: Annotated[tuple["Step", ...], Field(min_length=1)] | None = Field(
        default=None, description="Steps that run side by side."
    )
    repeat: Annotated[tuple["Step", ...], Field(min_length=1)] | None = Field(
        default=None, description="Steps that run `times` times over."
    )
    times: StrictInt = Field(
        default=1, ge=1, le=MAX_TIMES, description="How often; once unless it is said."
    )
    every: SpanValue | None = Field(
        default=None,
        description="From one message of a person to the next: a duration, or a range.",
        examples=["20ms", "500ms..1500ms"],
    )
    over: Duration | None = Field(
        default=None,
        description="Spread the people, and each one's messages, over this time.",
        examples=["30s"],
    )
    after: Duration | None = Field(
        default=None, description="Begin so much later.", examples=["100ms"]
    )
    within: Positive | None = Field(
        default=None, description="The deadline of this step.", examples=["2s"]
    )
    or_refused: StrictBool = Field(
        default=False,
        alias="or-refused",
        description="Being refused is no failure: then the rest of this person's story is skipped.",
    )
    bare: StrictBool = Field(default=False, description="Say exactly this text, without a token.")

    _mark: Mark | None = PrivateAttr(default=None)

    @property
    def verb(self) -> Verb:
        """The one verb of the step."""
        return next(verb for verb, field in _FIELDS if getattr(self, field) is not None)

    @property
    def seen(self) -> str | None:
        """Whose coming or going is seen: the name of a person, a crowd, or everyone."""
        return self.sees_join or self.sees_leave

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
        yield from empty_mistakes(raw, known)
        for key in raw:
            if key in _ELSEWHERE:
                yield Mistake((key,), f"unknown key {shown(key)}", _ELSEWHERE[key], at_key=True)
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
    for key in ALL_MODIFIERS:
        if key in raw and key not in MODIFIERS[verb]:
            message = f"{shown(verb)} does not take {shown(key)}"
            yield Mistake((key,), message, _modifier_hint(verb, key), at_key=True)
    if verb is Verb.REPEAT and "times" not in raw:
        yield Mistake((), "'repeat' needs 'times'", "as in times: 5")
    if "every" in raw and "every" in MODIFIERS[verb]:
        yield from _every_mistakes(raw)
    if verb is Verb.TOGETHER:
        for loc in _inner_togethers(raw[verb], (Verb.TOGETHER.value,)):
            hint = "all its steps run side by side as it is"
            yield Mistake(loc, "'together' inside of 'together'", hint, at_key=True)


def _every_mistakes(raw: Mapping[str, object]) -> Iterator[Mistake]:
    if "times" not in raw:
        yield Mistake(("every",), "'every' needs 'times'", "as in times: 5", at_key=True)
    if "over" in raw:
        hint = "over gives each message its time by itself: take one of them out"
        yield Mistake(("every",), "'every' stands beside 'over'", hint, at_key=True)


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
