"""Small servers in the test's own process, for the parts of the harness that act.

`serve` listens on a free port for as long as its block lasts, and leaves no socket and no task.
`room` makes the handler of a correct chat in the dialect `raw`; its argument may spoil what one
member is sent of another's words. Nothing here knows the harness.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Spoil = Callable[[str, str, bytes], bytes]


@contextlib.asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[int]:
    """Listen on a free port, which is given."""
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await handler(reader, writer)
        finally:
            tasks.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        while tasks:
            await asyncio.wait(tasks)
        await asyncio.sleep(0)
        await server.wait_closed()


def as_said(_sender: str, _receiver: str, data: bytes) -> bytes:
    """Spoil nothing."""
    return data


def chat(spoil: Spoil = as_said) -> Handler:
    """Give the handler of a room."""
    members: dict[asyncio.StreamWriter, str] = {}

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, nick: str) -> None:
        while data := await reader.read(4096):
            for member, name in list(members.items()):
                if member is not writer:
                    member.write(spoil(nick, name, f"{nick}: ".encode() + data))

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"nickname")
        nick = (await reader.read(4096)).decode()
        if not nick:
            return
        members[writer] = nick
        try:
            await talk(reader, writer, nick)
        finally:
            del members[writer]

    return handle


@pytest.fixture
def serve() -> Callable[[Handler], AbstractAsyncContextManager[int]]:
    """Listen on a free port for as long as a block lasts."""
    return serving


@pytest.fixture
def room() -> Callable[..., Handler]:
    """Make the handler of a chat."""
    return chat


@pytest.fixture
def deaf_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
