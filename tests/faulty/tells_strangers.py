"""A connection that has not sent its nickname hears the room.

Violates JOIN-5.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "A connection that has not sent its nickname hears the room."
VIOLATES = ("JOIN-5",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def say(self, sender: Client, text: str) -> None:
        super().say(sender, text)
        for client in list(self.clients):
            if not client.nick:
                self.deliver(client, sender, text)


if __name__ == "__main__":
    main(Faulty)
