"""Serves correctly, and prints without end, controls and bytes that are no text too."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

# The correct server there becomes this one.
sys.path.append(str(Path(__file__).parents[1] / "faulty"))
from _core_loop import Chat, main

NOISE = b"\x1b[2J\x9b31m\xff\xfe debug: still here \x07\r" * 100


def chatter() -> None:
    """Print as fast as somebody reads it."""
    while True:
        os.write(1, NOISE)


class Hostile(Chat):
    """Prints beside its work."""

    def run(self) -> None:
        """Serve, beside it."""
        threading.Thread(target=chatter, daemon=True).start()
        super().run()


if __name__ == "__main__":
    main(Hostile)
