"""Every third message is relayed without the nickname of its sender.

Violates RELAY-2.
"""

from __future__ import annotations

import socket

from _core_loop import Chat, Client, main

DEFECT = "Every third message is relayed without the nickname of its sender."
VIOLATES = ("RELAY-2",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def __init__(self, listener: socket.socket, dialect: str) -> None:
        super().__init__(listener, dialect)
        self.said = 0

    def say(self, sender: Client, text: str) -> None:
        self.said += 1
        super().say(sender, text)

    def relayed(self, sender: Client, text: str) -> bytes:
        return super().relayed(sender, text) if self.said % 3 else f"{text}{self.end}".encode()


if __name__ == "__main__":
    main(Faulty)
