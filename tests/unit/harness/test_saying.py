"""`harness.saying`: words go out as they were planned: whole, cut, glued, or not at all."""

import asyncio
import contextlib
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager

import pytest

from harness import events, kernel
from harness.crew import Crew, StepFailureError
from harness.dialect_files import load_dialect
from harness.events import Accepted, Cut, Ending, Failure, Kind, Named, Role, Said, Sent
from harness.plan import Deed, PlannedStep, Utterance
from harness.recorder import Recorder
from harness.saying import Saying
from harness.scenario import Verb
from harness.target import Target
from harness.tokens import mint
from harness.user import User
from harness.watch import Watch

Handler = Callable[[Reader, Writer], Awaitable[None]]
Serve = Callable[[Handler], AbstractAsyncContextManager[int]]
WAIT = 30.0
STEP = PlannedStep(4, 1, "say", Verb.SAY)
needs_linux = pytest.mark.skipif(not kernel.available(), reason="this kernel has no sock_diag")


class Records:
    """A server that prompts, and keeps each of its reads."""

    def __init__(self) -> None:
        self.reads: list[bytes] = []
        self.on_read: Callable[[Writer], None] | None = None
        self.transports: list[asyncio.Transport] = []

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        assert isinstance(writer.transport, asyncio.Transport)
        self.transports.append(writer.transport)
        feed = reader.feed_data

        def note(data: bytes) -> None:
            self.reads.append(data)
            if self.on_read:
                self.on_read(writer)
            feed(data)

        reader.feed_data = note  # type: ignore[method-assign, assignment]
        writer.write(b"nickname")
        while await reader.read(4096):
            pass

    @property
    def text(self) -> bytes:
        return b"".join(self.reads)


@contextlib.asynccontextmanager
async def crew_at(port: int, dialect: str = "raw") -> AsyncIterator[Crew]:
    recorder = Recorder(load_dialect(dialect), None)
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


@contextlib.asynccontextmanager
async def talking(serve: Serve) -> AsyncIterator[tuple[Records, User, Saying]]:
    """Give a server that has just read the nickname `alice`, and who can talk to it."""
    server = Records()
    async with serve(server) as port, crew_at(port) as crew:
        user = crew.enrol("alice", "alice", Role.PERSON)
        await user.connect("127.0.0.1", port)
        user.give_name()
        await until(lambda: bool(server.reads))
        server.reads.clear()
        yield server, user, Saying(crew)


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.001)


def words(text: str, at: float = 0.0, cuts: tuple[int, ...] = (), glued: bool = False) -> Utterance:
    return Utterance(at, text, text.encode(), b"", cuts, glued)


def deed(*utterances: Utterance, after: float = 0.0, delay: float = 0.0) -> Deed:
    return Deed("alice", Verb.SAY, 0, after, tuple(utterances), delay=delay)


def recorded(user: User, *kinds: type[events.Event]) -> list[events.Event]:
    return [event for event in user.recorder.history if isinstance(event, kinds)]


def tags(user: User, *kinds: type[events.Event]) -> list[str]:
    return [event.TAG for event in recorded(user, *kinds)]


def messages_of(user: User) -> Sequence[bytes]:
    speech = user.recorder.transcript.voices.speeches[user.conn]
    return [message.data for message in speech.messages]


async def failing(doing: Awaitable[object]) -> StepFailureError:
    with pytest.raises(StepFailureError) as caught:
        await doing
    return caught.value


def test_words_are_said_at_their_times_and_remembered(serve: Serve) -> None:
    async def main() -> None:
        async with talking(serve) as (server, user, saying):
            begin = user.recorder.now()
            planned = deed(words("one"), words("two", at=0.02), after=0.01)
            assert await saying.say(user, STEP, planned, begin)
            await until(lambda: server.text == b"onetwo")
            first, second = recorded(user, Said)
            assert isinstance(first, Said)
            assert isinstance(second, Said)
            assert (first.due - begin, second.due - begin) == (10_000_000, 30_000_000)
            assert first.at >= first.due
            assert second.at >= second.due
            assert (first.step, first.kind) == (4, Kind.STORY)
            assert list(saying.texts.values()) == ["one", "two"]
            assert not recorded(user, Cut)

    asyncio.run(main())


def test_glued_messages_arrive_in_one_read(serve: Serve) -> None:
    async def main() -> None:
        async with talking(serve) as (server, user, saying):
            planned = deed(
                *(words(text, glued=True) for text in ("one\n", "two\n")),
                *(words("three\n"), words("four\n", glued=True), words("five\n")),
            )
            seen: list[int] = []
            server.on_read = lambda _: seen.append(len(recorded(user, Said)))
            assert await saying.say(user, STEP, planned, user.recorder.now())
            await until(lambda: server.text.endswith(b"five\n"))
            assert server.text == b"one\ntwo\nthree\nfour\nfive\n"
            assert not any(b"one" in read and b"three" not in read for read in server.reads)
            assert not any(b"four" in read and b"five" not in read for read in server.reads)
            assert [cut.glued for cut in recorded(user, Cut) if isinstance(cut, Cut)] == [3, 2]
            # All that is glued was said before any of it was written.
            assert seen[0] >= 3
            assert [message.decode() for message in messages_of(user)] == [
                *("one\n", "two\n", "three\n", "four\n", "five\n")
            ]
            assert user.attendance.accepted == 4

    asyncio.run(main())


@needs_linux
def test_a_cut_message_is_accepted_when_all_of_it_is(serve: Serve) -> None:
    async def main() -> None:
        async with talking(serve) as (server, user, saying):
            accepted: list[int] = []
            server.on_read = lambda _: accepted.append(user.attendance.accepted)
            planned = deed(words("hello", cuts=(1, 2, 3, 4)))
            assert await saying.say(user, STEP, planned, user.recorder.now())
            await until(lambda: server.text == b"hello")
            assert server.reads == [b"h", b"e", b"l", b"l", b"o"]
            assert accepted[:4] == [-1] * 4
            assert user.attendance.accepted == 0
            assert tags(user, Said, Cut, Accepted) == ["said", "cut", "accepted"]
            assert messages_of(user) == [b"hello"]

    asyncio.run(main())


@pytest.mark.parametrize("whose", ["the server's", "our own"])
def test_a_message_cut_in_the_middle_by_a_reset_is_not_accepted(serve: Serve, whose: str) -> None:
    async def main() -> None:
        async with talking(serve) as (server, user, saying):
            assert await saying.say(user, STEP, deed(words("whole")), user.recorder.now())
            await until(lambda: server.text == b"whole")

            def reset(writer: Writer) -> None:
                server.on_read = None
                if whose == "our own":
                    user.hang_up(Ending.RESET)
                    return
                sock = writer.get_extra_info("socket")
                sock.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")
                writer.transport.abort()

            server.on_read = reset
            planned = deed(words("x" * 5000, cuts=tuple(range(1, 5000))), words("more"))
            assert not await saying.say(user, STEP, planned, user.recorder.now())
            await user.until_closed()
            assert user.attendance.accepted == 0
            assert len(messages_of(user)) == 2
            assert not recorded(user, Cut)

    asyncio.run(main())


def test_a_message_that_the_server_takes_in_part_is_not_accepted(serve: Serve) -> None:
    async def main() -> None:
        async with talking(serve) as (server, user, saying):
            server.transports[0].pause_reading()
            saying.crew.patience = 0.02
            told = await failing(
                saying.say(user, STEP, deed(words("x" * 20_000_000)), user.recorder.now())
            )
            assert (told.failure, told.deadline) == (Failure.ACCEPT, 0.2)
            assert user.attendance.accepted == -1

    asyncio.run(main())


def test_what_one_says_twice_at_a_time_does_not_mix(serve: Serve) -> None:
    async def main() -> None:
        async with talking(serve) as (server, user, saying):
            now = user.recorder.now()
            a, b = (words(one * 50, cuts=tuple(range(1, 50))) for one in "ab")
            both = (saying.say(user, STEP, deed(one), now) for one in (a, b))
            assert await asyncio.gather(*both) == [True, True]
            await until(lambda: len(server.text) == 100)
            assert server.text in (b"a" * 50 + b"b" * 50, b"b" * 50 + b"a" * 50)
            assert user.attendance.accepted == 1

    asyncio.run(main())


def test_who_has_gone_says_nothing(serve: Serve) -> None:
    async def main() -> None:
        async with talking(serve) as (_server, user, saying):
            user.hang_up(Ending.CLOSE)
            assert not await saying.say(user, STEP, deed(words("hello")), user.recorder.now())
            assert not recorded(user, Said)
            assert saying.texts == {}

    asyncio.run(main())


def test_a_part_of_a_message_is_none_until_its_end_comes(serve: Serve) -> None:
    async def main() -> None:
        async with talking(serve) as (server, user, saying):
            half = Utterance(0.0, "hel", b"hel", b"", messages=())
            rest = Utterance(0.0, "lo", b"lo\nand\n", b"", messages=(b"hello\n", b"and\n"))
            assert await saying.say(user, STEP, deed(half), user.recorder.now())
            assert not recorded(user, Said)
            assert await saying.say(user, STEP, deed(rest), user.recorder.now())
            await until(lambda: server.text == b"hello\nand\n")
            assert tags(user, Sent, Said) == ["sent", "sent", "said", "said"]
            assert messages_of(user) == [b"hello\n", b"and\n"]
            assert user.attendance.accepted == 1

    asyncio.run(main())


@needs_linux
def test_what_is_no_text_waits_until_what_was_said_before_is_read(serve: Serve) -> None:
    async def main() -> None:
        async with talking(serve) as (server, user, saying):
            server.transports[0].pause_reading()
            bad = Utterance(0.0, "?", b"\xff", b"", messages=(b"\xff",), judged=False)
            assert await saying.say(user, STEP, deed(words("fine")), user.recorder.now())
            sending = asyncio.create_task(saying.say(user, STEP, deed(bad), user.recorder.now()))
            asyncio.get_running_loop().call_later(0.05, server.transports[0].resume_reading)
            assert await sending
            await until(lambda: server.text == b"fine\xff")
            assert server.reads == [b"fine", b"\xff"]
            assert user.attendance.untext is not None

    asyncio.run(main())


@needs_linux
def test_a_server_that_reads_nothing_before_it_is_not_waited_for_forever(serve: Serve) -> None:
    async def main() -> None:
        async with talking(serve) as (server, user, saying):
            server.transports[0].pause_reading()
            bad = Utterance(0.0, "?", b"\xff", b"", messages=(b"\xff",), judged=False)
            assert await saying.say(user, STEP, deed(words("fine")), user.recorder.now())
            saying.crew.patience = 0.02
            told = await failing(saying.say(user, STEP, deed(bad), user.recorder.now()))
            assert (told.failure, told.deadline) == (Failure.ACCEPT, 0.2)
            assert messages_of(user) == [b"fine"]

    asyncio.run(main())


@needs_linux
def test_a_nickname_can_be_cut(serve: Serve) -> None:
    async def main() -> None:
        server = Records()
        async with serve(server) as port, crew_at(port, "lines") as crew:
            user = crew.enrol("alice", "alice", Role.PERSON)
            await user.connect("127.0.0.1", port)
            planned = Deed("alice", Verb.JOIN, 0, cuts=(1, 2, 3, 4, 5))
            await Saying(crew).give_name(user, STEP, planned)
            await until(lambda: server.text == b"alice\n")
            assert server.reads == [b"a", b"l", b"i", b"c", b"e", b"\n"]
            [named] = recorded(user, Named)
            assert isinstance(named, Named)
            assert named.data == b"alice\n"
            assert not recorded(user, Accepted)

    asyncio.run(main())


def test_a_greeting_comes_with_the_nickname_and_only_once(serve: Serve) -> None:
    async def main() -> None:
        server = Records()
        async with serve(server) as port, crew_at(port, "lines") as crew:
            user, saying = crew.enrol("alice", "alice", Role.PERSON), Saying(crew)
            await user.connect("127.0.0.1", port)
            token = mint(user.conn, 0)
            greeting = Utterance(0.0, "", token + b"\n", token)
            planned = Deed("alice", Verb.JOIN, 0, utterances=(greeting,))
            await saying.give_name(user, STEP, planned)
            await until(lambda: bool(server.reads))
            assert server.reads == [b"alice\n" + token + b"\n"]
            assert tags(user, Named, Said, Cut, Accepted) == ["named", "said", "cut", "accepted"]
            assert messages_of(user) == [token + b"\n"]
            await saying.give_name(user, STEP, planned)
            await until(lambda: len(server.reads) == 2)
            assert server.reads[1] == b"alice\n"

    asyncio.run(main())


def test_a_nickname_that_may_be_asked_for_again_goes_alone(serve: Serve) -> None:
    async def main() -> None:
        server = Records()
        async with serve(server) as port, crew_at(port, "lines") as crew:
            crew.is_gone("alice")
            user = crew.enrol("alice", "alice", Role.PERSON)
            await user.connect("127.0.0.1", port)
            # A server that asks again would take the second line for the nickname.
            token = mint(user.conn, 0)
            greeting = Utterance(0.0, "", token + b"\n", token)
            planned = Deed("alice", Verb.JOIN, 0, utterances=(greeting,))
            await Saying(crew).give_name(user, STEP, planned)
            await until(lambda: bool(server.reads))
            assert server.reads == [b"alice\n"]
            assert messages_of(user) == []

    asyncio.run(main())
