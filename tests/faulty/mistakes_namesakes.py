"""Whoever joins with the nickname of a member takes its place: the first hears no more.

Violates JOIN-7, RELAY-1.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "Whoever joins with the nickname of a member takes its place: the first hears no more."
VIOLATES = ("JOIN-7", "RELAY-1")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def join(self, client: Client, nick: str) -> None:
        self.members = [member for member in self.members if member.nick != nick]
        super().join(client, nick)


if __name__ == "__main__":
    main(Faulty)
