"""Blanks before and behind a line are not sent.

Violates C-SEND-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "Blanks before and behind a line are not sent."
VIOLATES = ("C-SEND-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def say(self, line: bytes) -> None:
        self.send(line.strip())


if __name__ == "__main__":
    main(Faulty)
