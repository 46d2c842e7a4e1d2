"""Blanks around a nickname are not sent.

Violates C-NICK-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "Blanks around a nickname are not sent."
VIOLATES = ("C-NICK-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def give_nickname(self, nick: bytes) -> None:
        self.send(nick.strip())


if __name__ == "__main__":
    main(Faulty)
