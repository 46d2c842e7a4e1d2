"""The nickname is sent in other letters than it was typed in.

Violates C-NICK-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "The nickname is sent in other letters than it was typed in."
VIOLATES = ("C-NICK-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def give_nickname(self, nick: bytes) -> None:
        self.send(nick.decode("utf-8", "replace").title().swapcase().encode())


if __name__ == "__main__":
    main(Faulty)
