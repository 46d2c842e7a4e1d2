"""Who has said a thousand bytes in all is disconnected.

Violates STAY-1, RELAY-1, RELAY-7.
"""

from __future__ import annotations

import socket

from _core_loop import Chat, Client, main

DEFECT = "Who has said a thousand bytes in all is disconnected."
VIOLATES = ("STAY-1", "RELAY-1", "RELAY-7")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    most = 1000

    def __init__(self, listener: socket.socket, dialect: str) -> None:
        super().__init__(listener, dialect)
        self.said: dict[Client, int] = {}

    def say(self, sender: Client, text: str) -> None:
        super().say(sender, text)
        self.said[sender] = self.said.get(sender, 0) + len(text.encode())
        if self.said[sender] >= self.most:
            raise ValueError("enough was said")

    def leave(self, client: Client) -> None:
        self.said.pop(client, None)
        super().leave(client)


if __name__ == "__main__":
    main(Faulty)
