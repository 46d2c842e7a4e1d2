"""SIGINT and SIGTERM do not end it.

Violates LIFE-1.
"""

from __future__ import annotations

import signal

from _core_loop import Chat, main

DEFECT = "SIGINT and SIGTERM do not end it."
VIOLATES = ("LIFE-1",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        super().run()


if __name__ == "__main__":
    main(Faulty)
