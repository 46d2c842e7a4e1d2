"""The server: the asyncio shell around the room; `python -m reference.server --help`.

It knows sockets, buffers, signals and the log, and nothing of what the bytes mean.

Nobody waits for a member that does not read. What the kernel does not take is kept in that
member's backlog. When the backlog is high, the whole room is held for a moment (nobody is
read), since a healthy reader only needs time; one that does not catch up by then is waited for
no more, and is disconnected when its backlog is full.
"""

import asyncio
import contextlib
import errno
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable
from typing import cast

from reference.framing import DIALECTS, Dialect
from reference.room import Joined, Room
from reference.texts import (
    Options,
    Texts,
    address_of,
    fail,
    printable_name,
    reason_of,
    texts_in,
)

PROGRAM = "reference.server"
ACCEPT_BACKLOG = 4096  # connections; asyncio's 100 is too few for a crowd that comes at once

# A read of lines of one byte each is relayed under the longest nickname as 2.1 MiB. Such a
# read, a batch just below its limit and a backlog just below HIGH are together below FULL:
# so only a member that the room has already waited for can be disconnected.
READ_SIZE = 16 * 1024
BATCH_LIMIT = 512 * 1024
HIGH = 1024 * 1024
FULL = 4 * 1024 * 1024

CHUNK = 256 * 1024  # bytes of a backlog handed to the transport at once
PATIENCE = 0.2  # seconds for which the room is held for a member that is behind
LINGER = 1.0  # seconds for a leaving member to take what it is still to be sent
STOP_LINGER = 0.4  # the same when the server stops
STOP_WITHIN = 0.6  # seconds until the server stops, whoever is still there


class Log:
    """Lines for people on stdout, where an unread or closed pipe costs lines, never time."""

    def __init__(self) -> None:
        # Without a stdout, file 1 may be anybody's.
        self._file = sys.stdout.fileno() if sys.stdout else -1
        self._encoding = sys.stdout.encoding if sys.stdout else "utf-8"

    def line(self, text: str) -> None:
        """Write one line, unless nobody takes it."""
        data = f"{text}\n".encode(self._encoding, "backslashreplace")
        try:
            # A pipe that select calls writable takes 4096 bytes without blocking.
            if self._file >= 0 and select.select([], [self._file], [], 0)[1]:
                os.write(self._file, data)
        except OSError:
            self._file = -1


class Connection(asyncio.BufferedProtocol):
    """One connection: the peer that the room knows, with its backlog."""

    __slots__ = ("_backlog", "_server", "_timer", "_writable", "caught_up", "transport")

    def __init__(self, server: "Server") -> None:
        self.caught_up = True
        self._server = server
        self._writable = True
        self._backlog = bytearray()
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Meet a newcomer."""
        self.transport = cast("asyncio.Transport", transport)
        # Whatever the kernel does not take is kept here, in one piece, where it is counted.
        self.transport.set_write_buffer_limits(high=0)
        self._server.connection_made(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Lend the buffer that all connections are read into."""
        return self._server.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Pass on what was read."""
        server = self._server
        server.room.receive_data(self, bytes(server.buffer[:nbytes]))
        server.schedule_flush()

    def eof_received(self) -> bool:
        """Let this peer go, which has closed its side."""
        self._server.room.receive_eof(self)
        self._server.schedule_flush()
        return True  # stay open: what is still to be sent goes out first, then `close`

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget this peer, which has closed, was reset, or was closed."""
        self._cancel_timer()
        self._server.connection_lost(self)

    def send(self, data: bytes) -> None:
        """Write what the room has for this peer, or keep it; disconnect it at FULL."""
        if self._writable:
            self.transport.write(data)
            if self._writable:
                return
        elif not self.transport.is_closing():
            self._backlog += data
        size = len(self._backlog) + self.transport.get_write_buffer_size()
        if size > FULL:
            self._abort()
        elif size > HIGH and self.caught_up:
            self.caught_up = False
            self._server.hold(self)
            self._set_timer(PATIENCE, self._give_up)

    def pause_writing(self) -> None:
        """Keep from now on: the kernel has not taken everything."""
        self._writable = False

    def resume_writing(self) -> None:
        """Write what was kept: the kernel has taken everything."""
        self._writable = True
        while self._writable and self._backlog:
            chunk = bytes(self._backlog[:CHUNK])
            del self._backlog[:CHUNK]
            self.transport.write(chunk)
        if not self._backlog and not self.caught_up:
            self.caught_up = True
            self._cancel_timer()
            self._server.release(self)

    def close(self, linger: float) -> None:
        """Close once everything is sent, or after so many seconds."""
        if not self.transport.is_closing():
            self.transport.write(bytes(self._backlog))
            self._backlog.clear()
            self._server.release(self)
            self.transport.close()
            self._set_timer(linger, self._abort)

    def _give_up(self) -> None:
        self._server.release(self)

    def _abort(self) -> None:
        self._backlog.clear()
        self._writable = False
        self.transport.abort()

    def _set_timer(self, seconds: float, action: Callable[[], None]) -> None:
        self._cancel_timer()
        self._timer = asyncio.get_running_loop().call_later(seconds, action)

    def _cancel_timer(self) -> None:
        if self._timer:
            self._timer.cancel()


class Server:
    """Everyone who is connected, the room they are in, and what holds it."""

    def __init__(self, dialect: Dialect, texts: Texts, log: Log) -> None:
        self.room: Room[Connection] = Room(dialect)
        self.buffer = memoryview(bytearray(READ_SIZE))  # one for all: it is emptied at once
        self._texts = texts
        self._log = log
        self._connections: set[Connection] = set()
        self._behind: set[Connection] = set()
        self._flush_scheduled = False
        self._nobody_left = asyncio.Event()

    def connection_made(self, connection: Connection) -> None:
        """Let a newcomer in, and send it the prompt."""
        self._connections.add(connection)
        self.room.connection_made(connection)
        connection.send(self.room.prompt)
        if self._behind:
            connection.transport.pause_reading()

    def connection_lost(self, connection: Connection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)
        self.room.connection_lost(connection)
        self.release(connection)
        self.schedule_flush()
        if not self._connections:
            self._nobody_left.set()

    def hold(self, behind: Connection) -> None:
        """Read from nobody until this one has caught up, or is given up."""
        self._behind.add(behind)
        if len(self._behind) == 1:
            for connection in self._connections:
                connection.transport.pause_reading()

    def release(self, behind: Connection) -> None:
        """Hold the room for this one no more."""
        if behind in self._behind:
            self._behind.remove(behind)
            if not self._behind:
                for connection in self._connections:
                    connection.transport.resume_reading()

    def schedule_flush(self) -> None:
        """Flush once this turn of the loop has been read, or at once when the batch is full."""
        if self.room.pending >= BATCH_LIMIT:
            self._flush()
        elif not self._flush_scheduled:
            self._flush_scheduled = True
            asyncio.get_running_loop().call_soon(self._flush_turn)

    def _flush_turn(self) -> None:
        self._flush_scheduled = False
        self._flush()

    def _flush(self) -> None:
        for connection, data in self.room.data_to_send():
            connection.send(data)
        for connection in self.room.peers_to_close():
            connection.close(LINGER)
        for event in self.room.events():
            text = self._texts.joined if isinstance(event, Joined) else self._texts.left
            self._log.line(text.format(nickname=printable_name(event.nickname)))

    async def stop(self) -> None:
        """Send what is still to be sent and close every connection, within STOP_WITHIN."""
        self._flush()
        for connection in list(self._connections):
            connection.close(STOP_LINGER)
        if self._connections:
            self._nobody_left.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._nobody_left.wait(), STOP_WITHIN)


async def serve(listener: socket.socket, server: Server, ready: str, log: Log) -> None:
    """Serve on a listening socket until SIGINT or SIGTERM."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    listening = await loop.create_server(
        lambda: Connection(server), sock=listener, backlog=ACCEPT_BACKLOG
    )
    log.line(ready)
    await stopped.wait()
    listening.close()
    await server.stop()


def main(arguments: list[str] | None = None) -> int:
    """Run the server with the arguments of a command line, and return its exit status."""
    options = Options(PROGRAM, [*DIALECTS]).parse_args(arguments)
    texts = texts_in(options.lang, os.environ)
    address = address_of(options.host, options.port)
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        # Sets SO_REUSEADDR, so that the port can be used again at once.
        made = socket.create_server((options.host, options.port), family=family)
        # Wrapped anew it knows its protocol number, without which asyncio sets no TCP_NODELAY.
        listener = socket.socket(fileno=made.detach())
    except (OSError, UnicodeError) as error:
        in_use = getattr(error, "errno", None) == errno.EADDRINUSE
        text = texts.port_in_use if in_use else texts.cannot_listen
        return fail(PROGRAM, text.format(address=address, reason=reason_of(error)), 2)
    log = Log()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a file for each connection
    ready = texts.listening.format(address=address_of(*listener.getsockname()[:2]))
    with contextlib.suppress(KeyboardInterrupt):  # a signal before the loop handles it
        asyncio.run(serve(listener, Server(DIALECTS[options.dialect], texts, log), ready, log))
    return 0


if __name__ == "__main__":
    sys.exit(main())
