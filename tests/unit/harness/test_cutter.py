"""`harness.cutter`: segments go out one by one, each once the one before has been read."""

import asyncio
import contextlib
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from harness import cutter, events, kernel
from harness.cutter import Cutter
from harness.dialect_files import load_dialect
from harness.events import Cut, Ending, Kind, Role
from harness.recorder import Recorder
from harness.user import User

Handler = Callable[[Reader, Writer], Awaitable[None]]
Serve = Callable[[Handler], AbstractAsyncContextManager[int]]
WAIT = 30.0
needs_linux = pytest.mark.skipif(not kernel.available(), reason="this kernel has no sock_diag")


@contextlib.asynccontextmanager
async def cutting(port: int) -> AsyncIterator[tuple[Cutter, User]]:
    """Give somebody who is connected, and who cuts."""
    recorder = Recorder(load_dialect("raw"), None)
    user = User(recorder, 0, "alice", "alice", Role.PERSON)
    made = Cutter(recorder)
    async with asyncio.timeout(WAIT):
        await user.connect("127.0.0.1", port)
        try:
            yield made, user
        finally:
            made.close()
            user.abort()
            await user.until_closed()


class Records:
    """A server that keeps each of its reads; it may be slow, or deaf from the beginning."""

    def __init__(self, pause: float = 0.0, deaf: bool = False) -> None:
        self.reads: list[bytes] = []
        self.pause = pause
        self.deaf = deaf

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        transport = writer.transport
        assert isinstance(transport, asyncio.Transport)
        loop, feed = asyncio.get_running_loop(), reader.feed_data

        def note(data: bytes) -> None:
            self.reads.append(data)
            if self.pause:
                transport.pause_reading()
                loop.call_later(self.pause, transport.resume_reading)
            feed(data)

        reader.feed_data = note  # type: ignore[method-assign, assignment]
        if self.deaf:
            transport.pause_reading()
            await asyncio.Event().wait()
        writer.write(b"nickname")
        while await reader.read(4096):
            pass


def cuts_of(user: User) -> list[tuple[int, int, int]]:
    cuts = [event for event in user.recorder.history if isinstance(event, Cut)]
    return [(event.pieces, event.apart, event.glued) for event in cuts]


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.001)


@needs_linux
@pytest.mark.parametrize("pause", [0.0, 0.01])
def test_every_segment_is_a_read_of_its_own(serve: Serve, pause: float) -> None:
    data = bytes(range(65, 90))

    async def main() -> None:
        server = Records(pause)
        async with serve(server) as port, cutting(port) as (knife, user):
            await knife.send(user, data, tuple(range(1, len(data))), 0.0)
            await until(lambda: len(b"".join(server.reads)) == len(data))
            assert server.reads == [bytes([one]) for one in data]
            assert cuts_of(user) == [(25, 24, 1)]
            assert user.bytes_written == 25

    asyncio.run(main())


@needs_linux
def test_cuts_are_where_they_were_planned(serve: Serve) -> None:
    async def main() -> None:
        server = Records(pause=0.02)
        async with serve(server) as port, cutting(port) as (knife, user):
            await knife.send(user, b"one, two, three", (3, 4, 11), 0.0)
            await knife.send(user, b"!", (), 0.0)
            await until(lambda: len(b"".join(server.reads)) == 16)
            assert server.reads[:3] == [b"one", b",", b" two, t"]
            assert cuts_of(user) == [(4, 3, 1)]

    asyncio.run(main())


def test_what_is_glued_is_one_write_and_is_taken_down(serve: Serve) -> None:
    async def main() -> None:
        server = Records()
        async with serve(server) as port, cutting(port) as (knife, user):
            await knife.send(user, b"one\ntwo\nthree\n", (), 0.0, glued=3)
            await until(lambda: bool(server.reads))
            assert server.reads == [b"one\ntwo\nthree\n"]
            assert cuts_of(user) == [(1, 0, 3)]

    asyncio.run(main())


@needs_linux
def test_a_server_that_does_not_read_is_waited_for_once(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutter, "MOST_SECONDS", 0.3)

    async def main() -> None:
        data = b"x" * 400
        async with serve(Records(deaf=True)) as port, cutting(port) as (knife, user):
            # Were each of them waited for it would take two minutes.
            await knife.send(user, data, tuple(range(1, len(data))), 0.0)
            assert user.bytes_written == len(data)
            assert cuts_of(user) == [(400, 0, 1)]
            assert knife.has_read(user) is False

    asyncio.run(main())


@needs_linux
def test_what_was_read_before_it_went_deaf_counts(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutter, "MOST_SECONDS", 0.3)

    async def main() -> None:
        server = Records()
        async with serve(server) as port, cutting(port) as (knife, user):
            # It takes one read, and goes on only when all is over.
            server.pause = WAIT
            await knife.send(user, b"abcd", (1, 2, 3), 0.0)
            assert cuts_of(user) == [(4, 1, 1)]
            assert server.reads == [b"a"]

    asyncio.run(main())


def test_where_the_kernel_cannot_tell_all_is_sent_and_nothing_proved(serve: Serve) -> None:
    async def main() -> None:
        server = Records()
        async with serve(server) as port, cutting(port) as (knife, user):
            knife.close()
            assert knife.has_read(user) is None
            await knife.send(user, b"abcd", (1, 3), 0.0)
            await until(lambda: len(b"".join(server.reads)) == 4)
            assert b"".join(server.reads) == b"abcd"
            assert cuts_of(user) == [(3, -1, 1)]

    asyncio.run(main())


def test_a_pause_follows_each_segment(serve: Serve) -> None:
    async def main() -> None:
        async with serve(Records()) as port, cutting(port) as (knife, user):
            loop = asyncio.get_running_loop()
            begin = loop.time()
            await knife.send(user, b"abc", (1, 2), 0.05)
            assert loop.time() - begin >= 0.15 - 0.01
            await knife.send(user, b"abc", (), 0.05)
            assert loop.time() - begin >= 0.2 - 0.01

    asyncio.run(main())


@pytest.mark.parametrize("reset", [True, False])
def test_who_is_thrown_out_in_the_middle_sends_no_more(serve: Serve, reset: bool) -> None:
    async def handle(reader: Reader, writer: Writer) -> None:
        await reader.readexactly(1)
        if reset:
            writer.get_extra_info("socket").setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")
        # The end of this handler is the end of the connection.

    async def main() -> None:
        data = b"x" * 5000
        async with serve(handle) as port, cutting(port) as (knife, user):
            user.give_name()
            user.note_said(data, b"", Kind.STORY)
            user.cutting = True
            await knife.send(user, data, tuple(range(1, len(data))), 0.0)
            user.cutting = False
            user.accept()
            assert await user.until(user.is_gone, WAIT)
            await user.until_closed()
            assert user.bytes_written < len(data)
            history = user.recorder.history
            assert not any(isinstance(event, events.Accepted) for event in history)
            assert cuts_of(user) == []

    asyncio.run(main())


def test_who_ends_in_the_middle_sends_no_more(serve: Serve) -> None:
    async def main() -> None:
        server = Records()
        async with serve(server) as port, cutting(port) as (knife, user):
            data = b"x" * 5000
            sending = asyncio.create_task(knife.send(user, data, tuple(range(1, len(data))), 0.001))
            await until(lambda: len(server.reads) > 2)
            user.hang_up(Ending.RESET)
            await sending
            assert user.bytes_written < len(data)
            assert cuts_of(user) == []

    asyncio.run(main())


def test_who_never_connected_has_sent_nothing_that_was_read() -> None:
    recorder = Recorder(load_dialect("raw"), None)
    knife = Cutter(recorder)
    assert knife.has_read(User(recorder, 0, "alice", "alice", Role.PERSON)) is False
    knife.close()
