"""Serves correctly until a message says so, and then ends with exit status 3."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# The correct server there becomes this one.
sys.path.append(str(Path(__file__).parents[1] / "faulty"))
from _core_loop import Chat, Client, main


class Hostile(Chat):
    """Ends where somebody says the last word."""

    def say(self, sender: Client, text: str) -> None:
        """Relay, and maybe die."""
        super().say(sender, text)
        if "last words" in text:
            print("\x1b]0;gone\x07I can not go on", flush=True)
            os._exit(3)


if __name__ == "__main__":
    main(Hostile)
