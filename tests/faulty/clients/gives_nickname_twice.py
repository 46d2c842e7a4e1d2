"""The nickname is sent twice.

Violates C-NICK-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "The nickname is sent twice."
VIOLATES = ("C-NICK-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def give_nickname(self, nick: bytes) -> None:
        self.send(nick)
        self.send(nick)


if __name__ == "__main__":
    main(Faulty)
