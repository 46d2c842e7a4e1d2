"""Accepts everyone, reads everything, and never says a word."""

from __future__ import annotations

import asyncio
import sys


class Mute(asyncio.Protocol):
    """A connection that is read and never answered."""


async def main(port: int) -> None:
    """Serve until ended."""
    server = await asyncio.get_running_loop().create_server(Mute, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
