"""A room in which all talk: what everyone says, and what everyone reads at the same moment.

For the measurements of the harness's own speed. Three kinds of reads, of about `size` messages
each: `equal` (all read the same, less their own messages), `unequal` (each hears the speakers in
another order) and `cut` (unequal, and a read begins and ends within a message). Every one is a
lawful relay. Knows nothing of sockets and of the harness's insides but its events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from harness import events
from harness.dialect import Dialect
from harness.events import Event, Kind, Role, Stage
from harness.plan import Plan, PlannedPerson
from harness.tokens import mint

READS = ("equal", "unequal", "cut")
LENGTH = 64
"""Bytes of a message, its token among them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message: who says it, its bytes and token, and the bytes that the others read."""

    speaker: int
    number: int
    data: bytes
    token: bytes
    relayed: bytes


class Room:
    """`people` who say `times` messages each, after one by which all find that they are in."""

    def __init__(self, dialect: Dialect, people: int, times: int) -> None:
        self.dialect = dialect
        self.people = people
        self.times = times
        self.nicks = [f"crowd-{number:05}" for number in range(people)]
        self.first = [self._line(speaker, 0) for speaker in range(people)]
        rounds = range(1, times + 1)
        self.rounds = [[self._line(speaker, n) for speaker in range(people)] for n in rounds]

    @property
    def deliveries(self) -> int:
        """How many messages are heard, all in all, without those by which all come in."""
        return self.people * (self.people - 1) * self.times

    @property
    def all_deliveries(self) -> int:
        """The same with those by which all come in."""
        return self.people * (self.people - 1) * (self.times + 1)

    def _line(self, speaker: int, number: int) -> Line:
        token = mint(speaker, number)
        text = token.decode() + " lorem ipsum dolor sit amet consectetur adipiscing elit sed"
        data = self.dialect.said_bytes(text[:LENGTH], self.nicks[speaker])
        return Line(speaker, number, data, token, self.dialect.prefix(self.nicks[speaker]) + data)

    def plan(self) -> Plan:
        """Return the plan that a run of it would have; no step of it is judged."""
        people = tuple(PlannedPerson(nick, nick) for nick in self.nicks)
        return Plan("room", "All talk", (), 1, self.dialect.name, 1.0, people, (), self.people)

    # -- who reads what ----------------------------------------------------------------------------

    def waves(self, reads: str, size: int) -> Iterator[list[bytes]]:
        """Yield what each of the people reads next; empty where that is nothing."""
        if reads == "equal":
            return self._equal(self.rounds, size)
        waves = self._unequal(size)
        return waves if reads == "unequal" else _cut(waves, self.people)

    def first_waves(self) -> Iterator[list[bytes]]:
        """Yield the reads by which everyone finds that everyone is in."""
        return self._equal([self.first], 20)

    def _equal(self, rounds: list[list[Line]], size: int) -> Iterator[list[bytes]]:
        lines = [line for one in rounds for line in one]
        for begin in range(0, len(lines), size):
            batch = lines[begin : begin + size]
            wave = [b"".join([line.relayed for line in batch])] * self.people
            for speaker in {line.speaker for line in batch}:
                wave[speaker] = b"".join([o.relayed for o in batch if o.speaker != speaker])
            yield wave

    def _unequal(self, size: int) -> Iterator[list[bytes]]:
        total = self.people * self.times
        for begin in range(0, total, size):
            places = [divmod(at, self.people) for at in range(begin, min(begin + size, total))]
            yield [self._heard_by(receiver, places) for receiver in range(self.people)]

    def _heard_by(self, receiver: int, places: list[tuple[int, int]]) -> bytes:
        turned = [(number, (place + receiver) % self.people) for number, place in places]
        heard = (self.rounds[number][who] for number, who in turned if who != receiver)
        return b"".join([line.relayed for line in heard])

    # -- the same as a history ---------------------------------------------------------------------

    def history(self, reads: str, size: int) -> Iterator[Event]:
        """Yield the events of a run in which everyone heard everything."""
        clock = count(0, 1000)
        yield events.StageBegun(next(clock), Stage.STORY)
        for conn, nick in enumerate(self.nicks):
            yield events.Connect(next(clock), conn, nick, nick, Role.PERSON)
            yield events.Connected(next(clock), conn)
            yield events.Named(next(clock), conn, self.dialect.nickname_bytes(nick))
        yield from _said(self.first, clock)
        yield from _read(self.first_waves(), clock)
        for lines in self.rounds:
            yield from _said(lines, clock)
        yield from _read(self.waves(reads, size), clock)
        for stage in (Stage.ROLL_CALL, Stage.CLEANUP, Stage.DONE):
            yield events.StageBegun(next(clock), stage)


def _cut(waves: Iterator[list[bytes]], people: int) -> Iterator[list[bytes]]:
    """Keep back half a message of each read for the next."""
    kept = [b""] * people
    for wave in waves:
        whole = [before + now for before, now in zip(kept, wave, strict=True)]
        yield [data[: max(len(data) - LENGTH // 2, 0)] for data in whole]
        kept = [data[max(len(data) - LENGTH // 2, 0) :] for data in whole]
    yield kept


def _said(lines: list[Line], clock: count[int]) -> Iterator[Event]:
    for one in lines:
        at = next(clock)
        kind = Kind.STORY
        yield events.Said(at, one.speaker, one.number, one.data, one.token, kind, at, 0)
        yield events.Accepted(next(clock), one.speaker, one.number)


def _read(waves: Iterator[list[bytes]], clock: count[int]) -> Iterator[Event]:
    for wave in waves:
        for conn, data in enumerate(wave):
            if data:
                yield events.Read(next(clock), conn, data)
