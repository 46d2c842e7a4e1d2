"""The scenario of a client: one YAML file, one claim about a program that somebody chats with.

The harness is the server, and the person at the terminal. What a step can be is in
`harness.client_step`. Knows nothing of what a dialect can say, and of tokens.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import (
    Field,
    PlainValidator,
    PrivateAttr,
    StrictBool,
    WithJsonSchema,
    model_validator,
)

from harness.client_step import ClientStep, ClientVerb
from harness.client_values import NickValue
from harness.nodes import Source
from harness.overrides import overridden
from harness.scenario_values import FormatValue, NeedsValue, RequirementIds, TitleValue
from harness.section import Mistake, Section, empty_mistakes, together
from harness.source import load, validated
from harness.step_values import OneOf
from harness.texts import Field as TextField

__all__ = ["ClientScenario", "Place", "is_client_scenario", "load_client_scenario"]

LOOKED_AT = 1 << 20
_CLIENT_KEY = re.compile(rb"^[\"']?client[\"']?[ \t]*:", re.MULTILINE)
_PEOPLE_KEY = re.compile(rb"^[\"']?people[\"']?[ \t]*:", re.MULTILINE)
_VERB_IN_STEP = re.compile(
    rb"^[ \t]*-[ \t]*\{?[ \t]*(" + "|".join(ClientVerb).encode() + rb")[ \t]*:", re.MULTILINE
)


class Place(StrEnum):
    """Where the person sits."""

    TERMINAL = "terminal"
    PIPE = "pipe"
    BOTH = "both"


_ENDINGS = (ClientVerb.ENDS, ClientVerb.REFUSED)
_AFTER_THE_END = frozenset({ClientVerb.SHOWS, ClientVerb.SHOWS_NOT})
_OUTSIDE = frozenset({ClientVerb.CONNECTS, ClientVerb.JOINS, ClientVerb.REFUSED})
# What can be before the program has connected.
_ANYWHERE = frozenset({ClientVerb.KEYS, ClientVerb.ENDS, ClientVerb.TYPES})


class ClientScenario(Section):
    """A client's scenario: what the person and the server do, and what that shows."""

    format: FormatValue = Field(description="The version of this format.")
    scenario: TitleValue = Field(description="The title: what it claims, in one sentence.")
    requirement: RequirementIds = Field(
        default=(),
        description="The requirements that it is about, by their ids.",
        examples=["C-SHOW-1"],
    )
    client: Annotated[
        Place, PlainValidator(OneOf(Place)), WithJsonSchema({"enum": [*map(str, Place)]})
    ] = Field(
        default=Place.BOTH,
        description="Where the person sits: at a terminal, behind a pipe, or both, one after the "
        "other.",
    )
    needs: NeedsValue = Field(
        default=(),
        description="What the dialect must have; in one without it the scenario is skipped.",
        examples=["prompt"],
    )
    nick: NickValue | None = Field(
        default=None, description="The nickname; one is made up where nothing is said."
    )
    listening: StrictBool = Field(
        default=True, description="false: nothing listens where the program connects."
    )
    story: tuple[ClientStep, ...] = Field(
        min_length=1, description="The steps, each beginning when the one before is complete."
    )

    _origin: str = PrivateAttr(default="")

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterator[Mistake]:
        """Find the keys without a value."""
        return empty_mistakes(raw, cls.keys())

    @property
    def origin(self) -> str:
        """The name of the file; "" for a scenario that was not read from one."""
        return self._origin

    @property
    def terminals(self) -> tuple[bool, ...]:
        """Whether the person sits at a terminal, for each time that it is played."""
        return {Place.TERMINAL: (True,), Place.PIPE: (False,)}.get(self.client, (True, False))

    def place(self, source: Source) -> None:
        """Note where the scenario and its steps stand; said once, by whoever read it."""
        self._origin = source.name
        for index, step in enumerate(self.story):
            step.place(source.mark(("story", index)))

    @model_validator(mode="after")
    def _check_story(self) -> "ClientScenario":
        if found := list(_story_mistakes(self)):
            raise together("story", found)
        return self


class _Stage(StrEnum):
    OUTSIDE = "has not connected"
    CONNECTED = "is connected"
    DROPPED = "was thrown out"
    ENDED = "has ended"


def _story_mistakes(scenario: ClientScenario) -> Iterator[Mistake]:
    """Follow the program through the story, and find the steps that cannot be."""
    stage = _Stage.OUTSIDE
    spoken: set[str] = set()
    for index, step in enumerate(scenario.story):
        loc = ("story", index)
        for message, hint in _step_mistakes(scenario, step, stage, spoken):
            yield Mistake(loc, message, hint)
        spoken |= {one.from_ for one in step.server_sends or () if one.from_ is not None}
        stage = _next_stage(step, stage)
    if _controls(scenario) and scenario.client is not Place.TERMINAL:
        message = "control sequences are judged at a terminal, and this is told in a pipe as well"
        yield Mistake(("story",), message, "write client: terminal")


def _next_stage(step: ClientStep, stage: _Stage) -> _Stage:
    if step.verb in (ClientVerb.CONNECTS, ClientVerb.JOINS):
        return _Stage.CONNECTED
    if step.verb is ClientVerb.SERVER_DROPS:
        return _Stage.DROPPED
    return _Stage.ENDED if step.verb in _ENDINGS else stage


def _step_mistakes(
    scenario: ClientScenario, step: ClientStep, stage: _Stage, spoken: set[str]
) -> Iterator[tuple[str, str]]:
    verb = step.verb
    if verb is ClientVerb.REFUSED and scenario.listening:
        yield "somebody listens, and refuses nobody", "write listening: false beside story"
    if verb in (ClientVerb.CONNECTS, ClientVerb.JOINS) and not scenario.listening:
        yield "nothing listens, and nobody can connect", "take listening: false out"
    if stage is _Stage.ENDED and verb not in _AFTER_THE_END:
        yield f"{verb} stands behind the end of the program", "put it before"
    elif verb in _OUTSIDE and stage is not _Stage.OUTSIDE:
        yield f"the program {stage}", f"{verb} can stand at the beginning alone"
    elif stage is _Stage.OUTSIDE and verb not in _OUTSIDE | _ANYWHERE:
        yield f"the program {stage}, and {verb} needs that", "begin with joins: true"
    elif stage is _Stage.DROPPED and verb in (ClientVerb.SERVER_SENDS, ClientVerb.SERVER_DROPS):
        yield "the server has ended the connection", "put it before server-drops"
    if scenario.client is not Place.PIPE and (key := _key_typed(step)):
        yield f"the text has {key!r}, which is a key at a terminal", "write client: pipe"
    shows = step.shows
    if shows is not None and shows.from_ is not None and shows.from_ not in spoken:
        yield f"{shows.from_} has said nothing", "let the server send it first"


def _key_typed(step: ClientStep) -> str:
    """Return a character of a typed text that a terminal takes for a key; "" for none."""
    parts = (part.text for part in step.types or () if not isinstance(part, TextField))
    return next((char for text in parts for char in text if char < " " or char == "\x7f"), "")


def _controls(scenario: ClientScenario) -> bool:
    sent = (one for step in scenario.story for one in step.server_sends or ())
    return any(one.controls is not None for one in sent)


def is_client_scenario(path: Path) -> bool:
    """Tell, by a cheap look, whether a file is the scenario of a client.

    It is where it says `client`, or its steps have the verbs of one and it has no people.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LOOKED_AT)
    except OSError:
        return False  # whoever reads it will tell
    if _PEOPLE_KEY.search(text):
        return False
    return bool(_CLIENT_KEY.search(text) or _VERB_IN_STEP.search(text))


def load_client_scenario(
    path: Path,
    changes: Mapping[str, str] | None = None,
    requirements: Collection[str] | None = None,
) -> ClientScenario:
    """Read the scenario of a client from a file; raises `InputError` with all its mistakes.

    `changes` replace values: dotted paths (`story.0.within`) and YAML. Ids of requirements must be
    among `requirements`, where these are given.
    """
    return read_client_scenario(load(path), changes, requirements)


def read_client_scenario(
    source: Source,
    changes: Mapping[str, str] | None = None,
    requirements: Collection[str] | None = None,
) -> ClientScenario:
    """Make a client's scenario of a source, as `load_client_scenario` does of a file."""
    addable = dict.fromkeys(ClientScenario.keys(), ())
    source = overridden(source, changes or {}, addable)
    scenario = validated(source, ClientScenario, {"known_requirements": requirements})
    scenario.place(source)
    return scenario
