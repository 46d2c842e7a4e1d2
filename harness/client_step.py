"""Steps of a client's scenario: what the person, the server and the screen do, one verb each.

Knows nothing of dialects, and of how anything is done.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, PrivateAttr, StrictBool, WithJsonSchema

from harness.client_values import (
    MOST_ITEMS,
    CutsValue,
    Ends,
    EndValue,
    KeyValue,
    SaidText,
    Sent,
    Shown,
    listed_items,
    text_to_show,
    true_or_ends,
)
from harness.errors import BadValue
from harness.nodes import Mark
from harness.section import Mistake, Section, empty_mistakes
from harness.step_values import Done, Duration, HeardText, Positive, heard_text
from harness.words import kind, listed, shown

__all__ = ["MODIFIERS", "ClientStep", "ClientVerb"]


class ClientVerb(StrEnum):
    """What a step does."""

    CONNECTS = "connects"
    GIVES_NICK = "gives-nick"
    JOINS = "joins"
    TYPES = "types"
    KEYS = "keys"
    SERVER_HEARS = "server-hears"
    SERVER_HEARS_NOTHING = "server-hears-nothing"
    SERVER_SENDS = "server-sends"
    SERVER_DROPS = "server-drops"
    SHOWS = "shows"
    SHOWS_NOT = "shows-not"
    ENDS = "ends"
    REFUSED = "refused"

    @property
    def field(self) -> str:
        """The name of its field in a step."""
        # A section has `keys` of its own.
        return "keys_" if self is ClientVerb.KEYS else self.value.replace("-", "_")


MODIFIERS: Mapping[ClientVerb, tuple[str, ...]] = {
    ClientVerb.CONNECTS: ("after", "within"),
    ClientVerb.GIVES_NICK: ("after", "within"),
    ClientVerb.JOINS: ("after", "within", "segments"),
    ClientVerb.TYPES: ("after", "enter", "bare"),
    ClientVerb.KEYS: ("after",),
    ClientVerb.SERVER_HEARS: ("after", "within"),
    ClientVerb.SERVER_HEARS_NOTHING: ("after",),
    ClientVerb.SERVER_SENDS: ("after", "segments"),
    ClientVerb.SERVER_DROPS: ("after",),
    ClientVerb.SHOWS: ("after", "within"),
    ClientVerb.SHOWS_NOT: ("after",),
    ClientVerb.ENDS: ("after",),
    ClientVerb.REFUSED: ("after", "within"),
}
"""What each verb takes beside its own value."""

_VERBS = {str(verb): verb for verb in ClientVerb}
_ALL_MODIFIERS = ("after", "within", "segments", "enter", "bare")
_ELSEWHERE = {
    "say": "what the server relays is server-sends: {from: bob, say: ...}; a person types",
    "prompt": "write server-sends: {prompt: true}",
    "hex": "write server-sends: {hex: ...}",
    "hears": "write server-hears, or shows",
    "drop": "write server-drops: close",
    "who": "there is one person, and one server",
}


def _heard(value: object) -> object:
    if value is True:
        return True
    if isinstance(value, str):
        return heard_text(value)
    raise BadValue(f"must be true or a text, not {kind(value)}", "true: all that was typed")


class ClientStep(Section):
    """One step of a client's story: exactly one verb."""

    connects: Done | None = Field(default=None, description="The program connects.")
    gives_nick: Done | None = Field(
        default=None,
        alias="gives-nick",
        description="The person types the nickname, where the dialect has it asked, and the server "
        "hears it, once; then the server greets.",
    )
    joins: Done | None = Field(
        default=None, description="connects, the prompt, and gives-nick, in one step."
    )
    types: SaidText | None = Field(
        default=None,
        description="The person types a line, and Enter.",
        examples=["hello {sentence}"],
    )
    keys_: KeyValue | None = Field(
        default=None,
        alias="keys",
        description="The person presses a key. ctrl-d is the end of the input: where the input is "
        "a pipe it is closed. ctrl-c is SIGINT there.",
    )
    server_hears: (
        Annotated[
            bool | str,
            BeforeValidator(_heard),
            WithJsonSchema({"anyOf": [{"const": True}, {"type": "string", "minLength": 1}]}),
        ]
        | None
    ) = Field(
        default=None,
        alias="server-hears",
        description="All that was typed has arrived, each line as one message; with a text: the "
        "last of them is exactly this.",
    )
    server_hears_nothing: Done | None = Field(
        default=None,
        alias="server-hears-nothing",
        description="Up to here the program has sent nothing but what was typed.",
    )
    server_sends: (
        Annotated[
            tuple[Sent, ...],
            BeforeValidator(listed_items),
            Field(min_length=1, max_length=MOST_ITEMS),
        ]
        | None
    ) = Field(
        default=None,
        alias="server-sends",
        description="The server sends it; a list goes out in one segment.",
        examples=[{"from": "bob", "say": "{sentence}"}, {"prompt": True}],
    )
    server_drops: EndValue | None = Field(
        default=None, alias="server-drops", description="The server ends the connection."
    )
    shows: Annotated[Shown, BeforeValidator(text_to_show)] | None = Field(
        default=None,
        description="It stands on the screen: somebody's latest message, or a text. Where the "
        "output is a pipe: it was printed when the program has ended.",
        examples=[{"from": "bob"}],
    )
    shows_not: HeardText | None = Field(
        default=None, alias="shows-not", description="This text never stands on the screen."
    )
    ends: Annotated[Ends, BeforeValidator(true_or_ends)] | None = Field(
        default=None, description="The program ends by itself, soon."
    )
    refused: Done | None = Field(
        default=None,
        description="The program says in words that it cannot connect, and ends by itself.",
    )
    after: Duration | None = Field(
        default=None, description="Begin so much later.", examples=["100ms"]
    )
    within: Positive | None = Field(
        default=None, description="The deadline of this step.", examples=["2s"]
    )
    segments: CutsValue | None = Field(
        default=None,
        description="How it is cut: 1 byte, 7 bytes, random, whole; glued with what the server "
        "sends next; or before the message, between the name and the message.",
    )
    enter: StrictBool = Field(default=True, description="false: the line is left unfinished.")
    bare: StrictBool = Field(default=False, description="Type exactly this, without a token.")

    _mark: Mark | None = PrivateAttr(default=None)

    @property
    def verb(self) -> ClientVerb:
        """The one verb of the step."""
        return next(verb for verb in ClientVerb if getattr(self, verb.field) is not None)

    @property
    def mark(self) -> Mark | None:
        """Where the step stands in its file; None for one that was not read from a file."""
        return self._mark

    def place(self, mark: Mark) -> None:
        """Note where the step stands; said once, by whoever read it."""
        self._mark = mark

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterator[Mistake]:
        """Find what breaks the rule: one verb, and what goes with it."""
        known = cls.keys()
        yield from empty_mistakes(raw, known)
        for key in raw:
            if key in _ELSEWHERE:
                yield Mistake((key,), f"unknown key {shown(key)}", _ELSEWHERE[key], at_key=True)
        first, *others = [key for key in raw if key in _VERBS] or [""]
        for other in others:
            message = f"{shown(other)} is a second verb beside {shown(first)}"
            yield Mistake((other,), message, "make two steps of them", at_key=True)
        if first and not others:
            yield from _modifier_mistakes(_VERBS[first], raw)
        elif not first and all(key in known for key in raw):
            yield Mistake((), "a step without a verb", f"one of {listed(ClientVerb)}")


def _modifier_mistakes(verb: ClientVerb, raw: Mapping[str, object]) -> Iterator[Mistake]:
    for key in _ALL_MODIFIERS:
        if key in raw and key not in MODIFIERS[verb]:
            takers = listed(each for each in ClientVerb if key in MODIFIERS[each])
            hint = f"it takes {listed(MODIFIERS[verb])}; {key} goes with {takers}"
            yield Mistake((key,), f"{shown(verb)} does not take {shown(key)}", hint, at_key=True)
