"""Bytes that are not text are replaced, and all who receive them are disconnected.

Violates INPUT-1, STAY-1, RELAY-1.
"""

from __future__ import annotations

import socket
from weakref import WeakSet

from _core_loop import Chat, Client, main

DEFECT = "Bytes that are not text are replaced, and all who receive them are disconnected."
VIOLATES = ("INPUT-1", "STAY-1", "RELAY-1")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def __init__(self, listener: socket.socket, dialect: str) -> None:
        super().__init__(listener, dialect)
        self.poisoned: WeakSet[Client] = WeakSet()

    def decode(self, client: Client, data: bytes) -> str:
        held, _ = client.decoder.getstate()
        try:
            return super().decode(client, data)
        except UnicodeDecodeError:
            if not client.nick:
                raise
            self.poisoned.add(client)
            client.decoder.reset()
            return (held + data).decode(errors="replace")

    def say(self, sender: Client, text: str) -> None:
        super().say(sender, text)
        self.poisoned.discard(sender)

    def deliver(self, receiver: Client, sender: Client, text: str) -> None:
        super().deliver(receiver, sender, text)
        if sender in self.poisoned:
            self.leave(receiver)


if __name__ == "__main__":
    main(Faulty)
