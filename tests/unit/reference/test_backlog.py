"""A member's backlog is tested with transports that take as much as the test says."""

import asyncio
from collections.abc import Callable

import pytest

from reference.framing import LINES, NICK, RAW, Dialect
from reference.server import FULL, HIGH, PATIENCE, Connection, Log, Server
from reference.texts import texts_in


class Pipe(asyncio.Transport):
    """A transport that takes so many bytes and then no more, until it is drained."""

    def __init__(self, connection: Connection, takes: int) -> None:
        super().__init__()
        self.takes, self.left, self.written = takes, 0, b""
        self.reading, self.closed = True, False
        self.connection = connection
        connection.connection_made(self)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert (high, low) == (0, None)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data
        self.left = max(0, self.left + len(data) - self.takes)
        self.takes = max(0, self.takes - len(data))
        if self.left:
            self.connection.pause_writing()

    def drain(self, takes: int) -> None:
        self.takes, self.left = takes, 0
        self.connection.resume_writing()

    def get_write_buffer_size(self) -> int:
        return self.left

    def is_closing(self) -> bool:
        return self.closed

    def is_reading(self) -> bool:
        return self.reading

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def abort(self) -> None:
        self.closed = True
        asyncio.get_running_loop().call_soon(self.connection.connection_lost, None)

    close = abort

    def receive(self, data: bytes) -> None:
        self.connection.get_buffer(-1)[: len(data)] = data
        self.connection.buffer_updated(len(data))


class Rooms:
    """A server with members on transports, whose turns are made by the test."""

    def __init__(self, *takes: int, dialect: Dialect = RAW) -> None:
        self.server = Server(dialect, texts_in("en", {}), Log())
        self.pipes = [self.join(b"%d" % number, size) for number, size in enumerate(takes)]

    def join(self, name: bytes, takes: int = 1 << 40) -> Pipe:
        pipe = Pipe(Connection(self.server), takes)
        pipe.receive(name)
        return pipe

    async def say(self, pipe: Pipe, size: int) -> None:
        for _ in range(size // 10_000):
            pipe.receive(b"." * 10_000)
            await self.turn()

    async def turn(self) -> None:
        for _ in range(3):
            await asyncio.sleep(0)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not holds():  # noqa: ASYNC110 - a turn, not a time
                await asyncio.sleep(0)


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    return lambda seconds: monkeypatch.setattr("reference.server.PATIENCE", seconds)


def test_a_member_behind_holds_the_room_until_it_has_caught_up(
    patience: Callable[[float], None],
) -> None:
    async def story() -> None:
        rooms = Rooms(1 << 40, 1 << 40, 100)
        talker, healthy, behind = rooms.pipes
        await rooms.say(talker, HIGH // 2)
        assert talker.is_reading()
        await rooms.say(talker, HIGH // 2 + 50_000)
        assert not any(pipe.is_reading() for pipe in rooms.pipes)
        assert not rooms.join(b"new").is_reading()
        behind.drain(500_000)
        assert not talker.is_reading()
        behind.drain(1 << 40)
        assert all(pipe.is_reading() for pipe in rooms.pipes)
        await rooms.turn()
        assert behind.written == healthy.written

    patience(3600.0)
    asyncio.run(story())


def test_a_member_that_does_not_catch_up_is_given_up_and_disconnected_when_full(
    patience: Callable[[float], None],
) -> None:
    async def story() -> None:
        rooms = Rooms(1 << 40, 1 << 40, 100)
        talker, healthy, stuck = rooms.pipes
        await rooms.say(talker, HIGH + 50_000)
        await rooms.until(talker.is_reading)
        await rooms.say(talker, FULL - HIGH - 100_000)
        assert not stuck.is_closing()
        await rooms.say(talker, 100_000)
        assert stuck.is_closing()
        await rooms.say(talker, 100_000)
        assert talker.is_reading()
        assert healthy.written.count(b".") > FULL

    patience(0.0)
    asyncio.run(story())


def test_who_does_not_read_its_own_echo_is_disconnected_and_announced_once(
    patience: Callable[[float], None],
) -> None:
    async def story() -> None:
        rooms = Rooms(1 << 40, len(NICK.prompt), dialect=NICK)
        healthy, stuck = rooms.pipes
        await rooms.turn()
        while not stuck.is_closing():
            await rooms.until(stuck.is_reading)
            await rooms.say(stuck, 10_000)
        await rooms.turn()
        assert FULL < healthy.written.count(b".") < FULL + 100_000
        assert healthy.written.endswith(b"1 left!")
        assert healthy.written.count(b"left!") == 1
        assert b"left!" not in stuck.written
        assert healthy.is_reading()

    patience(0.0)
    asyncio.run(story())


def test_a_member_behind_that_is_lost_holds_nobody(patience: Callable[[float], None]) -> None:
    async def story() -> None:
        rooms = Rooms(1 << 40, 100)
        talker, behind = rooms.pipes
        await rooms.say(talker, HIGH + 50_000)
        assert not talker.is_reading()
        behind.connection.connection_lost(ConnectionResetError())
        assert talker.is_reading()

    patience(3600.0)
    asyncio.run(story())


def test_a_member_behind_that_leaves_is_sent_its_backlog() -> None:
    async def story() -> None:
        rooms = Rooms(1 << 40, 100)
        talker, leaver = rooms.pipes
        await rooms.say(talker, 100_000)
        assert leaver.connection.eof_received()
        await rooms.turn()
        assert leaver.written.count(b".") == 100_000
        assert leaver.is_closing()

    asyncio.run(story())


def test_a_healthy_member_is_never_disconnected_by_one_turn() -> None:
    """What the comment on the sizes claims, with the read that grows most."""

    async def story() -> None:
        server = Server(LINES, texts_in("en", {}), Log())
        pipes = [Pipe(Connection(server), 1 << 40) for _ in range(30)]
        pipes[0].takes = len(server.room.prompt)
        for pipe in pipes:
            pipe.receive(("🙂" * 64).encode() + b"\n")
        pipes[1].receive(b"." * 15_000 + b"\n")
        await asyncio.sleep(0)
        for pipe in pipes[1:]:
            if pipe.is_reading():
                pipe.receive(b"a\n" * (len(server.buffer) // 2))
        await asyncio.sleep(0)
        assert not pipes[0].is_closing()
        assert not pipes[1].is_reading()

    asyncio.run(story())


def test_the_room_is_held_for_less_than_anybody_notices() -> None:
    assert PATIENCE <= 0.25
