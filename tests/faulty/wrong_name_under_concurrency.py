"""When two members speak within the same 5 ms, both messages carry the later one's name.

Violates RELAY-8, RELAY-2.
One variable of the room holds who is speaking. Built on asyncio streams.
"""

from __future__ import annotations

import argparse
import asyncio
import codecs
import contextlib
import signal
import unicodedata
from asyncio import StreamReader, StreamWriter

DEFECT = "When two members speak within the same 5 ms, both messages carry the later one's name."
VIOLATES = ("RELAY-8", "RELAY-2")
DIALECTS = ("raw", "lines")

LONGEST_LINE = 256 * 1024
WRITE_BOUND = 512 * 1024


class Room:
    """The members, and the name of whoever is speaking."""

    def __init__(self, lines: bool) -> None:
        self.lines = lines
        self.end = "\n" if lines else ""
        self.members: dict[StreamWriter, str] = {}
        self.speaker = ""

    async def connected(self, reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(f"nickname{self.end}".encode())
        try:
            await self.hear(reader, writer)
        except (OSError, ValueError, asyncio.CancelledError):
            # Cancelled only at the end of the program, where asyncio would print it.
            pass
        finally:
            self.members.pop(writer, None)
            stuck = writer.transport.get_write_buffer_size()
            writer.transport.abort() if stuck else writer.close()

    async def hear(self, reader: StreamReader, writer: StreamWriter) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")()
        while data := await (reader.readline() if self.lines else reader.read(4096)):
            text = decoder.decode(data)
            if self.lines and not text.endswith("\n"):
                return
            if writer not in self.members:
                self.join(writer, text.rstrip("\r\n"))
            elif text:
                await self.say(writer, text)

    def join(self, writer: StreamWriter, nick: str) -> None:
        if not nick.strip() or any(unicodedata.category(c) == "Cc" for c in nick):
            raise ValueError("not a nickname")
        self.members[writer] = nick

    async def say(self, writer: StreamWriter, text: str) -> None:
        self.speaker = self.members[writer]
        await asyncio.sleep(0.005)
        for other in self.members:
            if other is not writer:
                other.write(f"{self.speaker}: {text}".encode())
        for other in list(self.members):
            await self.wait_for_space(other)

    async def wait_for_space(self, writer: StreamWriter) -> None:
        for _ in range(150):
            if writer.transport.get_write_buffer_size() < WRITE_BOUND:
                return
            await asyncio.sleep(0.01)
        writer.transport.abort()


async def serve(port: int, dialect: str) -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    room = Room(dialect == "lines")
    server = await asyncio.start_server(
        room.connected,
        "127.0.0.1",
        port,
        limit=LONGEST_LINE,
        backlog=1024,
        reuse_address=True,
    )
    await stop.wait()
    server.close()
    for writer in list(room.members):
        writer.transport.abort()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=("raw", "lines"), default="raw")
    args = parser.parse_args()
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(serve(args.port, args.dialect))
