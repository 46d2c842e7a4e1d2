"""Each line is sent when the next one was typed.

Violates C-SEND-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "Each line is sent when the next one was typed."
VIOLATES = ("C-SEND-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    kept: bytes | None = None

    def say(self, line: bytes) -> None:
        if self.kept is not None:
            super().say(self.kept)
        self.kept = line


if __name__ == "__main__":
    main(Faulty)
