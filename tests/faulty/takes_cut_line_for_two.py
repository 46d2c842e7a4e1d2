"""A member's line that arrives in pieces is relayed as two lines.

Violates RELAY-9, RELAY-1, RELAY-4, RELAY-6, RELAY-7.
"""

from __future__ import annotations

import socket
from weakref import WeakSet

from _core_loop import Chat, Client, main

DEFECT = "A member's line that arrives in pieces is relayed as two lines."
VIOLATES = ("RELAY-9", "RELAY-1", "RELAY-4", "RELAY-6", "RELAY-7")
DIALECTS = ("lines",)


class Faulty(Chat):
    def __init__(self, listener: socket.socket, dialect: str) -> None:
        super().__init__(listener, dialect)
        self.halfway: WeakSet[Client] = WeakSet()

    def texts(self, client: Client, data: bytes) -> list[str]:
        lines = super().texts(client, data)
        if lines:
            self.halfway.discard(client)
        if client.nick and client.rest and client not in self.halfway:
            self.halfway.add(client)
            lines.append(client.rest)
            client.rest = ""
        return lines


if __name__ == "__main__":
    main(Faulty)
