"""Serves correctly, and sends whoever has joined noise without end."""

from __future__ import annotations

import sys
from pathlib import Path

# The correct server there becomes this one.
sys.path.append(str(Path(__file__).parents[1] / "faulty"))
from _core_loop import Chat, Client, main

NOISE = b"~broken~ nobody: said this\r\n\0" * 1000


class Hostile(Chat):
    """Whoever has taken the noise so far gets more."""

    def write(self, client: Client) -> None:
        """Send what waits; then there is noise."""
        super().write(client)
        if client in self.members and not client.out:
            client.out += NOISE


if __name__ == "__main__":
    main(Hostile)
