"""Of two blanks in a line one is sent.

Violates C-SEND-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "Of two blanks in a line one is sent."
VIOLATES = ("C-SEND-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def say(self, line: bytes) -> None:
        self.send(b" ".join(line.split()))


if __name__ == "__main__":
    main(Faulty)
