"""Sends the prompt, ends its own direction at once, and goes on reading."""

from __future__ import annotations

import asyncio
import sys


class HalfClosed(asyncio.Protocol):
    """A connection on which nothing follows the prompt."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Prompt, and end."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"nickname")
        transport.write_eof()


async def main(port: int) -> None:
    """Serve until ended."""
    server = await asyncio.get_running_loop().create_server(HalfClosed, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
