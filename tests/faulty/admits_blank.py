"""A blank nickname becomes a member.

Violates JOIN-6.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "A blank nickname becomes a member."
VIOLATES = ("JOIN-6",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def join(self, client: Client, nick: str) -> None:
        super().join(client, nick or " ")

    def admits(self, nick: str) -> bool:
        return not nick.strip() or super().admits(nick)


if __name__ == "__main__":
    main(Faulty)
