"""What the model of correct servers knows of one connection: what it said, read and heard."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.announcement import Occasion
from harness.events import Ending, Kind, Role


@dataclass(frozen=True)
class Word:
    """A message as its sender knows it: `begin` to `end` of all that was said."""

    conn: int
    number: int
    begin: int
    end: int
    at: int
    token: bytes
    kind: Kind


@dataclass(frozen=True)
class Part:
    """What one receiver was sent at once: `data` from `at` on, `begin` to `end` of a speech."""

    conn: int
    at: int
    data: bytes
    begin: int
    end: int


@dataclass(eq=False)
class Peer:
    """One connection: what it said, and what the server has for it."""

    conn: int
    person: str
    nick: str
    role: Role
    prefix: bytes
    echo: bytes | None = None  # what stands before its own words when it hears them
    told: list[tuple[Occasion, str]] = field(default_factory=list)  # what the server told it
    said: bytearray = field(default_factory=bytearray)
    words: list[Word] = field(default_factory=list)
    known: int = 0  # how much of it the server has read
    relayed: int = 0  # and relayed
    accepted: int = -1
    stream: bytearray = field(default_factory=bytearray)
    parts: list[Part] = field(default_factory=list)
    read: int = 0
    looked: int = 0
    heard: list[Word] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    origins: dict[int, int] = field(default_factory=dict)
    latest: dict[int, int] = field(default_factory=dict)
    named: int | None = None
    member: bool = False
    sure: bool = False  # that the server has read its name
    joined: int | None = None
    left: Ending | None = None
    eof: bool = False
    frozen: bool = False
    thawed: bool = False
    bad: bool = False  # it has said what is no text
    thrown: bool = False  # out, by the server
    job: list[tuple[Peer, bytes, int, int]] = field(default_factory=list)

    def heard_by(self, receiver: Peer) -> bytes:
        """Return what stands before its words when `receiver` hears them."""
        own = receiver is self and self.echo is not None
        return self.echo or b"" if own else self.prefix

    @property
    def present(self) -> bool:
        return self.named is not None and self.left is None and not self.eof

    @property
    def unread(self) -> int:
        return len(self.stream) - self.read


@dataclass(frozen=True)
class Manner:
    """How a server and its people are: drawn once for a whole history."""

    framed: bool
    threads: bool
    names: tuple[str, ...]
    adversarial: bool
    steps: int
    people: int
    reads: int  # the server's buffer; 0: any size
    drops_empty: bool
    pace: int
    gulps: bool  # receivers read all that there is
    departures: float
