"""`harness.pace`: what is said next is read by itself, where a read is a message."""

import asyncio
import contextlib
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from harness import kernel, pace
from harness.crew import Crew, StepFailureError
from harness.dialect import Dialect
from harness.events import Ending, Failure, Kind, Role
from harness.plan import Deed, PlannedStep, Utterance
from harness.recorder import Recorder
from harness.rollcall import RollCall
from harness.saying import Saying
from harness.target import Target
from harness.user import User
from harness.verbs import Verb
from harness.watch import Watch

Handler = Callable[[Reader, Writer], Awaitable[None]]
Serve = Callable[[Handler], AbstractAsyncContextManager[int]]
WAIT = 30.0
needs_linux = pytest.mark.skipif(not kernel.available(), reason="this kernel has no sock_diag")
CHUNK = {"ends": "none"}
ECHO = Dialect.model_validate(
    {
        "name": "test",
        "about": "A read of the server is a message.",
        "nickname": CHUNK,
        "said": CHUNK,
        "heard": CHUNK,
        "relay": "<{nick}> {message} ",
        "echo": "you: {message} ",
    }
)


class Gate:
    """A server that takes one read only when it may, and gives the sender a copy."""

    def __init__(self) -> None:
        self.reads: list[bytes] = []
        self.may_read = asyncio.Semaphore(0)

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        transport = writer.transport
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()
        while True:
            await self.may_read.acquire()
            transport.resume_reading()
            data = await reader.read(4096)
            transport.pause_reading()
            if not data:
                return
            self.reads.append(data)
            if len(self.reads) > 1:
                writer.write(b"you: " + data + b" ")

    def open(self, count: int = 1000) -> None:
        for _ in range(count):
            self.may_read.release()


@contextlib.asynccontextmanager
async def crew_at(port: int) -> AsyncIterator[Crew]:
    recorder = Recorder(ECHO, None)
    target = Target("127.0.0.1", port)
    crew = Crew(recorder, target, Watch(recorder, target), 1.0, 10)
    async with asyncio.timeout(WAIT):
        try:
            yield crew
        finally:
            crew.cutter.close()
            for user in crew.users.values():
                user.abort()
                await user.until_closed()


async def member(crew: Crew) -> User:
    user = crew.enrol("ann", "ann", Role.PERSON)
    await crew.connect(user)
    user.give_name()
    return user


def deed(*texts: str) -> Deed:
    said = tuple(Utterance(0.0, text, text.encode(), b"") for text in texts)
    return Deed("ann", Verb.SAY, 0, utterances=said)


STEP = PlannedStep(0, 1, "say", Verb.SAY)


@needs_linux
def test_each_message_is_a_read_of_its_own_however_slow_the_server_is(serve: Serve) -> None:
    async def main() -> list[bytes]:
        gate = Gate()
        async with serve(gate) as port, crew_at(port) as crew:
            user = await member(crew)
            telling = asyncio.create_task(Saying(crew).say(user, STEP, deed("a", "b", "c"), 0))
            words = asyncio.create_task(crew.speak(user, Kind.BEACON))
            while not telling.done() or not words.done():
                gate.may_read.release()
                await asyncio.sleep(0.005)
            assert await telling
            message = await words
            assert message is not None
            while len(gate.reads) < 5:
                gate.may_read.release()
                await asyncio.sleep(0.005)
            assert gate.reads[0] == b"ann"
            assert sorted(gate.reads[1:]) == sorted([b"a", b"b", b"c", message.token])
            return gate.reads

    asyncio.run(main())


@needs_linux
def test_who_is_not_read_is_not_waited_for_longer_than_the_deadline(serve: Serve) -> None:
    async def main() -> None:
        async with serve(Gate()) as port, crew_at(port) as crew:
            user = await member(crew)
            crew.patience = 0.01
            assert not await crew.pace.until_read(user, 0.01)
            assert await crew.speak(user, Kind.BEACON) is None
            assert user.said == 0
            with pytest.raises(StepFailureError) as caught:
                await Saying(crew).say(user, STEP, deed("a"), 0)
            assert (caught.value.failure, caught.value.deadline) == (Failure.ACCEPT, 0.1)

    asyncio.run(main())


@needs_linux
def test_a_closing_word_that_cannot_be_said_is_a_failure(serve: Serve) -> None:
    async def main() -> None:
        gate = Gate()
        async with serve(gate) as port, crew_at(port) as crew:
            user = await member(crew)
            crew.patience = 0.01
            gate.may_read.release()
            await read(gate, 1)
            assert await crew.speak(user, Kind.BEACON) is not None
            with pytest.raises(StepFailureError) as caught:
                await RollCall(crew).run()
            assert caught.value.failure is Failure.ROLL_CALL

    asyncio.run(main())


async def read(gate: Gate, count: int) -> None:
    while len(gate.reads) < count:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.001)


def test_who_has_gone_is_waited_for_by_nobody(serve: Serve) -> None:
    async def main() -> None:
        async with serve(Gate()) as port, crew_at(port) as crew:
            user = await member(crew)
            user.hang_up(Ending.RESET)
            assert await crew.pace.until_read(user, WAIT)
            assert await crew.speak(user, Kind.BEACON) is None

    asyncio.run(main())


def test_where_nobody_can_tell_an_echo_does(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    # Longer than the test may take: only the copy of its own word lets it go on.
    monkeypatch.setattr(pace, "BLIND_SECONDS", 2 * WAIT)

    async def main() -> None:
        gate = Gate()
        async with serve(gate) as port, crew_at(port) as crew:
            monkeypatch.setattr(crew.cutter, "has_read", lambda _user: None)
            user = await member(crew)
            gate.may_read.release()
            await read(gate, 1)
            first = await crew.speak(user, Kind.BEACON)
            assert first is not None
            waiting = asyncio.create_task(crew.speak(user, Kind.BEACON))
            await asyncio.sleep(0.01)
            assert user.said == 1
            gate.open()
            assert await waiting is not None
            assert user.has_heard(first)

    asyncio.run(main())


def test_where_nobody_can_tell_it_goes_on_after_a_while(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "BLIND_SECONDS", 0.01)
    monkeypatch.setattr(pace, "BLIND_PAUSE", 0.001)

    async def main() -> None:
        async with serve(Gate()) as port, crew_at(port) as crew:
            monkeypatch.setattr(crew.cutter, "has_read", lambda _user: None)
            user = await member(crew)
            for _ in range(3):
                assert await crew.speak(user, Kind.BEACON) is not None

    asyncio.run(main())
