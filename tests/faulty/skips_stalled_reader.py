"""While a member does not read, what is said is thrown away for it.

Violates LOAD-2, RELAY-1.
"""

from __future__ import annotations

from typing import ClassVar

from _core_loop import Chat, Client, main

DEFECT = "While a member does not read, what is said is thrown away for it."
VIOLATES = ("LOAD-2", "RELAY-1")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    deaf: ClassVar[set[Client]] = set()

    def is_full(self, client: Client) -> bool:
        return super().is_full(client) and client not in self.deaf

    def give_up(self, client: Client) -> None:
        self.deaf.add(client)

    def send(self, client: Client, data: bytes) -> None:
        if not client.out:
            self.deaf.discard(client)
        if client not in self.deaf:
            super().send(client, data)


if __name__ == "__main__":
    main(Faulty)
