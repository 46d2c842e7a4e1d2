"""The name is written before each line, where the server does that.

Violates C-SEND-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "The name is written before each line, where the server does that."
VIOLATES = ("C-SEND-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def say(self, line: bytes) -> None:
        super().say(self.nick + b": " + line)


if __name__ == "__main__":
    main(Faulty)
