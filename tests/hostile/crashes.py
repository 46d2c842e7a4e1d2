"""Serves correctly until a message says so, and then gets a SIGSEGV."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

# The correct server there becomes this one.
sys.path.append(str(Path(__file__).parents[1] / "faulty"))
from _core_loop import Chat, Client, main


class Hostile(Chat):
    """Crashes where somebody says the last word."""

    def say(self, sender: Client, text: str) -> None:
        """Relay, and maybe crash."""
        super().say(sender, text)
        if "last words" in text:
            os.kill(os.getpid(), signal.SIGSEGV)


if __name__ == "__main__":
    main(Hostile)
