"""A correct chat server whose messages end with LF or with NUL, or begin with their length.

It is built on `asyncio.Protocol`: everything happens in callbacks, and frames stay bytes from end
to end. It does not know who tests it.

Choices: a nickname may be shared; one that is blank, has control characters or is not text is
refused; bytes that are not UTF-8 are passed on as they are; an empty message is relayed. Who is
a megabyte behind is disconnected.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
import struct
import unicodedata
from collections.abc import Iterator

# The prompt, and what ends a frame; nothing for four bytes of length before it.
DIALECTS = {
    "client-first": (b"", b"\n"),
    "length": (b"", b""),
    "nul": (b"nickname", b"\0"),
}
HEADER = 4
LONGEST = 256 * 1024
MOST_BEHIND = 1024 * 1024
FLUSH_SECONDS = 1.0


class Frames:
    """Puts frames together from what comes; one that is too long is a ValueError."""

    def __init__(self, end: bytes) -> None:
        self._end = end
        self._rest = b""

    def wrap(self, payload: bytes) -> bytes:
        return payload + self._end if self._end else struct.pack(">I", len(payload)) + payload

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._rest += data
        if self._end:
            *whole, self._rest = self._rest.split(self._end)
            yield from whole
            if len(self._rest) > LONGEST:
                raise ValueError("a frame does not end")
        else:
            yield from self._counted()

    def _counted(self) -> Iterator[bytes]:
        data, at = self._rest, 0
        while len(data) - at >= HEADER:
            (length,) = struct.unpack_from(">I", data, at)
            if length > LONGEST:
                raise ValueError("a frame is too long")
            end = at + HEADER + length
            if end > len(data):
                break
            yield data[at + HEADER : end]
            at = end
        self._rest = data[at:]


class Room:
    """Everybody who is connected, and the nicknames of those who are in."""

    def __init__(self, dialect: str) -> None:
        self.prompt, self.end = DIALECTS[dialect]
        self.connections: set[Connection] = set()
        self.members: dict[Connection, bytes] = {}

    def say(self, sender: Connection, payload: bytes) -> None:
        frame = sender.frames.wrap(self.members[sender] + b": " + payload)
        for member in list(self.members):
            if member is not sender:
                member.write(frame)


class Connection(asyncio.Protocol):
    """One client, from its nickname to its end."""

    def __init__(self, room: Room) -> None:
        self.frames = Frames(room.end)
        self._room = room

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._room.connections.add(self)
        if self._room.prompt:
            self.write(self.frames.wrap(self._room.prompt))

    def data_received(self, data: bytes) -> None:
        try:
            for payload in self.frames.feed(data):
                self._take(payload)
        except ValueError:
            self.abort()

    def eof_received(self) -> bool:
        # What waits is still written, and the end after it; but not for ever.
        self._forget()
        asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._transport.abort)
        return False

    def connection_lost(self, _exc: Exception | None) -> None:
        self._forget()

    def write(self, data: bytes) -> None:
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > MOST_BEHIND:
            option = struct.pack("ii", 1, 0)
            sock: socket.socket = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
            self.abort()

    def abort(self) -> None:
        self._forget()
        self._transport.abort()

    def _forget(self) -> None:
        self._room.connections.discard(self)
        self._room.members.pop(self, None)

    def _take(self, payload: bytes) -> None:
        if self in self._room.members:
            self._room.say(self, payload)
        elif self in self._room.connections:
            check_nickname(payload)
            self._room.members[self] = payload


def check_nickname(payload: bytes) -> None:
    """Refuse what is no nickname by a ValueError, as UnicodeDecodeError is one."""
    nick = payload.decode()
    if not nick.strip() or any(unicodedata.category(c) == "Cc" for c in nick):
        raise ValueError("not a nickname")


async def serve(port: int, dialect: str) -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM, then close every connection."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    room = Room(dialect)
    server = await loop.create_server(
        lambda: Connection(room), "127.0.0.1", port, backlog=1024, reuse_address=True
    )
    await stop.wait()
    server.close()
    for connection in list(room.connections):
        connection.abort()
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
