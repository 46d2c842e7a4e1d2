"""A member that half-closes is kept, and never reads the end of the stream.

Violates LEAVE-1, LEAVE-6.
"""

from __future__ import annotations

import socket

from _core_loop import Chat, Client, main

DEFECT = "A member that half-closes is kept, and never reads the end of the stream."
VIOLATES = ("LEAVE-1", "LEAVE-6")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def __init__(self, listener: socket.socket, dialect: str) -> None:
        super().__init__(listener, dialect)
        self.ended: set[Client] = set()

    def has_ended(self, client: Client) -> None:
        self.ended.add(client)

    def reads(self, client: Client) -> bool:
        return client not in self.ended

    def say(self, sender: Client, text: str) -> None:
        for client in list(self.ended):
            try:
                client.sock.getpeername()
            except OSError:
                # It has closed the other direction too: the last message was answered by a reset.
                self.ended.discard(client)
                self.leave(client)
        super().say(sender, text)


if __name__ == "__main__":
    main(Faulty)
