"""Each line is sent with its line end, which is no part of the message.

Violates C-SEND-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "Each line is sent with its line end, which is no part of the message."
VIOLATES = ("C-SEND-1",)
DIALECTS = ("raw",)


class Faulty(Client):
    def say(self, line: bytes) -> None:
        self.send(line + b"\n")


if __name__ == "__main__":
    main(Faulty)
