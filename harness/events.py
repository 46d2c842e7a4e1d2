"""Events: everything that can happen in a run, as values.

Nothing is interpreted here: who heard whom is derived from these by whoever judges them, so that a
better judge can look at an old run again. Times are nanoseconds of one monotonic clock since the
run began, taken before each write and after each read. This file knows nothing of disks or sockets.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Role(StrEnum):
    """Who a connection belongs to."""

    PERSON = "person"
    BEACON = "beacon"
    NEWCOMER = "newcomer"


class Kind(StrEnum):
    """Why a message was said; from the first that is `UNTEXT` on a sender is not judged."""

    STORY = "story"
    BEACON = "beacon"
    PROBE = "probe"
    CLOSING = "closing"
    GAUGE = "gauge"
    UNTEXT = "no text"


class Ending(StrEnum):
    """How the harness ends a connection; `TEARDOWN` is the reset after everything was judged."""

    LEAVE = "leave"
    CLOSE = "close"
    RESET = "reset"
    HALF_CLOSE = "half-close"
    SERVER = "the server was ended"
    GIVEN_UP = "given up"
    TEARDOWN = "teardown"


class Stage(StrEnum):
    """The parts of a run, in their order."""

    STORY = "story"
    ROLL_CALL = "roll call"
    CLEANUP = "cleanup"
    ALIVE = "alive"
    DONE = "done"


class Failure(StrEnum):
    """What did not happen in time when a step of the story did not complete."""

    LISTENING = "listening"
    CONNECT = "connect"
    PROMPT = "prompt"
    WRONG_PROMPT = "wrong prompt"
    JOIN = "join"
    ACCEPT = "accept"
    HEARS = "hears"
    EOF = "eof"
    ROLL_CALL = "roll call"
    REFUSED = "refused"
    NOT_REFUSED = "not refused"
    STALL = "stall"
    STOP = "stop"
    CONNECTIONS = "connections"
    RESTART = "restart"
    DISCONNECTED = "disconnected"
    SOCKETS = "sockets"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at `at` nanoseconds."""

    at: int
    TAG: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Connect(Event):
    """A connection is about to be opened."""

    conn: int
    person: str
    nick: str
    role: Role
    TAG: ClassVar[str] = "connect"


@dataclass(frozen=True, slots=True)
class Connected(Event):
    """The connection is open, from this own address."""

    conn: int
    host: str = ""
    port: int = 0
    TAG: ClassVar[str] = "connected"


@dataclass(frozen=True, slots=True)
class ConnectFailed(Event):
    """The connection could not be opened."""

    conn: int
    error: str
    TAG: ClassVar[str] = "connect-failed"


@dataclass(frozen=True, slots=True)
class Named(Event):
    """The nickname is about to be sent: the connection is joining from here on."""

    conn: int
    data: bytes
    TAG: ClassVar[str] = "named"


@dataclass(frozen=True, slots=True)
class Said(Event):
    """A message is about to be written; `due` is the time it was planned for."""

    conn: int
    number: int
    data: bytes
    token: bytes
    kind: Kind
    due: int
    step: int
    TAG: ClassVar[str] = "said"


@dataclass(frozen=True, slots=True)
class Sent(Event):
    """Bytes are about to be written that are no whole message, or that stand for a nickname."""

    conn: int
    data: bytes
    TAG: ClassVar[str] = "sent"


@dataclass(frozen=True, slots=True)
class Cut(Event):
    """Something was sent in `pieces`; `apart` of them the server read by themselves, -1: unknown.

    `glued` messages were sent in one piece instead, where that is above one.
    """

    conn: int
    pieces: int
    apart: int
    glued: int
    TAG: ClassVar[str] = "cut"


@dataclass(frozen=True, slots=True)
class Silent(Event):
    """Nothing that was said before may ever reach the connection."""

    conn: int
    step: int
    TAG: ClassVar[str] = "silent"


@dataclass(frozen=True, slots=True)
class Froze(Event):
    """The connection is not read any more."""

    conn: int
    TAG: ClassVar[str] = "froze"


@dataclass(frozen=True, slots=True)
class Bitten(Event):
    """Whether a fault was felt, and how that is known: `proof` is a sentence's end.

    `bit` is 1 where it was, 0 where it was not, -1 where that cannot be known.
    """

    conn: int
    bit: int
    proof: str
    TAG: ClassVar[str] = "bitten"


@dataclass(frozen=True, slots=True)
class Thawed(Event):
    """The connection is read again."""

    conn: int
    TAG: ClassVar[str] = "thawed"


@dataclass(frozen=True, slots=True)
class ServerTold(Event):
    """The server's process is about to be stopped, continued, ended or started: an act's name."""

    act: str
    step: int
    TAG: ClassVar[str] = "server-told"


@dataclass(frozen=True, slots=True)
class ServerDone(Event):
    """What the server was told has come about."""

    act: str
    TAG: ClassVar[str] = "server-done"


@dataclass(frozen=True, slots=True)
class Listening(Event):
    """The local addresses on which the server listens, with a blank between them."""

    addresses: str
    TAG: ClassVar[str] = "listening"


@dataclass(frozen=True, slots=True)
class Programs(Event):
    """The names of the programs that the server's processes run, with a blank between them."""

    names: str
    TAG: ClassVar[str] = "programs"


@dataclass(frozen=True, slots=True)
class Accepted(Event):
    """The kernel has taken every byte of the connection's messages up to `number`."""

    conn: int
    number: int
    TAG: ClassVar[str] = "accepted"


@dataclass(frozen=True, slots=True)
class Read(Event):
    """Bytes were read."""

    conn: int
    data: bytes
    TAG: ClassVar[str] = "read"


@dataclass(frozen=True, slots=True)
class Left(Event):
    """The harness is about to end the connection."""

    conn: int
    how: Ending
    TAG: ClassVar[str] = "left"


@dataclass(frozen=True, slots=True)
class Closed(Event):
    """The harness has closed its socket."""

    conn: int
    TAG: ClassVar[str] = "closed"


@dataclass(frozen=True, slots=True)
class Eof(Event):
    """The server has ended its direction."""

    conn: int
    TAG: ClassVar[str] = "eof"


@dataclass(frozen=True, slots=True)
class Broken(Event):
    """The connection failed with an error, a reset for instance."""

    conn: int
    error: str
    TAG: ClassVar[str] = "broken"


@dataclass(frozen=True, slots=True)
class StepBegun(Event):
    """A step of the plan begins."""

    step: int
    TAG: ClassVar[str] = "step-begun"


@dataclass(frozen=True, slots=True)
class StepEnded(Event):
    """A step of the plan is complete."""

    step: int
    TAG: ClassVar[str] = "step-ended"


@dataclass(frozen=True, slots=True)
class StepFailed(Event):
    """Someone's part of a step did not complete within `deadline` seconds.

    `late` is how long, in seconds, the harness or the server had to wait for a processor meanwhile.
    """

    step: int
    conn: int
    person: str
    failure: Failure
    deadline: float
    late: float
    note: str
    TAG: ClassVar[str] = "step-failed"


@dataclass(frozen=True, slots=True)
class Skipped(Event):
    """Someone's part of a step was left out because an earlier part of theirs failed."""

    step: int
    person: str
    TAG: ClassVar[str] = "skipped"


@dataclass(frozen=True, slots=True)
class StageBegun(Event):
    """A part of the run begins."""

    stage: Stage
    TAG: ClassVar[str] = "stage"


@dataclass(frozen=True, slots=True)
class Sampled(Event):
    """The server's resources: processor seconds, seconds waited for one, threads, bytes, sockets.

    `sockets` are its open connections, `close_wait` those of them whose client has gone,
    `expected` the connections that the harness holds open; -1 where it could not be told.
    """

    label: str
    cpu: float
    run_delay: float
    threads: int
    rss: int
    sockets: int
    close_wait: int
    expected: int
    TAG: ClassVar[str] = "sampled"


@dataclass(frozen=True, slots=True)
class Lagged(Event):
    """The harness's own event loop ran `seconds` behind."""

    seconds: float
    TAG: ClassVar[str] = "lagged"


@dataclass(frozen=True, slots=True)
class Starved(Event):
    """The server waited `seconds` for a processor, within half a second or so."""

    seconds: float
    TAG: ClassVar[str] = "starved"


@dataclass(frozen=True, slots=True)
class Exited(Event):
    """The server's process ended; `status` as in `subprocess`, negative for a signal."""

    status: int
    TAG: ClassVar[str] = "exited"


@dataclass(frozen=True, slots=True)
class Noise(Event):
    """The run was cut short: the server sent more unexplained bytes than are worth keeping."""

    conn: int
    unexplained: int
    TAG: ClassVar[str] = "noise"


@dataclass(frozen=True, slots=True)
class Overran(Event):
    """The run was cut short: the program took more than it may; `what` is a sentence's end."""

    what: str
    TAG: ClassVar[str] = "overran"


@dataclass(frozen=True, slots=True)
class Interrupted(Event):
    """The person at the keyboard stopped the run."""

    TAG: ClassVar[str] = "interrupted"


KINDS: tuple[type[Event], ...] = (
    *(Connect, Connected, ConnectFailed, Named, Said, Sent, Cut, Accepted, Read, Left, Closed),
    *(Eof, Broken, Silent, Froze, Bitten, Thawed, ServerTold, ServerDone, Listening, Programs),
    *(StepBegun, StepEnded, StepFailed, Skipped, StageBegun),
    *(Sampled, Lagged, Starved, Exited, Noise, Overran, Interrupted),
)
