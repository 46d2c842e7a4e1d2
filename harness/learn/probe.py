"""Probe: one connection to an unknown server; nothing that it does can hang whoever asks.

Every wait has an end, and what comes is bounded. Knows nothing of chats.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from harness.kernel import SocketDiag, has_read
from harness.sockets import reset_on_close

MOST_HEARD = 1 << 21
"""Bytes; who sends more is not listened to any longer."""

_LOOK_AGAIN = 0.002


class Probe(asyncio.Protocol):
    """One connection: what came on it and was not taken yet, and whether the server ended it."""

    def __init__(self) -> None:
        self.nick = ""
        self.door = b""
        self.ended = False
        self.was_reset = False
        self.noisy = False
        self.last = 0.0
        self.sent = 0
        self._came = bytearray()
        self._total = 0
        self._transport: asyncio.Transport | None = None
        self._event = asyncio.Event()
        self._addresses: tuple[tuple[str, int], tuple[str, int]] | None = None

    # -- asyncio.Protocol ----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        own, peer = transport.get_extra_info("sockname"), transport.get_extra_info("peername")
        self._addresses = (own[:2], peer[:2]) if own and peer else None
        self.last = asyncio.get_running_loop().time()

    def data_received(self, data: bytes) -> None:
        """Keep what came, within bounds."""
        self.last = asyncio.get_running_loop().time()
        self._total += len(data)
        if self._total > MOST_HEARD:
            self.noisy = True
            self.reset()
            return
        self._came += data
        self._event.set()

    def eof_received(self) -> bool:
        """Note that the server has ended it.

        It stays half open, to be reset: if it were closed now, the server's port would have to wait
        for a minute before some servers could listen on it again.
        """
        self.ended = True
        self._event.set()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        """Note that it is over."""
        self.was_reset = isinstance(error, ConnectionResetError)
        self.ended = True
        self._event.set()

    # -- speaking ------------------------------------------------------------------------------

    @property
    def address(self) -> tuple[str, int]:
        """Its own host and port, as the server sees them; nothing where that is not known."""
        return self._addresses[0] if self._addresses else ("", 0)

    def send(self, data: bytes) -> None:
        """Write `data`; what the server does not read waits here, and nobody waits for it."""
        alive = self._transport is not None and not self._transport.is_closing()
        if alive and data and not self.ended:
            assert self._transport is not None
            self._transport.write(data)
            self.sent += len(data)

    def half_close(self) -> None:
        """Say that nothing more will be said."""
        if self._transport is not None and not self._transport.is_closing():
            with suppress(OSError):
                self._transport.write_eof()

    def close(self) -> None:
        """Close it; what the server has ended is reset."""
        if self.ended:
            self.reset()
        elif self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """End it with a reset."""
        if self._transport is not None:
            sock = self._transport.get_extra_info("socket")
            if sock is not None:
                reset_on_close(sock)
            self._transport.abort()

    # -- listening -----------------------------------------------------------------------------

    @property
    def heard(self) -> bytes:
        """What came since it was last taken."""
        return bytes(self._came)

    def take(self) -> bytes:
        """Return what came since it was last taken."""
        came = bytes(self._came)
        self._came.clear()
        return came

    async def until(self, true: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is true that what comes may make so, `seconds` at most."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not true():
            left = end - loop.time()
            if left <= 0 or (self.ended and not self._event.is_set()):
                return true()
            self._event.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._event.wait()
        return True

    async def hears(self, text: bytes, seconds: float) -> bool:
        """Tell whether `text` comes within `seconds`."""
        return await self.until(lambda: text in self._came, seconds)

    async def until_read(self, diag: SocketDiag, seconds: float) -> bool | None:
        """Wait until the server has read all that was sent; None where nobody can know."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self._addresses is not None and not self.ended and loop.time() < end:
            own, server = self._addresses
            read = has_read(diag, server, own, self.sent)
            if read is not False:
                return read
            await asyncio.sleep(_LOOK_AGAIN)
        return self.ended
