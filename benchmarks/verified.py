"""What a verified delivery costs: received only, received and attributed, and judged.

A listening socket of this process plays the server: it sends everyone a piece, and then the time
counts in which the event loop takes all pieces in. So a read is exactly what was sent, the sending
is not counted, and both ways to receive see the same bytes. Knows nothing of tables.
"""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from benchmarks.room import Line, Room
from harness import events
from harness.events import Event, Kind, Role, Stage
from harness.history import HistoryFile, read_history
from harness.judge import judge
from harness.recorder import Recorder
from harness.user import User
from harness.verdict import Outcome

HOST = "127.0.0.1"
PATIENCE = 60.0
"""Seconds; reads that have not come then never come."""


@dataclass(frozen=True, slots=True)
class Live:
    """Processor seconds for one delivery: received unchecked, received and attributed, judged."""

    received: float
    attributed: float
    judged: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A stored history: its deliveries, and the seconds to load and to judge it."""

    deliveries: int
    load_cpu: float
    judge_cpu: float
    judge_seconds: float


class Unchecked(asyncio.Protocol):
    """Receives, counts the bytes and knows nothing else."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.bytes_read = 0
        self.on_read: Callable[[], None] | None = None
        self._closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the open connection."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Count."""
        self.bytes_read += len(data)
        if self.on_read:
            self.on_read()

    def connection_lost(self, _exc: Exception | None) -> None:
        """Take down that it is over."""
        self._closed.set()

    async def connect(self, host: str, port: int) -> None:
        """Open the connection."""
        await asyncio.get_running_loop().create_connection(lambda: self, host, port)

    def abort(self) -> None:
        """Reset the connection."""
        self.transport.abort()

    async def until_closed(self) -> None:
        """Wait until the socket is closed."""
        await self._closed.wait()


Receiver = User | Unchecked
Waves = Iterator[list[bytes]]


class Wire:
    """Receivers on connections of their own, and the other ends of these; a context manager."""

    def __init__(self, receivers: list[Receiver]) -> None:
        self.receivers = receivers
        self.loop = asyncio.new_event_loop()
        self._ends: list[socket.socket] = []
        self._left = 0
        self._sent = [0] * len(receivers)

    def __enter__(self) -> Self:
        with socket.create_server((HOST, 0)) as listener:
            for one in self.receivers:
                port = listener.getsockname()[1]
                self.loop.run_until_complete(one.connect(HOST, port))
                self._ends.append(listener.accept()[0])
                self._ends[-1].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                one.on_read = self._came
        return self

    def __exit__(self, *exc: object) -> None:
        for one in self.receivers:
            one.abort()
            self.loop.run_until_complete(one.until_closed())
        for end in self._ends:
            end.close()
        self.loop.close()

    def _came(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.loop.stop()

    def deliver(self, waves: Waves) -> float:
        """Let everyone read all; return the processor seconds of that."""
        spent = 0.0
        timer = self.loop.call_later(PATIENCE, self.loop.stop)
        for wave in waves:
            for index, data in enumerate(wave):
                if data:
                    self._ends[index].sendall(data)
                    self._sent[index] += len(data)
            while self._missing():
                begin = time.process_time()
                self.loop.run_forever()
                spent += time.process_time() - begin
                if self.loop.time() > timer.when():
                    sys.exit(f"harness_speed: not everything was read within {PATIENCE:g} s")
        timer.cancel()
        return spent

    def _missing(self) -> int:
        pairs = zip(self.receivers, self._sent, strict=True)
        self._left = sum(one.bytes_read < sent for one, sent in pairs)
        return self._left


def receive(room: Room, reads: str, size: int) -> float:
    """Return the processor seconds of receiving all of `room`, unchecked."""
    with Wire([Unchecked() for _ in room.nicks]) as wire:
        wire.deliver(room.first_waves())
        gc.collect()
        return wire.deliver(room.waves(reads, size))


def attribute(room: Room, reads: str, size: int) -> tuple[float, Recorder]:
    """Return the same of receiving as the harness does it, and what was recorded."""
    recorder = Recorder(room.dialect, None)
    people = list(enumerate(room.nicks))
    users = [User(recorder, conn, nick, nick, Role.PERSON) for conn, nick in people]
    with Wire([*users]) as wire:
        recorder.add(events.StageBegun(recorder.now(), Stage.STORY))
        for user in users:
            user.give_name()
        for lines, waves in _talk(room, reads, size):
            for line in lines:
                users[line.speaker].say(line.data, line.token, Kind.STORY, 0)
            gc.collect()
            spent = wire.deliver(waves)
        for stage in (Stage.ROLL_CALL, Stage.CLEANUP, Stage.DONE):
            recorder.add(events.StageBegun(recorder.now(), stage))
        recorder.close()
    return spent, recorder


def _talk(room: Room, reads: str, size: int) -> tuple[tuple[list[Line], Waves], ...]:
    every = [line for lines in room.rounds for line in lines]
    return (room.first, room.first_waves()), (every, room.waves(reads, size))


def measure(room: Room, reads: str, size: int) -> Live:
    """Measure all three, one after the other."""
    received = receive(room, reads, size)
    attributed, recorder = attribute(room, reads, size)
    judged, _ = timed_judge(room, recorder.history.events)
    each, every = room.deliveries, room.all_deliveries
    return Live(received / each, attributed / each, judged / every)


def timed_judge(room: Room, history: list[Event]) -> tuple[float, float]:
    """Judge a history of `room`; return processor seconds and seconds.

    Exits in words unless everything was looked at and nothing found: of a judge that has nothing
    to do the time says nothing.
    """
    gc.collect()
    plan = room.plan()
    begin, clock = time.process_time(), time.perf_counter()
    verdict = judge(plan, room.dialect, history)
    spent, seconds = time.process_time() - begin, time.perf_counter() - clock
    heard, owed = verdict.figures.deliveries, verdict.figures.obligations
    if verdict.outcome is not Outcome.PASS or not heard == owed == room.all_deliveries:
        sys.exit(f"harness_speed: {verdict.outcome} {verdict.reason}: {heard} heard, {owed} owed")
    return spent, seconds


def judge_stored(room: Room, reads: str, size: int) -> Judged:
    """Write a history of `room` to disk, and measure loading and judging it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "history.jsonl")
        with path.open("w", encoding="ascii") as stream:
            file = HistoryFile(stream)
            file.begin()
            file.append(list(room.history(reads, size)))
        gc.collect()
        begin = time.process_time()
        history = read_history(path)
        load = time.process_time() - begin
    spent, seconds = timed_judge(room, history.events)
    return Judged(room.all_deliveries, load, spent, seconds)
