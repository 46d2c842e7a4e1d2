"""Serves correctly, and cannot be ended by SIGTERM, SIGINT or SIGHUP."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

# The correct server there becomes this one.
sys.path.append(str(Path(__file__).parents[1] / "faulty"))
from _core_loop import Chat, main


class Hostile(Chat):
    """Takes no hint; tells its process id, so that it can be looked for."""

    def run(self) -> None:
        """Serve whatever comes."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        print("pid", os.getpid(), flush=True)
        super().run()


if __name__ == "__main__":
    main(Hostile)
