"""Of two with one nickname the second is refused, and the first hears no more.

Violates JOIN-7, RELAY-1.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "Of two with one nickname the second is refused, and the first hears no more."
VIOLATES = ("JOIN-7", "RELAY-1")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def join(self, client: Client, nick: str) -> None:
        others = [member for member in self.members if member.nick != nick]
        refused = len(others) < len(self.members)
        self.members = others
        if refused:
            raise ValueError("the nickname is taken")
        super().join(client, nick)


if __name__ == "__main__":
    main(Faulty)
