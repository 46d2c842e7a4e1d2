"""Each 1,000 bytes get a prefix of their own, also in the middle of a character.

Violates INPUT-2.
Bytes are relayed as they are read. Built on `asyncio.Protocol`; only `raw` has this defect.
"""

from __future__ import annotations

import argparse
import asyncio
import signal

DEFECT = "Each 1,000 bytes get a prefix of their own, also in the middle of a character."
VIOLATES = ("INPUT-2",)
DIALECTS = ("raw",)

WRITE_BOUND = 512 * 1024
members: list[Connection] = []
connections: set[Connection] = set()
full: set[Connection] = set()


class Connection(asyncio.Protocol):
    """One client."""

    transport: asyncio.Transport
    nick = b""
    fruitless = 0
    size_at_last_look = 0
    watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(high=WRITE_BOUND)
        connections.add(self)
        transport.write(b"nickname")

    def data_received(self, data: bytes) -> None:
        if not self.nick:
            self.join(data.rstrip(b"\r\n"))
            return
        for start in range(0, len(data), 1000):
            for member in members:
                if member is not self:
                    member.transport.write(self.nick + b": " + data[start : start + 1000])

    def join(self, nick: bytes) -> None:
        text = nick.decode(errors="replace")
        if not text.strip() or any(c < " " or "\x7f" <= c <= "\x9f" or c == "\ufffd" for c in text):
            self.transport.abort()
            return
        self.nick = nick
        members.append(self)

    def eof_received(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def connection_lost(self, _exc: Exception | None) -> None:
        connections.discard(self)
        if self in members:
            members.remove(self)
        self.resume_writing()

    def pause_writing(self) -> None:
        full.add(self)
        self.fruitless = 0
        for each in connections:
            each.transport.pause_reading()
        self.look()

    def resume_writing(self) -> None:
        if self.watch:
            self.watch.cancel()
        full.discard(self)
        if not full:
            for each in connections:
                each.transport.resume_reading()

    def look(self) -> None:
        """Disconnect a receiver that takes nothing for a second and a half."""
        size = self.transport.get_write_buffer_size()
        self.fruitless = self.fruitless + 1 if size >= self.size_at_last_look else 0
        self.size_at_last_look = size
        if self.fruitless > 6:
            self.transport.abort()
        else:
            self.watch = asyncio.get_running_loop().call_later(0.25, self.look)


async def serve(port: int) -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(
        Connection, "127.0.0.1", port, backlog=1024, reuse_address=True
    )
    await stop.wait()
    server.close()
    for connection in list(connections):
        connection.transport.abort()
    await asyncio.sleep(0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=DIALECTS, default="raw")
    asyncio.run(serve(parser.parse_args().port))
