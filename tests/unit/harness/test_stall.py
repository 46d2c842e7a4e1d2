"""`harness.stall`: who is frozen reads nothing; whether the server felt it, and the others did."""

import asyncio
import contextlib
import socket
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from harness import kernel, stall
from harness.beacons import Beacons
from harness.crew import Crew, StepFailureError
from harness.dialect_files import load_dialect
from harness.events import Bitten, Ending, Failure, Froze, Kind, Role, Thawed
from harness.kernel import TcpState
from harness.recorder import Recorder
from harness.speech import Message
from harness.stall import BUFFER, MOST_TO_FILL, ROUNDS, Stall, fills
from harness.target import Target
from harness.tokens import mint
from harness.user import User
from harness.watch import Watch

Handler = Callable[[Reader, Writer], Awaitable[None]]
Serve = Callable[[Handler], AbstractAsyncContextManager[int]]
Room = Callable[..., Handler]
WAIT = 30.0
NAMES = ("sleeper", "alice", "bob")
needs_linux = pytest.mark.skipif(not kernel.available(), reason="this kernel has no sock_diag")


class Scene:
    """A room with two who read and one who will not."""

    def __init__(self, crew: Crew, beacons: Beacons, users: list[User]) -> None:
        self.crew = crew
        self.beacons = beacons
        self.sleeper, self.alice, self.bob = users
        self.stall = Stall(crew, beacons)

    def say(self, user: User, text: bytes = b"") -> Message:
        token = mint(user.conn, user.said)
        return user.say(token + text, token, Kind.STORY)

    async def heard(self, user: User, message: Message) -> None:
        assert await user.until(lambda: user.has_heard(message), WAIT)

    def state(self, user: User) -> kernel.SocketState | None:
        assert user.addresses
        return self.crew.cutter.diag.one(*user.addresses)

    def bites(self) -> list[tuple[int, int, str]]:
        history = self.crew.recorder.history
        found = [event for event in history if isinstance(event, Bitten)]
        return [(event.conn, event.bit, event.proof) for event in found]

    def gauges(self) -> int:
        speeches = self.crew.recorder.transcript.voices.speeches.values()
        return sum(m.kind is Kind.GAUGE for speech in speeches for m in speech.messages)


@contextlib.asynccontextmanager
async def scene_at(port: int) -> AsyncIterator[Scene]:
    recorder = Recorder(load_dialect("raw"), None)
    target = Target("127.0.0.1", port)
    crew = Crew(recorder, target, Watch(recorder, target), 1.0, 10)
    beacons = Beacons(crew)
    async with asyncio.timeout(WAIT):
        try:
            users = [crew.enrol(name, name, Role.PERSON) for name in NAMES]
            users[0].buffer = BUFFER // 2
            async with beacons.talking():
                await asyncio.gather(*(crew.join(user) for user in users))
            yield Scene(crew, beacons, users)
        finally:
            beacons.close()
            crew.cutter.close()
            for user in crew.users.values():
                user.abort()
                await user.until_closed()


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.001)


class Keeps:
    """A room, and the writer of each who is in it."""

    def __init__(self, room: Handler) -> None:
        self.room = room
        self.writers: list[Writer] = []

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        self.writers.append(writer)
        await self.room(reader, writer)

    def of(self, user: User) -> Writer:
        assert user.addresses
        own = user.addresses[0]
        return next(one for one in self.writers if one.get_extra_info("peername") == own)


async def failing(doing: Awaitable[object]) -> StepFailureError:
    with pytest.raises(StepFailureError) as caught:
        await doing
    return caught.value


# Freezing


@needs_linux
def test_who_is_frozen_reads_nothing_and_goes_on_where_it_was(serve: Serve, room: Room) -> None:
    async def main() -> None:
        async with serve(room()) as port, scene_at(port) as scene:
            sleeper = scene.sleeper
            scene.stall.freeze(sleeper)
            before = sleeper.bytes_read
            first = scene.say(scene.alice, b"hello")
            await until(lambda: sleeper.unread >= len(first.data))
            # It has come; while others hear more, nobody reads it.
            for _ in range(5):
                await scene.heard(scene.bob, scene.say(scene.alice))
            assert sleeper.bytes_read == before
            assert not sleeper.has_heard(first)
            assert sleeper.attendance.frozen
            assert sleeper in scene.crew.members
            assert sleeper not in scene.crew.healthy
            sleeper.thaw()
            await scene.heard(sleeper, first)
            assert sleeper in scene.crew.healthy
            tags = [e.TAG for e in scene.crew.recorder.history if isinstance(e, Froze | Thawed)]
            assert tags == ["froze", "thawed"]

    asyncio.run(main())


def test_little_waits_for_one_who_will_freeze(serve: Serve, room: Room) -> None:
    async def main() -> None:
        async with serve(room()) as port, scene_at(port) as scene:
            sizes = []
            for user in (scene.sleeper, scene.alice):
                assert user._transport  # noqa: SLF001
                sock = user._transport.get_extra_info("socket")  # noqa: SLF001
                sizes.append(sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF))
            assert sizes[0] <= BUFFER < sizes[1]

    asyncio.run(main())


# Whether it was felt


@needs_linux
@pytest.mark.parametrize("reset", [True, False])
def test_a_frozen_one_whom_the_server_has_closed(serve: Serve, room: Room, reset: bool) -> None:
    async def main() -> None:
        server = Keeps(room())
        async with serve(server) as port, scene_at(port) as scene:
            scene.stall.freeze(scene.sleeper)
            writer = server.of(scene.sleeper)
            if reset:
                sock = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            writer.transport.abort()

            def closed() -> bool:
                state = scene.state(scene.sleeper)
                return state is None or state.state is not TcpState.ESTABLISHED

            await until(closed)
            await scene.stall.measure([scene.sleeper])
            [(conn, bit, proof)] = scene.bites()
            assert (conn, bit) == (scene.sleeper.conn, 1)
            assert proof == "the server had closed its connection"

    asyncio.run(main())


@needs_linux
def test_enough_was_read_to_fill_it(
    serve: Serve, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with serve(room()) as port, scene_at(port) as scene:
            monkeypatch.setattr(stall, "fills", lambda: 100_000)
            scene.stall.freeze(scene.sleeper)
            # All of them together.
            scene.say(scene.alice, b"x" * 60_000)
            scene.say(scene.bob, b"x" * 60_000)
            await scene.stall.measure([scene.sleeper])
            [(_, bit, proof)] = scene.bites()
            assert bit == 1
            assert "bytes from the others, of 100,000 that fill a stall" in proof

    asyncio.run(main())


@needs_linux
def test_what_was_read_before_the_freeze_fills_nothing(
    serve: Serve, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with serve(room()) as port, scene_at(port) as scene:
            monkeypatch.setattr(stall, "fills", lambda: 100_000)
            said = scene.say(scene.alice, b"x" * 120_000)
            await scene.heard(scene.sleeper, said)
            scene.stall.freeze(scene.sleeper)
            scene.say(scene.alice, b"x" * 50_000)
            await scene.stall.measure([scene.sleeper])
            [(_, bit, proof)] = scene.bites()
            assert bit == 0
            assert "of 100,000 that fill a stall" in proof

    asyncio.run(main())


@needs_linux
def test_small_talk_fills_nothing(serve: Serve, room: Room) -> None:
    async def main() -> None:
        async with serve(room()) as port, scene_at(port) as scene:
            scene.stall.freeze(scene.sleeper)
            scene.say(scene.alice, b"hello")
            await scene.stall.measure([scene.sleeper])
            assert [bit for _, bit, _ in scene.bites()] == [0]

    asyncio.run(main())


@needs_linux
def test_a_server_that_takes_no_more_has_felt_it(serve: Serve, room: Room) -> None:
    async def main() -> None:
        server = Keeps(room())
        async with serve(server) as port, scene_at(port) as scene:
            transport = server.of(scene.alice).transport
            assert isinstance(transport, asyncio.Transport)
            scene.stall.freeze(scene.sleeper)
            transport.pause_reading()
            scene.say(scene.alice, b"x" * 20_000_000)
            told = await failing(scene.stall.measure([scene.sleeper], within=0.1))
            assert (told.failure, told.deadline) == (Failure.STALL, 0.1)
            assert [(bit, proof) for _, bit, proof in scene.bites()] == [
                (1, "the server took no more from alice")
            ]

    asyncio.run(main())


def test_where_the_kernel_cannot_tell_nothing_is_proved(
    serve: Serve, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with serve(room()) as port, scene_at(port) as scene:
            scene.crew.cutter.close()
            monkeypatch.setattr(stall, "available", lambda: False)
            scene.stall.freeze(scene.sleeper)
            scene.say(scene.alice, b"hello")
            await scene.stall.measure([scene.sleeper])
            [(_, bit, proof)] = scene.bites()
            assert (bit, proof) == (-1, "this system does not tell what the server has read")

    asyncio.run(main())


@pytest.mark.parametrize("how", [Ending.RESET, Ending.CLOSE])
def test_who_has_ended_itself_proves_nothing(serve: Serve, room: Room, how: Ending) -> None:
    async def main() -> None:
        async with serve(room()) as port, scene_at(port) as scene:
            scene.stall.freeze(scene.sleeper)
            scene.sleeper.hang_up(how)
            await scene.stall.finish()
            assert [bit for _, bit, _ in scene.bites()] == [-1]

    asyncio.run(main())


@needs_linux
def test_where_nobody_knows_how_much_fills_it_nothing_is_proved(
    serve: Serve, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with serve(room()) as port, scene_at(port) as scene:
            monkeypatch.setattr(stall, "fills", lambda: None)
            scene.stall.freeze(scene.sleeper)
            await scene.stall.measure([scene.sleeper])
            assert [bit for _, bit, _ in scene.bites()] == [-1]

    asyncio.run(main())


def test_how_much_fills_it_is_what_the_system_allows(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    wmem = tmp_path_factory.mktemp("proc") / "tcp_wmem"
    monkeypatch.setattr(stall, "_WMEM", wmem)
    assert fills() is None
    for text, value in (
        ("4096\t16384\t4194304\n", 4194304 + 4 * BUFFER),
        ("4096\t16384\t999999999999\n", MOST_TO_FILL),
        ("4096\n", None),
        ("a b c\n", None),
    ):
        wmem.write_text(text)
        assert fills() == value


# Whether the others felt it


def test_before_the_first_freeze_and_before_each_thaw_it_is_measured(
    serve: Serve, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples: list[str] = []
    monkeypatch.setattr(Watch, "sample", lambda _self, label, _open: samples.append(label))

    async def main() -> None:
        async with serve(room()) as port, scene_at(port) as scene:
            await scene.stall.begin()
            assert scene.gauges() == ROUNDS
            assert samples == ["freeze"]
            scene.stall.freeze(scene.sleeper)
            # Somebody is frozen already.
            await scene.stall.begin()
            assert scene.gauges() == ROUNDS
            scene.stall.freeze(scene.bob)
            await scene.stall.measure([scene.sleeper])
            assert scene.gauges() == 2 * ROUNDS
            assert samples == ["freeze", "frozen"]
            assert [conn for conn, _, _ in scene.bites()] == [scene.sleeper.conn]
            # Bob never thaws.
            await scene.stall.finish()
            assert [conn for conn, _, _ in scene.bites()] == [scene.sleeper.conn, scene.bob.conn]
            assert scene.gauges() == 3 * ROUNDS
            await scene.stall.finish()
            assert scene.gauges() == 3 * ROUNDS

    asyncio.run(main())


def test_both_beacons_are_measured_and_none_where_there_are_none(serve: Serve, room: Room) -> None:
    async def main() -> None:
        async with serve(room()) as port, scene_at(port) as scene:
            await scene.stall.begin()
            voices = scene.crew.recorder.transcript.voices
            counts = [
                sum(m.kind is Kind.GAUGE for m in voices.speeches[one.conn].messages)
                for one in scene.beacons.pair
            ]
            assert sorted(counts) == [ROUNDS // 2, ROUNDS - ROUNDS // 2]
            scene.beacons.forget()
            await scene.stall.begin()
            assert scene.gauges() == ROUNDS

    asyncio.run(main())


def test_a_slow_server_is_measured_a_few_times_only(
    serve: Serve, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stall, "LONG_ENOUGH", 0.0)

    async def main() -> None:
        async with serve(room()) as port, scene_at(port) as scene:
            await scene.stall.begin()
            assert scene.gauges() == stall.ENOUGH

    asyncio.run(main())


def test_others_who_hear_nothing_are_reported(serve: Serve, room: Room) -> None:
    async def main() -> None:
        lost = False

        def lose(sender: str, receiver: str, data: bytes) -> bytes:
            return b"" if lost and (sender, receiver) == ("alice", "bob") else data

        async with serve(room(lose)) as port, scene_at(port) as scene:
            scene.stall.freeze(scene.sleeper)
            scene.crew.patience = 0.04
            lost = True
            scene.say(scene.alice, b"hello")
            told = await failing(scene.stall.measure([scene.sleeper]))
            assert (told.failure, told.deadline) == (Failure.STALL, 0.2)
            assert told.note == "bob did not hear alice"
            # Whether it was felt is told all the same.
            assert len(scene.bites()) == 1

    asyncio.run(main())


def test_who_reads_is_given_more_time(serve: Serve, room: Room) -> None:
    async def main() -> None:
        async def trickle(message: bytes, writer: Writer) -> None:
            for at in range(0, len(message), 10):
                writer.write(message[at : at + 10])
                await asyncio.sleep(0.04)

        tasks: list[asyncio.Task[None]] = []
        slow = False

        def hold(sender: str, receiver: str, data: bytes) -> bytes:
            if not slow or (sender, receiver) != ("alice", "bob"):
                return data
            writer = server.of(scene.bob)
            tasks.append(asyncio.create_task(trickle(data, writer)))
            return b""

        server = Keeps(room(hold))
        async with serve(server) as port, scene_at(port) as scene:
            scene.stall.freeze(scene.sleeper)
            slow = True
            # Two seconds and more, ten bytes at a time.
            message = scene.say(scene.alice, b"x" * 600)
            await scene.stall._hear_all(1.0)  # noqa: SLF001
            assert scene.bob.has_heard(message)
            await asyncio.gather(*tasks)

    asyncio.run(main())


def test_who_is_thrown_out_meanwhile_is_waited_for_no_more(serve: Serve, room: Room) -> None:
    async def main() -> None:
        lost = False

        def lose(sender: str, receiver: str, data: bytes) -> bytes:
            return b"" if lost and (sender, receiver) == ("alice", "bob") else data

        server = Keeps(room(lose))
        async with serve(server) as port, scene_at(port) as scene:
            scene.stall.freeze(scene.sleeper)
            lost = True
            scene.say(scene.alice, b"hello")
            asyncio.get_running_loop().call_later(0.05, server.of(scene.bob).transport.abort)
            await scene.stall.measure([scene.sleeper], within=WAIT)
            assert scene.bob.is_gone()

    asyncio.run(main())
