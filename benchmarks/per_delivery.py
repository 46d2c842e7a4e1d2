"""A chat server as most are written in asyncio: one write for each delivery; raw dialect.

Measured beside the others to show what the writes cost. It knows no bounds and no text: what a
read holds goes to each of the others at once.

Usage: python per_delivery.py PORT
"""

from __future__ import annotations

import asyncio
import signal
import sys

members: set[Member] = set()


class Member(asyncio.Protocol):
    """One connection; its first read is its nickname."""

    transport: asyncio.WriteTransport
    prefix = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the prompt."""
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport
        transport.write(b"nickname")

    def data_received(self, data: bytes) -> None:
        """Join, or relay to each of the others."""
        if not self.prefix:
            self.prefix = data.rstrip(b"\r\n") + b": "
            members.add(self)
            return
        relayed = self.prefix + data
        for member in members:
            if member is not self:
                member.transport.write(relayed)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Leave."""
        members.discard(self)


async def serve(port: int) -> None:
    """Serve on 127.0.0.1 until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(Member, "127.0.0.1", port, backlog=4096)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
