"""A correct chat server that notes when a message was said, or replays what was said last.

It is built on asyncio streams: one task reads a client, another one writes to it what its queue
holds. It does not know who tests it.

Choices: a nickname may be shared; who gives one that is blank, has control characters or is not
text is asked again; bytes that are not UTF-8 are replaced by U+FFFD; an empty line is dropped.
Whose queue is full is disconnected.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import socket
import struct
import time
import unicodedata
from collections import deque
from dataclasses import dataclass
from typing import cast

LONGEST_LINE = 256 * 1024
MOST_BEHIND = 4 * 1024 * 1024
FLUSH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How a message is written for the others, and how many a newcomer is told."""

    form: str
    history: int = 0


DIALECTS = {
    "history": Manner("<{nick}> {text}", history=20),
    "timestamps": Manner("[{now}] {nick}: {text}"),
}


class Member:
    """One client: its writer, and what waits to be written."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.nick = ""
        self.behind = 0
        self._writer = writer
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()

    def send(self, line: str) -> None:
        data = f"{line}\n".encode()
        self._queue.put_nowait(data)
        self.behind += len(data)
        if self.behind > MOST_BEHIND:
            self._reset()

    async def write(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                data = await self._queue.get()
                self._writer.write(data)
                await self._writer.drain()
                self.behind -= len(data)
                self._queue.task_done()

    async def flush(self) -> None:
        """Wait until all is written, but not for ever."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                await self._queue.join()

    def hang_up(self) -> None:
        self._writer.transport.abort()

    def _reset(self) -> None:
        sock = cast("socket.socket", self._writer.get_extra_info("socket"))
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.hang_up()


class Chat:
    """The room: who is in it, and what was said last."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._members: list[Member] = []
        self._last: deque[str] = deque(maxlen=manner.history)
        self.connected: set[Member] = set()

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        member = Member(writer)
        self.connected.add(member)
        writing = asyncio.create_task(member.write())
        try:
            await self._hear(member, reader)
        except asyncio.IncompleteReadError:
            self._leave(member)
            await member.flush()
        except (OSError, asyncio.LimitOverrunError):
            pass
        finally:
            self._leave(member)
            self.connected.discard(member)
            member.hang_up()
            writing.cancel()

    async def _hear(self, member: Member, reader: asyncio.StreamReader) -> None:
        member.send("nickname")
        while True:
            line = (await reader.readuntil(b"\n"))[:-1].decode(errors="replace")
            if not member.nick:
                self._enter(member, line)
            elif line:
                self._say(member, line)
            # Lines that are here already are read without a pause: the others get their turn.
            await asyncio.sleep(0)

    def _enter(self, member: Member, nick: str) -> None:
        nick = nick.removesuffix("\r")
        bad = "\ufffd" in nick or any(unicodedata.category(c) == "Cc" for c in nick)
        if bad or not nick.strip():
            member.send("nickname")
            return
        member.nick = nick
        self._members.append(member)
        for line in self._last:
            member.send(line)

    def _say(self, sender: Member, text: str) -> None:
        now = time.strftime("%H:%M:%S")
        line = self._manner.form.format(now=now, nick=sender.nick, text=text)
        self._last.append(line)
        for member in self._members:
            if member is not sender:
                member.send(line)

    def _leave(self, member: Member) -> None:
        with contextlib.suppress(ValueError):
            self._members.remove(member)


async def serve(port: int, dialect: str) -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM, then close every connection."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    chat = Chat(DIALECTS[dialect])
    server = await asyncio.start_server(
        chat.attend, "127.0.0.1", port, limit=LONGEST_LINE, backlog=1024, reuse_address=True
    )
    await stop.wait()
    server.close()
    for member in list(chat.connected):
        member.hang_up()
    await asyncio.sleep(0)


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=sorted(DIALECTS), required=True)
    args = parser.parse_args()
    asyncio.run(serve(args.port, args.dialect))


if __name__ == "__main__":
    main()
