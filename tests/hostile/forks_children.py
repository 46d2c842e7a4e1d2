"""Serves correctly, and leaves children that forked twice and have sessions of their own."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

# The correct server there becomes this one.
sys.path.append(str(Path(__file__).parents[1] / "faulty"))
from _core_loop import Chat, main

CHILDREN = 3


def leave_child() -> None:
    """Start a process that nobody here will ever wait for or end."""
    if os.fork():
        os.wait()
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        signal.pause()


class Hostile(Chat):
    """Has children from the beginning."""

    def run(self) -> None:
        """Serve, beside them."""
        for _ in range(CHILDREN):
            leave_child()
        super().run()


if __name__ == "__main__":
    main(Hostile)
