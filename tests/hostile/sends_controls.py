"""Serves correctly, and puts control sequences and lone bytes behind what it relays."""

from __future__ import annotations

import sys
from pathlib import Path

# The correct server there becomes this one.
sys.path.append(str(Path(__file__).parents[1] / "faulty"))
from _core_loop import Chat, Client, main

CONTROLS = b"\x1b[2J\x1b]0;owned\x07\x9b31m\xff\xc3\xe2\x80\xae\x00\r\x08"


class Hostile(Chat):
    """Relays more than was said."""

    def relayed(self, sender: Client, text: str) -> bytes:
        """Write what the others will read."""
        return super().relayed(sender, text) + CONTROLS


if __name__ == "__main__":
    main(Hostile)
