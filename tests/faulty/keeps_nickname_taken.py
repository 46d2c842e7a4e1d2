"""A nickname is refused for ever once its owner has left.

Violates LEAVE-4.
"""

from __future__ import annotations

from typing import ClassVar

from _core_loop import Chat, Client, main

DEFECT = "A nickname is refused for ever once its owner has left."
VIOLATES = ("LEAVE-4",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    taken: ClassVar[set[str]] = set()

    def leave(self, client: Client) -> None:
        self.taken.add(client.nick)
        super().leave(client)

    def admits(self, nick: str) -> bool:
        return super().admits(nick) and nick not in self.taken


if __name__ == "__main__":
    main(Faulty)
