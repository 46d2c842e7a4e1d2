"""`harness.beacons`: two who talk so that everyone else can tell who is in."""

import asyncio
import contextlib
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from harness.beacons import Beacons
from harness.crew import Crew, StepFailureError
from harness.dialect_files import load_dialect
from harness.events import Ending, Failure, Kind, Role
from harness.recorder import Recorder
from harness.target import Target
from harness.watch import Watch

Handler = Callable[[Reader, Writer], Awaitable[None]]
Serve = Callable[[Handler], AbstractAsyncContextManager[int]]
Room = Callable[..., Handler]
WAIT = 30.0


@contextlib.asynccontextmanager
async def beacons_at(port: int, patience: float = 1.0) -> AsyncIterator[Beacons]:
    recorder = Recorder(load_dialect("raw"), None)
    target = Target("127.0.0.1", port)
    crew = Crew(recorder, target, Watch(recorder, target), patience, 10)
    beacons = Beacons(crew)
    async with asyncio.timeout(WAIT):
        try:
            yield beacons
        finally:
            beacons.close()
            crew.cutter.close()
            for user in crew.users.values():
                user.abort()
                await user.until_closed()


async def failure_of(beacons: Beacons) -> StepFailureError:
    with pytest.raises(StepFailureError) as caught:
        await beacons.begin()
    return caught.value


def test_both_are_in_when_each_has_heard_the_other(serve: Serve, room: Room) -> None:
    async def main() -> None:
        async with serve(room()) as port, beacons_at(port) as beacons:
            await beacons.begin()
            assert [user.nick for user in beacons.alive] == ["beacon-1", "beacon-2"]
            assert all(user.role is Role.BEACON for user in beacons.alive)
            for user, other in (beacons.pair, beacons.pair[::-1]):
                said = beacons.crew.recorder.transcript.voices.speeches[user.conn].messages
                assert any(other.has_heard(message) for message in said)
            assert all(user.attendance.joined is not None for user in beacons.alive)

    asyncio.run(main())


def test_no_word_of_theirs_can_glue_to_a_name(serve: Serve, room: Room) -> None:
    names = []

    async def main() -> None:
        handle = room()

        async def late(reader: Reader, writer: Writer) -> None:
            transport = writer.transport
            assert isinstance(transport, asyncio.Transport)
            transport.pause_reading()
            feed = reader.feed_data

            def note(data: bytes) -> None:
                names.append(data)
                reader.feed_data = feed  # type: ignore[method-assign]
                feed(data)

            reader.feed_data = note  # type: ignore[method-assign, assignment]
            asyncio.get_running_loop().call_later(0.1, transport.resume_reading)
            await handle(reader, writer)

        async with serve(late) as port, beacons_at(port) as beacons:
            await beacons.begin()

    asyncio.run(main())
    assert names == [b"beacon-1", b"beacon-2"]


def test_a_server_that_reads_no_name_is_not_waited_for_twice(serve: Serve) -> None:
    async def handle(_reader: Reader, writer: Writer) -> None:
        assert isinstance(writer.transport, asyncio.Transport)
        writer.transport.pause_reading()
        writer.write(b"nickname")
        await asyncio.Event().wait()

    async def main() -> None:
        async with serve(handle) as port, beacons_at(port, patience=0.01) as beacons:
            told = await failure_of(beacons)
            assert (told.failure, told.deadline) == (Failure.JOIN, 0.1)
            assert beacons.awaited is beacons.pair[0]
            # And nobody else who joins waits for it again.
            assert await failure_of(beacons) is told

    asyncio.run(main())


def test_a_server_that_relays_nothing(serve: Serve, room: Room) -> None:
    async def main() -> None:
        nothing = room(lambda _sender, _receiver, _data: b"")
        async with serve(nothing) as port, beacons_at(port, patience=0.03) as beacons:
            told = await failure_of(beacons)
            assert (told.failure, told.deadline) == (Failure.JOIN, 0.3)

    asyncio.run(main())


def test_a_server_that_throws_one_of_them_out(serve: Serve) -> None:
    async def handle(reader: Reader, writer: Writer) -> None:
        writer.write(b"nickname")
        if await reader.read(100) != b"beacon-2":
            await reader.read()

    async def main() -> None:
        async with serve(handle) as port, beacons_at(port) as beacons:
            assert (await failure_of(beacons)).failure in (Failure.REFUSED, Failure.JOIN)
            assert beacons.awaited is beacons.pair[1]

    asyncio.run(main())


def test_they_talk_as_long_as_somebody_is_joining(serve: Serve, room: Room) -> None:
    async def main() -> None:
        async with serve(room()) as port, beacons_at(port) as beacons:
            crew = beacons.crew
            users = [crew.enrol(name, name, Role.PERSON) for name in ("alice", "bob")]
            async with beacons.talking():
                await asyncio.gather(*(crew.join(user) for user in users))
            assert all(user.attendance.joined is not None for user in users)
            while beacons._talk and not beacons._talk.done():  # noqa: SLF001
                await asyncio.wait([beacons._talk])  # noqa: SLF001
            said = [user.said for user in beacons.pair]
            async with beacons.talking():
                assert await users[0].until(lambda: [u.said for u in beacons.pair] != said, WAIT)

    asyncio.run(main())


def test_one_who_is_left_alone_goes_on(serve: Serve, room: Room) -> None:
    async def main() -> None:
        async with serve(room()) as port, beacons_at(port) as beacons:
            await beacons.begin()
            beacons.pair[0].hang_up(Ending.RESET)
            assert beacons.alive == beacons.pair[1:]
            user = beacons.crew.enrol("alice", "alice", Role.PERSON)
            async with beacons.talking():
                await beacons.crew.join(user)
            assert user.attendance.joined is not None

    asyncio.run(main())


@pytest.mark.parametrize("how", [Ending.LEAVE, Ending.HALF_CLOSE, Ending.CLOSE, Ending.RESET])
def test_they_go_as_the_last_one_went_and_new_ones_come(
    serve: Serve, room: Room, how: Ending
) -> None:
    async def main() -> None:
        async with serve(room()) as port, beacons_at(port) as beacons:
            await beacons.begin()
            first = beacons.pair
            beacons.leave(how)
            beacons.leave(how)
            assert beacons.alive == []
            left = {Ending.LEAVE: Ending.HALF_CLOSE}.get(how, how)
            assert {user.attendance.how for user in first} == {left}
            async with beacons.talking():
                assert len(beacons.alive) == 2
                assert not set(beacons.pair) & set(first)

    asyncio.run(main())


def test_a_probe_is_said_by_both_and_only_by_those_who_are_there(serve: Serve, room: Room) -> None:
    async def main() -> None:
        async with serve(room()) as port, beacons_at(port) as beacons:
            await beacons.probe()
            await beacons.begin()
            await beacons.probe()
            beacons.pair[0].hang_up(Ending.CLOSE)
            await beacons.probe()
            speeches = beacons.crew.recorder.transcript.voices.speeches
            probes = [
                sum(message.kind is Kind.PROBE for message in speeches[user.conn].messages)
                for user in beacons.pair
            ]
            assert probes == [1, 2]

    asyncio.run(main())


def test_with_a_server_that_was_started_again_they_begin_anew(
    serve: Serve, room: Room, deaf_port: int
) -> None:
    async def main() -> None:
        async with serve(room()) as port, beacons_at(port) as beacons:
            await beacons.begin()
            first = beacons.pair
            for user in first:
                user.leave_to_server()
            beacons.crew.target.port = deaf_port
            assert (await failure_of(beacons)).failure is Failure.CONNECT
            beacons.forget()
            assert beacons.pair == []
            beginning = asyncio.create_task(beacons.begin())
            # The first of them waits until somebody listens.
            refused = beacons.crew.recorder.transcript.refused
            while len(refused) < 3:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            beacons.crew.target.port = port
            await beginning
            assert len(beacons.alive) == 2
            assert not set(beacons.pair) & set(first)

    asyncio.run(main())
