"""Plan: who does what when, every message with its token, as values.

A plan is a scenario with nothing left to chance: the same scenario and the same seed give the same
plan, byte for byte. It is stored beside the history, so that a later release of a text generator
cannot change what an old run meant. `harness.planning` makes it. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import ConfigDict, PlainSerializer, TypeAdapter, ValidationError

from harness.errors import InputError, Problem
from harness.events import Ending
from harness.limits import Limits
from harness.payload import words as sent_words
from harness.scenario import ServerAct, Step, Verb
from harness.texts import format_text
from harness.who import format_whom

# The one who joins at the end to see whether the server still serves.
NEWCOMER = "newcomer"
_BYTES_AS_BASE64 = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")


class Presence(StrEnum):
    """Where a person is as far as the story goes."""

    AWAY = "away"
    AT_THE_DOOR = "connected, without a name"
    STRANGE = "connected, with other bytes in place of a name"
    IN_THE_ROOM = "in the room"
    FROZEN = "frozen"


# Where a person must be to do it, and is afterwards.
SERVES = {
    Verb.CONNECT: (Presence.AWAY,),
    Verb.JOIN: (Presence.AWAY, Presence.AT_THE_DOOR),
    Verb.SAY: (Presence.IN_THE_ROOM,),
    Verb.SEND: (Presence.IN_THE_ROOM, Presence.AT_THE_DOOR, Presence.STRANGE),
    Verb.HEARS: (Presence.IN_THE_ROOM,),
    Verb.HEARS_NOTHING: (Presence.IN_THE_ROOM, Presence.AT_THE_DOOR, Presence.STRANGE),
    Verb.SEES_JOIN: (Presence.IN_THE_ROOM,),
    Verb.SEES_LEAVE: (Presence.IN_THE_ROOM,),
    Verb.REFUSED: (
        *(Presence.AWAY, Presence.AT_THE_DOOR),
        *(Presence.STRANGE, Presence.IN_THE_ROOM),
    ),
    Verb.LEAVE: (Presence.IN_THE_ROOM, Presence.AT_THE_DOOR, Presence.STRANGE),
    Verb.DROP: (
        *(Presence.IN_THE_ROOM, Presence.AT_THE_DOOR),
        *(Presence.STRANGE, Presence.FROZEN),
    ),
    Verb.FREEZE: (Presence.IN_THE_ROOM,),
    Verb.THAW: (Presence.FROZEN,),
}
BECOMES = {
    Verb.CONNECT: Presence.AT_THE_DOOR,
    Verb.JOIN: Presence.IN_THE_ROOM,
    Verb.LEAVE: Presence.AWAY,
    Verb.DROP: Presence.AWAY,
    Verb.REFUSED: Presence.AWAY,
    Verb.FREEZE: Presence.FROZEN,
    Verb.THAW: Presence.IN_THE_ROOM,
}


class Server(StrEnum):
    """What the server's process does as far as the story goes."""

    RUNS = "running"
    STOPPED = "stopped"
    DOWN = "not running"


# What a server that is stopped, or not there, cannot take its part in.
NEEDS_SERVER = (
    *(Verb.CONNECT, Verb.JOIN, Verb.HEARS, Verb.REFUSED, Verb.LEAVE),
    *(Verb.FREEZE, Verb.THAW),
)
# In which state of the server an act makes sense, and which state it leads to.
ACTS = {
    ServerAct.STOP: ((Server.RUNS,), Server.STOPPED),
    ServerAct.CONTINUE: ((Server.STOPPED,), Server.RUNS),
    ServerAct.KILL: ((Server.RUNS,), Server.DOWN),
    ServerAct.INTERRUPT: ((Server.RUNS,), Server.DOWN),
    ServerAct.TERMINATE: ((Server.RUNS,), Server.DOWN),
    ServerAct.RESTART: ((Server.RUNS, Server.DOWN), Server.RUNS),
}


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """One of the cast; `freezes` tells that the story stops them reading at some time.

    `typed` is what is sent for the nickname where that is not the nickname itself.
    """

    name: str
    nick: str
    freezes: bool = False
    typed: str | None = None


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something said `at` seconds after its step begins; `data` is what goes on the wire.

    `cuts` are the offsets at which it is cut into segments; `glued` says that what comes next goes
    out with it. `messages` are the messages that it completes, where that is not just itself.
    Who is not `judged` has sent bytes that are no text.
    """

    at: float
    text: str
    data: bytes
    token: bytes
    cuts: tuple[int, ...] = ()
    glued: bool = False
    messages: tuple[bytes, ...] | None = None
    judged: bool = True
    __pydantic_config__: ClassVar[ConfigDict] = _BYTES_AS_BASE64


@dataclass(frozen=True, slots=True)
class Deed:
    """One person's part of a step, begun `after` seconds into it.

    `life` numbers the connection that a `connect` or `join` opens, `how` says how a `leave` or
    `drop` ends it. `hears_from` and `hears_text` are what a `hears` waits for; of a `sees-join`
    or `sees-leave`, `sees` are the connections of those in `hears_from`. `within` is the deadline
    in seconds that the scenario gives, None for the usual one. `cuts` are those of a nickname;
    `delay` is a pause, in seconds, after each segment. To be refused is no failure where a join
    has `or_refused`.
    """

    person: str
    verb: Verb
    life: int
    after: float = 0.0
    utterances: tuple[Utterance, ...] = ()
    hears_from: tuple[str, ...] = ()
    hears_text: str | None = None
    sees: tuple[int, ...] = ()
    how: Ending | None = None
    within: float | None = None
    cuts: tuple[int, ...] = ()
    delay: float = 0.0
    or_refused: bool = False
    __pydantic_config__: ClassVar[ConfigDict] = _BYTES_AS_BASE64


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step: everyone's deeds, or a wait of `wait` seconds, or what is done to the server.

    `line` is where the scenario says so, `words` how. `at_once` lets a crowd connect at the same
    moment instead of a few at a time.
    """

    index: int
    line: int
    words: str
    verb: Verb
    deeds: tuple[Deed, ...] = ()
    wait: float = 0.0
    at_once: bool = False
    server: ServerAct | None = None
    after: float = 0.0
    within: float | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """Steps that run side by side; `round` is (repeat, round) at the end of a repeated block.

    `empties` is how the last person goes, where nobody of the cast is left when it is over.
    """

    steps: tuple[PlannedStep, ...]
    empties: Ending | None = None
    round: tuple[int, int] | None = None


def _as_written(limits: Limits | None) -> dict[str, str] | None:
    # They are read as a scenario has them.
    return limits.plain() if limits else None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that will be done, scene after scene; `lives` connections of the cast at most."""

    name: str
    title: str
    requirements: tuple[str, ...]
    seed: int
    dialect: str
    patience: float
    people: tuple[PlannedPerson, ...]
    scenes: tuple[Scene, ...]
    lives: int
    limits: Annotated[Limits | None, PlainSerializer(_as_written)] = None

    def steps(self) -> Iterator[PlannedStep]:
        """Yield every step in order."""
        for scene in self.scenes:
            yield from scene.steps

    @property
    def acts_on_server(self) -> bool:
        """Whether the server's process is told anything."""
        return any(step.server is not None for step in self.steps())

    def named(self, person: str) -> PlannedPerson:
        """Return the one of the cast who is called `person`."""
        return next(one for one in self.people if one.name == person)


def in_words(step: Step) -> str:
    """Say a step in a few words, for reports and progress."""
    who = ", ".join(map(format_whom, step.who))
    match step.verb:
        case Verb.SAY:
            times = f" {step.times} times" if step.times > 1 else ""
            return f"{who}: say {format_text(step.say or ())[:60]!r}{times}"
        case Verb.SEND:
            return f"{who}: send {sent_words(step.send or ())}"
        case Verb.SERVER:
            return f"server: {step.server}"
        case Verb.DROP:
            return f"{who}: drop ({step.drop})"
        case Verb.WAIT:
            return f"wait {step.wait:g} s"
        case Verb.SEES_JOIN | Verb.SEES_LEAVE:
            return f"{who}: {step.verb} {step.seen}"
        case Verb.HEARS:
            assert step.hears is not None
            what = step.hears.from_ or repr((step.hears.text or "")[:60])
            return f"{who}: hears {what}"
        case _:
            return f"{who}: {step.verb}"


@cache
def _adapter() -> TypeAdapter[Plan]:
    # Made when it is needed: it takes its time, and most that know a plan neither store nor read.
    return TypeAdapter(Plan)


def dump_plan(plan: Plan) -> bytes:
    """Return `plan` as JSON, in ASCII."""
    return _adapter().dump_json(plan, indent=1, ensure_ascii=True)


def load_plan(path: Path) -> Plan:
    """Return the plan stored at `path`; raises `InputError` for what is none."""
    try:
        return _adapter().validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(
            [Problem(f"this plan cannot be read: {error.strerror}", str(path))]
        ) from error
    except ValidationError as error:
        raise InputError([Problem("this is no plan of this version", str(path))]) from error
