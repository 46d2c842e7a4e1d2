"""Of each line but the nickname the first letter is not sent.

Violates C-SEND-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "Of each line but the nickname the first letter is not sent."
VIOLATES = ("C-SEND-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def say(self, line: bytes) -> None:
        super().say(line.decode()[1:].encode())


if __name__ == "__main__":
    main(Faulty)
