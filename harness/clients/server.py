"""Server: the chat server that the harness plays for a client. The only file with its sockets.

It does what it is told and records what happens: a time before each write, a time after each read.
It closes whatever a client has ended. It knows no story and no dialect.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from harness.clients import happenings as happened
from harness.clients.happenings import Happening
from harness.errors import UsageError
from harness.kernel import SocketDiag, has_read
from harness.sockets import reset_on_close

MOST_CONNECTIONS = 20
MOST_RECEIVED = 4 << 20
# A client that does not read for so long is not waited for any more.
MOST_SECONDS = 2.0
LOOK_AGAIN = 0.0005
BLIND_PAUSE = 0.02

Note = Callable[[Happening], None]
Clock = Callable[[], int]


class Connection(asyncio.Protocol):
    """One connection of the client."""

    def __init__(self, server: "FakeServer") -> None:
        self._server = server
        self._transport: asyncio.Transport | None = None
        self.number = -1
        self.written = 0
        self.received = bytearray()
        self.ended = False
        self.patient = True
        self.lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take it, unless there are too many already."""
        self._transport = cast("asyncio.Transport", transport)
        self.number = self._server.take(self)

    def data_received(self, data: bytes) -> None:
        """Take down what the client sent, up to a bound."""
        self.received += data
        self._server.note(happened.Received(self._server.now(), self.number, data))
        if len(self.received) > MOST_RECEIVED and self._transport:
            self._transport.pause_reading()
            self._server.note(happened.TooMuch(self._server.now(), "the client sent without end"))

    def eof_received(self) -> bool:
        """The client has ended: so does the server, as a chat server would."""
        self._end("")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has gone."""
        if not self.ended:
            self._end(str(exc) if exc else "")
        self.lost.set()

    def _end(self, error: str) -> None:
        self.ended = True
        self._server.note(happened.PeerEnded(self._server.now(), self.number, error))

    @property
    def open(self) -> bool:
        """Whether anything can be sent."""
        return not self.ended and self._transport is not None and not self._transport.is_closing()

    async def send(self, data: bytes) -> None:
        """Write `data`, and wait until the client has read it, as far as the kernel can tell."""
        if not self.open or self._transport is None:
            return
        begun = self._server.now()
        self._server.note(happened.Wrote(begun, self.number, data, apart=True))
        self._transport.write(data)
        self.written += len(data)
        if self.patient:
            self.patient = await self._until_read()

    async def _until_read(self) -> bool:
        """Wait until all is read; False where the client does not read any more."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + MOST_SECONDS
        assert self._transport is not None
        own = self._transport.get_extra_info("sockname")[:2]
        peer = self._transport.get_extra_info("peername")[:2]
        while self.open and loop.time() < deadline:
            unsent = self._transport.get_write_buffer_size()
            read = None if unsent else has_read(self._server.diag, peer, own, self.written)
            if read:
                return True
            if read is None and not unsent:
                await asyncio.sleep(BLIND_PAUSE)
                return True
            await asyncio.sleep(LOOK_AGAIN)
        return not self.open

    def drop(self, *, reset: bool) -> None:
        """End the connection, at once."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        self.ended = True
        how = "reset" if reset else "close"
        self._server.note(happened.Dropped(self._server.now(), self.number, how))
        if reset:
            reset_on_close(transport.get_extra_info("socket"))
            transport.abort()
        else:
            transport.close()

    async def gone(self) -> None:
        """Let go of the socket."""
        if self._transport is not None:
            self._transport.abort()
            await self.lost.wait()


def _ignore(_: Happening) -> None:
    """Take nothing down."""


class FakeServer:
    """Listens on `host` and `port` until `stop`; `connections` are all that there ever were."""

    def __init__(self, note: Note, now: Clock) -> None:
        self.note = note
        self.now = now
        self.diag = SocketDiag()
        self.connections: list[Connection] = []
        self._listener: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> None:
        """Begin to listen; raises `UsageError`."""
        loop = asyncio.get_running_loop()
        try:
            self._listener = await loop.create_server(
                lambda: Connection(self), host, port, reuse_address=True
            )
        except OSError as error:
            raise UsageError(f"cannot listen on {host}, port {port}: {error.strerror}") from None

    def take(self, connection: Connection) -> int:
        """Give a new connection its number."""
        number = len(self.connections)
        self.connections.append(connection)
        self.note(happened.Connected(self.now(), number))
        if number >= MOST_CONNECTIONS and self._listener is not None:
            self._listener.close()
            self.note(happened.TooMuch(self.now(), f"the client connected {number + 1} times"))
        return number

    def close_door(self) -> None:
        """Listen no more; who is connected stays."""
        if self._listener is not None:
            self._listener.close()

    @property
    def current(self) -> Connection | None:
        """The connection that is talked to: the last that is open, or the last."""
        alive = [one for one in self.connections if one.open]
        known = alive or self.connections
        return known[-1] if known else None

    async def stop(self) -> None:
        """Close everything; what happens to it is no news any more."""
        self.note = _ignore
        if self._listener is not None:
            self._listener.close()
        for connection in self.connections:
            await connection.gone()
        if self._listener is not None:
            await self._listener.wait_closed()
        self.diag.close()
