"""Happenings: what can happen while a client is played with, as values, with their times.

Times are nanoseconds of one monotonic clock since the run began. Nothing is judged here. Pure.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened at `at` nanoseconds."""

    at: int


@dataclass(frozen=True, slots=True)
class Begun(Happening):
    """The act with this number begins."""

    act: int


@dataclass(frozen=True, slots=True)
class Done(Happening):
    """The act with this number is complete."""

    act: int


@dataclass(frozen=True, slots=True)
class Failed(Happening):
    """The act was not complete within `deadline` seconds, of which `late` were not the client's.

    `late` is how long the harness or the client had to wait for a processor. A `deadline` of 0
    means that it never could be: the program, or the connection, had ended.
    """

    act: int
    deadline: float
    late: float


@dataclass(frozen=True, slots=True)
class Connected(Happening):
    """The program connected."""

    conn: int


@dataclass(frozen=True, slots=True)
class Received(Happening):
    """The server read these bytes."""

    conn: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Wrote(Happening):
    """The server is about to write these bytes; `apart` tells whether the last were read before."""

    conn: int
    data: bytes
    apart: bool


@dataclass(frozen=True, slots=True)
class PeerEnded(Happening):
    """The program ended the connection, with an `error` or in good order."""

    conn: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Dropped(Happening):
    """The server is about to end the connection."""

    conn: int
    how: str


@dataclass(frozen=True, slots=True)
class Typed(Happening):
    """The person is about to type these bytes."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Pressed(Happening):
    """The person is about to press a key."""

    key: str


@dataclass(frozen=True, slots=True)
class Printed(Happening):
    """The program printed these bytes."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Used(Happening):
    """How many seconds of processors the program has used so far, and waited for one."""

    cpu: float
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class Exited(Happening):
    """The program ended; `status` as in `subprocess`, negative for a signal."""

    status: int


@dataclass(frozen=True, slots=True)
class Released(Happening):
    """The story is over, and the program may end as it does."""


@dataclass(frozen=True, slots=True)
class Killed(Happening):
    """The harness is about to end the program, and all that it has left behind."""


@dataclass(frozen=True, slots=True)
class TooMuch(Happening):
    """The run was cut short: `what` is a sentence's end."""

    what: str
