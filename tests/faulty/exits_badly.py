"""SIGINT ends it with a traceback and exit status 1.

Violates LIFE-1.
"""

from __future__ import annotations

import signal

from _core_loop import Chat, main

DEFECT = "SIGINT ends it with a traceback and exit status 1."
VIOLATES = ("LIFE-1",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def run(self) -> None:
        signal.signal(signal.SIGINT, self.interrupted)
        super().run()

    def interrupted(self, *_: object) -> None:
        raise RuntimeError("interrupted")


if __name__ == "__main__":
    main(Faulty)
