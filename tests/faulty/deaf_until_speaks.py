"""Until a newcomer speaks it hears, of those who were there, only the first two.

Violates JOIN-2, RELAY-1.
"""

from __future__ import annotations

import socket

from _core_loop import Chat, Client, main

DEFECT = "Until a newcomer speaks it hears, of those who were there, only the first two."
VIOLATES = ("JOIN-2", "RELAY-1")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def __init__(self, listener: socket.socket, dialect: str) -> None:
        super().__init__(listener, dialect)
        self.unheard: dict[Client, list[Client]] = {}

    def join(self, client: Client, nick: str) -> None:
        self.unheard[client] = self.members[2:]
        super().join(client, nick)

    def leave(self, client: Client) -> None:
        self.unheard.pop(client, None)
        super().leave(client)

    def say(self, sender: Client, text: str) -> None:
        self.unheard.pop(sender, None)
        super().say(sender, text)

    def deliver(self, receiver: Client, sender: Client, text: str) -> None:
        if sender not in self.unheard.get(receiver, ()):
            super().deliver(receiver, sender, text)


if __name__ == "__main__":
    main(Faulty)
