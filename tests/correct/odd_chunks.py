"""A correct chat server that reads in odd sizes and, in `raw`, relays each piece by itself.

It is built on `asyncio.BufferedProtocol`, which lets the protocol say how large each read may be:
7 bytes, then 13, 61, 4093, and again. In `raw` every piece gets the sender's prefix, so one
message reaches the others as several; a piece never ends inside a character, and two messages
are never mixed. It does not know who tests it.

Choices: a nickname may be shared; one that is blank, has control characters or is not text is
refused; bytes that are not UTF-8 are replaced by U+FFFD; an empty line is relayed.
"""

from __future__ import annotations

import argparse
import asyncio
import codecs
import itertools
import signal
import socket
import struct
import unicodedata

READ_SIZES = (7, 13, 61, 4093)
NICKNAME_READ = 1000
LONGEST_LINE = 256 * 1024
WRITE_BOUND = 512 * 1024
LOOK_SECONDS = 0.25
LOOKS = 6
# A small send buffer: the less the kernel holds, the sooner a slow reader's progress shows.
SEND_BUFFER = 128 * 1024


class Room:
    """Who is in, and whose write buffer is too full for anyone to be read."""

    def __init__(self, dialect: str) -> None:
        self.lines = dialect == "lines"
        self.connections: set[Connection] = set()
        self.members: dict[Connection, str] = {}
        self._full: set[Connection] = set()

    def say(self, sender: Connection, text: str) -> None:
        end = "\n" if self.lines else ""
        data = f"{self.members[sender]}: {text}{end}".encode()
        for member in list(self.members):
            if member is not sender:
                member.write(data)

    def became_full(self, connection: Connection) -> None:
        self._full.add(connection)
        for each in self.connections:
            each.transport.pause_reading()

    def has_space(self, connection: Connection) -> None:
        self._full.discard(connection)
        if not self._full:
            for each in self.connections:
                each.transport.resume_reading()

    def add(self, connection: Connection) -> None:
        self.connections.add(connection)
        if self._full:
            connection.transport.pause_reading()

    def remove(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self.members.pop(connection, None)
        self.has_space(connection)


class Connection(asyncio.BufferedProtocol):
    """One client: reads of odd sizes in, pieces or lines out to the room."""

    transport: asyncio.Transport

    def __init__(self, room: Room) -> None:
        self._room = room
        self._sizes = itertools.cycle(READ_SIZES)
        self._buffer = bytearray(max(*READ_SIZES, NICKNAME_READ))
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._line = b""
        self._written = 0
        self._watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._option(socket.SO_SNDBUF, SEND_BUFFER)
        transport.set_write_buffer_limits(high=WRITE_BOUND)
        self._room.add(self)
        transport.write(b"nickname\n" if self._room.lines else b"nickname")

    def get_buffer(self, _sizehint: int) -> memoryview:
        known = self in self._room.members
        return memoryview(self._buffer)[: next(self._sizes) if known else NICKNAME_READ]

    def buffer_updated(self, nbytes: int) -> None:
        data = bytes(self._buffer[:nbytes])
        if self._room.lines:
            self._take_lines(data)
        elif self in self._room.members:
            self._say(self._decoder.decode(data))
        else:
            self._join(data)

    def eof_received(self) -> None:
        # The transport now writes what waits and closes; one that does not read has no for ever.
        self._look(self._sent(), 0)

    def connection_lost(self, _exc: Exception | None) -> None:
        if self._watch:
            self._watch.cancel()
        self._room.remove(self)

    def pause_writing(self) -> None:
        self._room.became_full(self)
        self._look(self._sent(), 0)

    def resume_writing(self) -> None:
        if self._watch:
            self._watch.cancel()
        self._room.has_space(self)

    def write(self, data: bytes) -> None:
        if not self.transport.is_closing():
            self._written += len(data)
            self.transport.write(data)

    def _sent(self) -> int:
        return self._written - self.transport.get_write_buffer_size()

    def _look(self, sent_before: int, fruitless: int) -> None:
        """Disconnect a receiver that took nothing between several looks in a row."""
        if self._watch:
            self._watch.cancel()
        if fruitless > LOOKS:
            self._reset()
            return
        fruitless = fruitless + 1 if self._sent() == sent_before else 0
        loop = asyncio.get_running_loop()
        self._watch = loop.call_later(LOOK_SECONDS, self._look, self._sent(), fruitless)

    def _reset(self) -> None:
        self._option(socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _option(self, name: int, value: int | bytes) -> None:
        sock: socket.socket = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, name, value)

    def _take_lines(self, data: bytes) -> None:
        *lines, self._line = (self._line + data).split(b"\n")
        for line in lines:
            if self in self._room.members:
                self._say(line.decode("utf-8", "replace"), even_empty=True)
            elif not self.transport.is_closing():
                self._join(line)
        if len(self._line) > LONGEST_LINE:
            self.transport.abort()

    def _join(self, data: bytes) -> None:
        nick = data.decode("utf-8", "replace").rstrip("\r\n")
        control = any(unicodedata.category(c) == "Cc" for c in nick)
        if not nick.strip() or control or "\ufffd" in nick:
            self.transport.abort()
        else:
            self._room.members[self] = nick

    def _say(self, text: str, even_empty: bool = False) -> None:
        if text or even_empty:
            self._room.say(self, text)


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
        connection.transport.abort()
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
