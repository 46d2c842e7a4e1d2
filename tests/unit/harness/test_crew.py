"""`harness.crew`: how somebody gets into the room, and how it is told what went wrong."""

import asyncio
import contextlib
import socket
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from harness.crew import AT_THE_DOOR, Crew, StepFailureError
from harness.dialect import Dialect
from harness.dialect_files import load_dialect
from harness.events import Ending, Failure, Kind, Role
from harness.recorder import Recorder
from harness.target import Target
from harness.user import User
from harness.watch import Watch

Handler = Callable[[Reader, Writer], Awaitable[None]]
Serve = Callable[[Handler], AbstractAsyncContextManager[int]]
WAIT = 20.0


@contextlib.asynccontextmanager
async def crew_at(
    port: int, patience: float = 1.0, lives: int = 100, dialect: Dialect | None = None
) -> AsyncIterator[Crew]:
    recorder = Recorder(dialect or load_dialect("raw"), None)
    target = Target("127.0.0.1", port)
    crew = Crew(recorder, target, Watch(recorder, target), patience, lives)
    async with asyncio.timeout(WAIT):
        try:
            yield crew
        finally:
            crew.cutter.close()
            for user in crew.users.values():
                user.abort()
                await user.until_closed()


def enrol(crew: Crew, name: str = "alice") -> User:
    return crew.enrol(name, name, Role.PERSON)


async def failing(doing: Awaitable[object]) -> StepFailureError:
    with pytest.raises(StepFailureError) as caught:
        await doing
    return caught.value


async def prompts(reader: Reader, writer: Writer) -> None:
    writer.write(b"nickname")
    await reader.read()


# Numbers


def test_a_life_has_its_number_and_whoever_has_none_gets_the_next() -> None:
    async def main() -> list[int]:
        async with crew_at(1, lives=10) as crew:
            planned = crew.enrol("alice", "alice", Role.PERSON, 3)
            others = [enrol(crew), enrol(crew)]
            again = crew.enrol("alice", "alice", Role.PERSON, 3)
            return [user.conn for user in (planned, *others, again)]

    assert asyncio.run(main()) == [3, 10, 11, 12]


# Connecting


def test_the_first_waits_until_somebody_listens_and_stays_connected(
    serve: Serve, deaf_port: int
) -> None:
    async def main() -> None:
        async with crew_at(deaf_port) as crew:
            joining = asyncio.create_task(crew.connect_first(lambda: enrol(crew)))
            while len(crew.recorder.transcript.refused) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            async with serve(prompts) as port:
                crew.target.port = port
                user = await joining
                assert user.prompted
                assert list(crew.users.values()) == [user]
                assert crew.open == 1

    asyncio.run(main())


def test_nobody_ever_listens(deaf_port: int) -> None:
    async def main() -> None:
        async with crew_at(deaf_port, patience=0.005) as crew:
            failure = await failing(crew.connect_first(lambda: enrol(crew)))
            assert (failure.failure, failure.deadline) == (Failure.LISTENING, 0.05)
            assert crew.users == {}

    asyncio.run(main())


def test_a_refused_connection_is_told_with_its_reason(deaf_port: int) -> None:
    async def main() -> None:
        async with crew_at(deaf_port) as crew:
            failure = await failing(crew.connect(enrol(crew)))
            assert failure.failure is Failure.CONNECT
            assert "refused" in failure.note
            assert failure.deadline == 0

    asyncio.run(main())


async def says_nothing(reader: Reader, _writer: Writer) -> None:
    await reader.read()


async def speaks_otherwise(reader: Reader, writer: Writer) -> None:
    writer.write(b"NICK")
    await reader.read()


async def closes(_reader: Reader, writer: Writer) -> None:
    writer.write(b"nick")


@pytest.mark.parametrize(
    ("handler", "failure", "deadline"),
    [
        (says_nothing, Failure.PROMPT, 0.05),
        (speaks_otherwise, Failure.WRONG_PROMPT, 0),
        (closes, Failure.DISCONNECTED, 0),
    ],
)
def test_a_prompt_that_is_none(
    serve: Serve, handler: Handler, failure: Failure, deadline: float
) -> None:
    async def main() -> None:
        patience = 0.01 if deadline else 4.0
        async with serve(handler) as port, crew_at(port, patience) as crew:
            told = await failing(crew.connect(enrol(crew)))
            assert (told.failure, told.deadline) == (failure, deadline)

    asyncio.run(main())


def test_the_scenario_s_own_deadline_counts(serve: Serve) -> None:
    async def main() -> None:
        async with serve(says_nothing) as port, crew_at(port) as crew:
            told = await failing(crew.connect(enrol(crew), within=0.01))
            assert (told.failure, told.deadline) == (Failure.PROMPT, 0.01)

    asyncio.run(main())


def test_a_crowd_comes_a_few_at_a_time_unless_it_comes_at_once(serve: Serve) -> None:
    async def main(at_once: bool) -> int:
        waiting = 0
        most = 0
        everyone = asyncio.Event()

        async def handle(reader: Reader, writer: Writer) -> None:
            nonlocal waiting, most
            waiting += 1
            most = max(most, waiting)
            if most == (20 if at_once else AT_THE_DOOR):
                everyone.set()
            await everyone.wait()
            waiting -= 1
            writer.write(b"nickname")
            await reader.read()

        async with serve(handle) as port, crew_at(port) as crew, asyncio.TaskGroup() as group:
            for _ in range(20):
                group.create_task(crew.connect(enrol(crew), at_once=at_once))
        return most

    assert asyncio.run(main(at_once=False)) == AT_THE_DOOR
    assert asyncio.run(main(at_once=True)) == 20


def test_where_one_is_not_served_the_others_need_not_wait_for_their_turn(serve: Serve) -> None:
    async def main() -> None:
        waiting = 0
        everyone = asyncio.Event()

        async def handle(reader: Reader, writer: Writer) -> None:
            nonlocal waiting
            waiting += 1
            if waiting == 20 + AT_THE_DOOR:
                everyone.set()
            await everyone.wait()
            writer.write(b"nickname")
            await reader.read()

        async with serve(handle) as port, crew_at(port) as crew:
            unlucky = [failing(crew.connect(enrol(crew), within=0.3)) for _ in range(AT_THE_DOOR)]
            # Four at a time there would never be twenty.
            served = [crew.connect(enrol(crew), within=WAIT) for _ in range(20)]
            await asyncio.gather(*unlucky, *served)

    asyncio.run(main())


# Joining


def test_who_hears_somebody_is_in(serve: Serve) -> None:
    async def main() -> None:
        async def handle(reader: Reader, writer: Writer) -> None:
            writer.write(b"nickname")
            await reader.read(100)
            message = talker.say(b"hello", b"", Kind.BEACON)
            writer.write(b"bob: " + message.data)
            await reader.read()

        async with serve(prompts) as quiet, serve(handle) as port, crew_at(port) as crew:
            talker = enrol(crew, "bob")
            await talker.connect("127.0.0.1", quiet)
            talker.give_name()
            user = enrol(crew)
            assert await crew.join(user) is user
            assert user.attendance.joined is not None
            assert user in crew.members
            assert crew.unnamed == []

    asyncio.run(main())


def test_who_hears_nobody_is_not(serve: Serve) -> None:
    async def main() -> None:
        async with serve(prompts) as port, crew_at(port) as crew:
            told = await failing(crew.join(enrol(crew), within=0.5))
            assert (told.failure, told.deadline) == (Failure.JOIN, 0.5)

    asyncio.run(main())


async def refuses(reader: Reader, writer: Writer) -> None:
    writer.write(b"nickname")
    await reader.read(100)


def test_a_nickname_that_is_refused(serve: Serve) -> None:
    async def main() -> None:
        async with serve(refuses) as port, crew_at(port) as crew:
            told = await failing(crew.join(enrol(crew)))
            assert (told.failure, told.deadline) == (Failure.REFUSED, 0)
            assert len(crew.users) == 1

    asyncio.run(main())


def test_a_nickname_whose_owner_has_just_gone_is_tried_for_a_while(serve: Serve) -> None:
    async def main() -> None:
        async with serve(refuses) as port, crew_at(port, patience=0.1) as crew:
            crew.is_gone("alice")
            user = enrol(crew)
            told = await failing(crew.join(user))
            assert told.failure is Failure.REFUSED
            assert len(crew.users) > 1
            assert {one.nick for one in crew.users.values()} == {"alice"}
            assert user.attendance.how is Ending.GIVEN_UP
            # Another nickname is no such case.
            assert (await failing(crew.join(enrol(crew, "bob")))).failure is Failure.REFUSED
            assert [one.nick for one in crew.users.values()].count("bob") == 1

    asyncio.run(main())


# Who there is


def test_the_open_the_unnamed_and_the_half_closed(serve: Serve) -> None:
    async def main() -> None:
        async with serve(prompts) as port, crew_at(port) as crew:
            absent, mute, member, leaver = (enrol(crew, name) for name in "abcd")
            for user in (mute, member, leaver):
                await crew.connect(user)
            member.give_name()
            leaver.give_name()
            assert crew.unnamed == [mute]
            assert crew.members == [member, leaver]
            assert crew.open == 3
            leaver.half_close(Ending.HALF_CLOSE)
            assert crew.half_closed == [leaver]
            assert (crew.members, crew.open) == ([member], 2)
            await crew.until_gone(leaver)
            assert crew.half_closed == []
            mute.hang_up(Ending.RESET)
            assert (crew.unnamed, crew.open) == ([], 1)
            assert not absent.connected

    asyncio.run(main())


async def never_closes(reader: Reader, writer: Writer) -> None:
    writer.write(b"nickname")
    while await reader.read(1):
        pass
    await asyncio.sleep(WAIT)


def test_who_leaves_and_reads_no_end_is_waited_for_as_long_as_told(serve: Serve) -> None:
    async def main() -> None:
        async with serve(never_closes) as port, crew_at(port) as crew:
            leaver = enrol(crew)
            await crew.connect(leaver)
            leaver.give_name()
            leaver.half_close(Ending.LEAVE)
            error = await failing(crew.until_gone(leaver, within=0.1))
            assert (error.failure, error.deadline) == (Failure.EOF, 0.1)

    asyncio.run(main())


def test_the_healthy_are_members_who_read(serve: Serve) -> None:
    async def main() -> None:
        async with serve(prompts) as port, crew_at(port) as crew:
            alice, bob = enrol(crew), enrol(crew, "bob")
            for user in (alice, bob):
                await crew.connect(user)
                user.give_name()
            bob.freeze()
            assert (crew.members, crew.healthy) == ([alice, bob], [alice])
            assert crew.open == 2
            bob.thaw()
            assert crew.healthy == [alice, bob]

    asyncio.run(main())


def test_who_joins_may_send_its_name_in_its_own_way_each_time(serve: Serve) -> None:
    async def main() -> None:
        named: list[User] = []

        async def twice(user: User) -> None:
            named.append(user)
            user.write(user.note_name())

        async with serve(refuses) as port, crew_at(port, patience=0.1) as crew:
            crew.is_gone("alice")
            told = await failing(crew.join(enrol(crew), name=twice))
            assert told.failure is Failure.REFUSED
            assert len(named) > 1
            assert named == list(crew.users.values())

    asyncio.run(main())


def test_who_is_asked_again_tries_on_the_same_connection(serve: Serve) -> None:
    async def asks(reader: Reader, writer: Writer) -> None:
        writer.write(b"nickname")
        while await reader.read(100):
            writer.write(b"nickname")

    async def main() -> None:
        async with serve(asks) as port, crew_at(port, patience=0.1) as crew:
            crew.is_gone("alice")
            user = enrol(crew)
            told = await failing(crew.join(user))
            assert (told.failure, told.note) == (Failure.REFUSED, "asked for it again")
            assert list(crew.users.values()) == [user]
            assert user.attendance.named > 1

    asyncio.run(main())


BY_ITS_END = Dialect.model_validate(
    {
        "name": "test",
        "about": "A prompt that ends as a message begins.",
        "prompt": {"ends-with": ": "},
        "nickname": {"ends": "none"},
        "said": {"ends": "none"},
        "heard": {"ends": "none"},
        "relay": "{nick}: {message}",
    }
)


def test_what_ends_as_a_prompt_does_may_be_the_beginning_of_a_message(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.crew.MORE_MAY_COME", WAIT)
    writers: list[Writer] = []

    async def first_half(reader: Reader, writer: Writer) -> None:
        writer.write(b"Your name: ")
        await reader.read(100)
        writer.write(b"bob: ")
        writers.append(writer)
        await reader.read()

    async def main() -> None:
        async with serve(first_half) as port, crew_at(port, dialect=BY_ITS_END) as crew:
            bob, alice = enrol(crew, "bob"), enrol(crew)
            for user in (bob, alice):
                await crew.connect(user)
                user.give_name()
            assert await alice.until(lambda: alice.asked_again, WAIT)
            settled = asyncio.create_task(crew.until_settled(alice, crew.deadline(WAIT)))
            await asyncio.sleep(0)
            message = await crew.speak(bob, Kind.BEACON)
            assert message is not None
            assert not settled.done()
            writers[-1].write(message.token)
            assert await settled
            assert alice.attendance.joined is not None

    asyncio.run(main())


def test_who_is_asked_again_by_the_end_of_a_prompt(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.crew.MORE_MAY_COME", 0.01)

    async def asks(reader: Reader, writer: Writer) -> None:
        writer.write(b"Your name: ")
        while await reader.read(100):
            writer.write(b"It is taken. Another one: ")

    async def main() -> None:
        async with serve(asks) as port, crew_at(port, dialect=BY_ITS_END) as crew:
            told = await failing(crew.join(enrol(crew)))
            assert (told.failure, told.note) == (Failure.REFUSED, "asked for it again")

    asyncio.run(main())


def test_a_nickname_is_just_used_for_a_while() -> None:
    async def main() -> None:
        async with crew_at(1, patience=100) as crew:
            assert not crew.was_just_used("alice")
            crew.is_gone("alice")
            assert crew.was_just_used("alice")
            assert not crew.was_just_used("bob")
            crew.patience = 0
            assert not crew.was_just_used("alice")

    asyncio.run(main())


def test_who_will_freeze_connects_with_a_small_buffer(serve: Serve) -> None:
    async def main() -> None:
        async with serve(prompts) as port, crew_at(port) as crew:
            user = enrol(crew)
            user.buffer = 5000
            await crew.connect(user)
            assert user._transport  # noqa: SLF001
            sock = user._transport.get_extra_info("socket")  # noqa: SLF001
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) <= 10_000

    asyncio.run(main())


# A machine that has much to do


class Busy:
    """Tells that the machine had no processor for `seconds`, once a deadline is over."""

    def __init__(self, crew: Crew, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = seconds
        self.asked = asyncio.Event()
        monkeypatch.setattr(crew.watch, "late_since", self.late_since)

    def late_since(self, _begin: int) -> float:
        self.asked.set()
        return self.seconds


@pytest.mark.parametrize("part", ["prompt", "beacon"])
def test_what_the_machine_took_away_is_waited_for_once_more(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    writers: list[Writer] = []

    async def dozes(reader: Reader, writer: Writer) -> None:
        if part == "beacon":
            writer.write(b"nickname")
        writers.append(writer)
        await reader.read()

    async def main() -> None:
        async with serve(dozes) as port, crew_at(port, patience=0.005) as crew:
            busy, user = Busy(crew, WAIT, monkeypatch), enrol(crew)
            if part == "prompt":
                coming = asyncio.create_task(crew.connect(user))
                await busy.asked.wait()
                writers[0].write(b"nickname")
                await coming
                assert user.prompted
                return
            bob = enrol(crew, "bob")
            await crew.connect(bob)
            bob.give_name()
            named = asyncio.Event()

            async def give_name(user: User) -> None:
                user.give_name()
                # What was asked until now was asked about coming to the door.
                busy.asked.clear()
                named.set()

            joining = asyncio.create_task(crew.join(user, name=give_name))
            await named.wait()
            await busy.asked.wait()
            message = await crew.speak(bob, Kind.BEACON)
            assert message is not None
            writers[-1].write(b"bob: " + message.token)
            assert await joining is user

    asyncio.run(main())


def test_what_does_not_come_then_either_has_failed_all_the_same(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> StepFailureError:
        async with serve(says_nothing) as port, crew_at(port, patience=0.005) as crew:
            Busy(crew, 0.01, monkeypatch)
            return await failing(crew.connect(enrol(crew)))

    failure = asyncio.run(main())
    assert (failure.failure, failure.deadline, failure.late) == (Failure.PROMPT, 0.025, 0.0)
