"""Correct, but it listens only a second after it was started."""

from __future__ import annotations

import sys
import time
from pathlib import Path

# The correct server there becomes this one.
sys.path.append(str(Path(__file__).parents[1] / "faulty"))
from _core_loop import Chat, main


class Slow(Chat):
    """The correct server."""


if __name__ == "__main__":
    time.sleep(1)
    main(Slow)
