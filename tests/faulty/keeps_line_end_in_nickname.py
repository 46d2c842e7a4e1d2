"""A line end at the end of a nickname is kept in it.

Violates JOIN-6, RELAY-2.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "A line end at the end of a nickname is kept in it."
VIOLATES = ("JOIN-6", "RELAY-2")
DIALECTS = ("raw",)


class Faulty(Chat):
    def take(self, client: Client, text: str) -> None:
        if client.nick:
            self.say(client, text)
        else:
            self.join(client, text)

    def admits(self, nick: str) -> bool:
        return super().admits(nick.rstrip("\r\n"))


if __name__ == "__main__":
    main(Faulty)
