"""The loop that accepts waits for each newcomer's nickname.

Violates JOIN-3.
"""

from __future__ import annotations

import contextlib

from _core_threads import Chat, Client, main

DEFECT = "The loop that accepts waits for each newcomer's nickname."
VIOLATES = ("JOIN-3",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def __init__(self, dialect: str) -> None:
        super().__init__(dialect)
        self.first: dict[Client, bytes] = {}

    def accepted(self, client: Client) -> None:
        with contextlib.suppress(OSError):
            client.sock.sendall(f"{self.prompt}{self.end}".encode())
            self.first[client] = client.sock.recv(self.read_size)
        super().accepted(client)

    def greet(self, client: Client) -> None:
        """Nothing more: the prompt was sent at the door."""

    def receive(self, client: Client) -> bytes:
        return self.first.pop(client) if client in self.first else super().receive(client)


if __name__ == "__main__":
    main(Faulty)
