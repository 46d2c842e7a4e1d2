"""A correct chat server on asyncio streams: a task that hears each client, one that speaks to it.

Between the two stands a queue for each receiver. The speaking task drains its stream and sees
every quarter of a second whether something was taken; a receiver whose queue is full and that
took nothing for a second and a half is disconnected. Until a queue has room again, whoever spoke
last into it is not read. It does not know who tests it.

Choices: a nickname is one person's; who gives one that is taken, blank, has control characters
or is not text is asked again, with the prompt; bytes that are not UTF-8 are replaced by U+FFFD;
an empty line is dropped.
"""

from __future__ import annotations

import argparse
import asyncio
import codecs
import contextlib
import signal
import socket
import struct
import unicodedata
from collections.abc import AsyncIterator
from typing import cast

READ_SIZE = 4096
WRITE_SIZE = 65536
LONGEST_LINE = 256 * 1024
QUEUE_BOUND = 256 * 1024
LOOK_SECONDS = 0.25
LOOKS = 6
# A small send buffer: the less the kernel holds, the sooner a slow reader's progress shows.
SEND_BUFFER = 128 * 1024
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Client:
    """One connection, and the queue of what it is still to read."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.nick = ""
        self._writer = writer
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._waiting = 0
        self._room = asyncio.Event()
        self._room.set()
        self._gone = False
        # Drained is then what the kernel has taken whole.
        self._transport.set_write_buffer_limits(high=0)
        self._option(socket.SO_SNDBUF, SEND_BUFFER)

    @property
    def _transport(self) -> asyncio.WriteTransport:
        return self._writer.transport

    def send(self, text: str) -> None:
        if self._gone:
            return
        data = text.encode()
        self._queue.put_nowait(data)
        self._waiting += len(data)
        if self._waiting >= QUEUE_BOUND:
            self._room.clear()

    async def has_room(self) -> None:
        await self._room.wait()

    async def speak(self) -> None:
        """Write what is queued, until the connection ends or its reader is given up."""
        with contextlib.suppress(OSError):
            while True:
                data = await self._batch()
                self._writer.write(data)
                if not await self._drain():
                    self._option(socket.SO_LINGER, RESET_ON_CLOSE)
                    break
                self._waiting -= len(data)
                if self._waiting < QUEUE_BOUND:
                    self._room.set()
        self.hang_up()

    def hang_up(self) -> None:
        """Close at once; the task that hears the client then reads the end."""
        self._gone = True
        self._room.set()
        self._transport.abort()

    async def _batch(self) -> bytes:
        parts = [await self._queue.get()]
        size = len(parts[0])
        while size < WRITE_SIZE and not self._queue.empty():
            parts.append(self._queue.get_nowait())
            size += len(parts[-1])
        return b"".join(parts)

    async def _drain(self) -> bool:
        """Wait until the kernel has all; False for a full queue and a reader that takes nothing."""
        fruitless = 0
        while fruitless < LOOKS:
            before = self._transport.get_write_buffer_size()
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._writer.drain()
            except TimeoutError:
                same = self._transport.get_write_buffer_size() == before
                fruitless = fruitless + 1 if same and not self._room.is_set() else 0
            else:
                return True
        return False

    def _option(self, name: int, value: int | bytes) -> None:
        sock = cast("socket.socket", self._writer.get_extra_info("socket"))
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, name, value)


class Chat:
    """The room, and what is done with one client after another."""

    def __init__(self, dialect: str) -> None:
        self._texts = line_texts if dialect == "lines" else raw_texts
        self._end = "\n" if dialect == "lines" else ""
        self._members: dict[str, Client] = {}
        self.clients: set[Client] = set()

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Client(writer)
        self.clients.add(client)
        speaking = asyncio.create_task(client.speak())
        try:
            await self._hear(client, reader)
        except (OSError, asyncio.LimitOverrunError, asyncio.IncompleteReadError):
            # However it ended: it is gone.
            pass
        finally:
            if client.nick:
                del self._members[client.nick]
            self.clients.discard(client)
            client.hang_up()
            speaking.cancel()

    async def _hear(self, client: Client, reader: asyncio.StreamReader) -> None:
        self._ask(client)
        async for text in self._texts(reader):
            if client.nick:
                await self._say(client, text)
            elif self._accepts(nick := text.rstrip("\r\n")):
                client.nick = nick
                self._members[nick] = client
            else:
                self._ask(client)
                await client.has_room()

    def _ask(self, client: Client) -> None:
        client.send(f"nickname{self._end}")

    def _accepts(self, nick: str) -> bool:
        if not nick.strip() or "\ufffd" in nick or nick in self._members:
            return False
        return not any(unicodedata.category(c) == "Cc" for c in nick)

    async def _say(self, sender: Client, text: str) -> None:
        if not text:
            return
        others = [member for member in self._members.values() if member is not sender]
        for other in others:
            other.send(f"{sender.nick}: {text}{self._end}")
        # Only now, so that one full queue does not keep this message from the others.
        for other in others:
            await other.has_room()
        # A stream with much in it is read without a pause: the others get their turn here.
        await asyncio.sleep(0)


async def raw_texts(reader: asyncio.StreamReader) -> AsyncIterator[str]:
    """Give one text for each read; a character that was cut waits for the rest of it."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while data := await reader.read(READ_SIZE):
        if text := decoder.decode(data):
            yield text


async def line_texts(reader: asyncio.StreamReader) -> AsyncIterator[str]:
    """Give one text for each line, without its end. LimitOverrunError: a line does not end."""
    while True:
        line = await reader.readuntil(b"\n")
        yield line[:-1].decode(errors="replace")


async def serve(port: int, dialect: str) -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM, then close every connection."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    chat = Chat(dialect)
    server = await asyncio.start_server(
        chat.attend, "127.0.0.1", port, limit=LONGEST_LINE, backlog=1024, reuse_address=True
    )
    await stop.wait()
    server.close()
    for client in list(chat.clients):
        client.hang_up()
    await asyncio.sleep(0)


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=("raw", "lines"), default="raw")
    args = parser.parse_args()
    asyncio.run(serve(args.port, args.dialect))


if __name__ == "__main__":
    main()
