"""`harness.rollcall`: everyone who has spoken says a closing word, and everyone awaits them all."""

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
from harness.rollcall import RollCall
from harness.target import Target
from harness.tokens import mint
from harness.user import User
from harness.watch import Watch

Handler = Callable[[Reader, Writer], Awaitable[None]]
Serve = Callable[[Handler], AbstractAsyncContextManager[int]]
Room = Callable[..., Handler]
WAIT = 30.0
PEOPLE = ("alice", "bob", "carol")


@contextlib.asynccontextmanager
async def three_at(port: int, patience: float = 1.0) -> AsyncIterator[list[User]]:
    """Bring three people into the room, and two beacons."""
    recorder = Recorder(load_dialect("raw"), None)
    target = Target("127.0.0.1", port)
    crew = Crew(recorder, target, Watch(recorder, target), 1.0, 10)
    beacons = Beacons(crew)
    async with asyncio.timeout(WAIT):
        try:
            users = [crew.enrol(name, name, Role.PERSON) for name in PEOPLE]
            async with beacons.talking():
                await asyncio.gather(*(crew.join(user) for user in users))
            crew.patience = patience
            crews[users[0]] = crew
            yield users
        finally:
            crews.clear()
            beacons.close()
            crew.cutter.close()
            for user in crew.users.values():
                user.abort()
                await user.until_closed()


crews: dict[User, Crew] = {}


def closings(user: User) -> int:
    said = user.recorder.transcript.voices.speeches[user.conn].messages
    return sum(message.kind is Kind.CLOSING for message in said)


def say(user: User, text: str) -> None:
    token = mint(user.conn, user.said)
    user.say(token + text.encode(), token, Kind.STORY)


def test_who_has_spoken_says_a_closing_word_and_all_hear_it(serve: Serve, room: Room) -> None:
    async def main() -> None:
        async with serve(room()) as port, three_at(port) as (alice, bob, carol):
            say(alice, "hello")
            say(bob, "hello")
            await RollCall(crews[alice]).run()
            assert [closings(user) for user in (alice, bob, carol)] == [1, 1, 0]
            voices = alice.recorder.transcript.voices
            for speaker in (alice, bob):
                last = voices.speeches[speaker.conn].messages[-1]
                others = [user for user in (alice, bob, carol) if user is not speaker]
                assert all(user.has_heard(last) for user in others)

    asyncio.run(main())


def test_what_never_comes_is_waited_for_until_it_is_silent(serve: Serve, room: Room) -> None:
    async def main() -> None:
        lost = False

        def lose(sender: str, receiver: str, data: bytes) -> bytes:
            return b"" if lost and (sender, receiver) == ("alice", "carol") else data

        async with serve(room(lose)) as port, three_at(port, 0.02) as (alice, _bob, _carol):
            say(alice, "hello")
            lost = True
            with pytest.raises(StepFailureError) as caught:
                await RollCall(crews[alice]).run()
            assert (caught.value.failure, caught.value.deadline) == (Failure.ROLL_CALL, 0.2)

    asyncio.run(main())


def test_noise_does_not_make_it_wait_forever(serve: Serve, room: Room) -> None:
    async def main() -> None:
        noisy = False

        def shout(sender: str, _receiver: str, data: bytes) -> bytes:
            return b"" if noisy and sender == "alice" else data

        async with serve(room(shout)) as port, three_at(port, 0.02) as (alice, bob, _carol):
            say(alice, "hello")
            noisy = True

            async def talk() -> None:
                while True:
                    say(bob, "and more")
                    await asyncio.sleep(0.01)

            talking = asyncio.create_task(talk())
            with pytest.raises(StepFailureError) as caught:
                await RollCall(crews[alice]).run()
            talking.cancel()
            assert (caught.value.failure, caught.value.deadline) == (Failure.ROLL_CALL, 1.2)

    asyncio.run(main())


def test_what_comes_damaged_has_come(serve: Serve, room: Room) -> None:
    async def main() -> None:
        broken = False

        def damage(sender: str, receiver: str, data: bytes) -> bytes:
            spoilt = broken and (sender, receiver) == ("alice", "carol")
            return data.replace(b"hello", b"HELLO") if spoilt else data

        async with serve(room(damage)) as port, three_at(port) as (alice, _bob, _carol):
            broken = True
            say(alice, "hello")
            await RollCall(crews[alice]).run()

    asyncio.run(main())


def test_who_is_thrown_out_meanwhile_is_waited_for_no_more(serve: Serve, room: Room) -> None:
    async def main() -> None:
        going = False
        writers: list[Writer] = []
        handle = room(lambda _s, receiver, data: b"" if going and receiver == "carol" else data)

        async def keep(reader: Reader, writer: Writer) -> None:
            writers.append(writer)
            await handle(reader, writer)

        async with serve(keep) as port, three_at(port) as (alice, _bob, carol):
            say(alice, "hello")
            going = True
            call = asyncio.create_task(RollCall(crews[alice]).run())
            await asyncio.sleep(0.05)
            assert not call.done()
            for writer in writers:
                assert carol.addresses
                if writer.get_extra_info("peername") == carol.addresses[0]:
                    writer.transport.abort()
            begin = asyncio.get_running_loop().time()
            await call
            # By its deadline it would take ten seconds.
            assert asyncio.get_running_loop().time() - begin < 8

    asyncio.run(main())


def test_last_words_of_who_left_in_good_order_are_awaited(serve: Serve, room: Room) -> None:
    async def main() -> None:
        gate = asyncio.Event()
        handle = room()

        async def late(reader: Reader, writer: Writer) -> None:
            await handle(reader, writer)

        held = []

        def hold(sender: str, receiver: str, data: bytes) -> bytes:
            if sender == "bob" and receiver == "carol" and b"last" in data and not gate.is_set():
                held.append(data)
                return b""
            if held and receiver == "carol" and sender == "alice":
                return data + held.pop()
            return data

        handle = room(hold)
        async with serve(late) as port, three_at(port) as (alice, bob, carol):
            say(bob, "last words")
            bob.half_close(Ending.LEAVE)
            assert await bob.until(bob.is_gone, WAIT)
            bob.hang_up(Ending.LEAVE)
            say(alice, "hello")
            await RollCall(crews[alice]).run()
            last = alice.recorder.transcript.voices.speeches[bob.conn].messages[-1]
            assert carol.has_heard(last)

    asyncio.run(main())


def test_an_empty_room_has_nothing_to_wait_for() -> None:
    async def main() -> None:
        recorder = Recorder(load_dialect("raw"), None)
        target = Target("127.0.0.1", 1)
        crew = Crew(recorder, target, Watch(recorder, target), 1.0, 0)
        await RollCall(crew).run()
        crew.cutter.close()

    asyncio.run(main())


def test_who_is_frozen_neither_says_nor_hears_a_closing_word(serve: Serve, room: Room) -> None:
    async def main() -> None:
        async with serve(room()) as port, three_at(port) as (alice, bob, carol):
            for user in (alice, bob, carol):
                say(user, "hello")
            bob.freeze()
            await RollCall(crews[alice]).run()
            assert [closings(user) for user in (alice, bob, carol)] == [1, 0, 1]
            last = alice.recorder.transcript.voices.speeches[alice.conn].messages[-1]
            assert carol.has_heard(last)
            assert not bob.has_heard(last)

    asyncio.run(main())


def test_who_is_thawed_answers_too(serve: Serve, room: Room) -> None:
    async def main() -> None:
        async with serve(room()) as port, three_at(port) as (alice, bob, _carol):
            bob.freeze()
            say(alice, "hello")
            say(bob, "hello")
            bob.thaw()
            await RollCall(crews[alice]).run()
            assert [closings(alice), closings(bob)] == [1, 1]
            assert bob.has_heard(alice.recorder.transcript.voices.speeches[alice.conn].messages[-1])

    asyncio.run(main())


def test_who_sent_what_is_no_text_says_nothing_more_and_hears_the_others(
    serve: Serve, room: Room
) -> None:
    async def main() -> None:
        # What is made of it is the server's business.
        drops = room(lambda _s, _r, data: b"" if b"\xff" in data else data)
        async with serve(drops) as port, three_at(port) as (alice, bob, _carol):
            say(alice, "hello")
            bob.say(b"\xff", b"", Kind.UNTEXT)
            await RollCall(crews[alice]).run()
            assert [closings(alice), closings(bob)] == [1, 0]
            assert bob.has_heard(alice.recorder.transcript.voices.speeches[alice.conn].messages[-1])

    asyncio.run(main())


def test_what_the_machine_took_away_is_waited_for_once_more(
    serve: Serve, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        kept: list[bytes] = []

        def keep(sender: str, receiver: str, data: bytes) -> bytes:
            if not hold or (sender, receiver) != ("alice", "carol"):
                return data
            kept.append(data)
            return b""

        hold = False
        asked = asyncio.Event()
        async with serve(room(keep)) as port, three_at(port, 0.02) as (alice, bob, carol):
            say(alice, "hello")
            hold = True

            def late_since(_begin: int) -> float:
                asked.set()
                return WAIT

            monkeypatch.setattr(crews[alice].watch, "late_since", late_since)
            call = asyncio.create_task(RollCall(crews[alice]).run())
            await asked.wait()
            assert not call.done()
            hold = False
            carol.data_received(b"".join(kept))
            await call
            assert closings(alice) == 1
            assert bob.present

    asyncio.run(main())
