"""The newest member misses every third message.

Violates RELAY-1.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "The newest member misses every third message."
VIOLATES = ("RELAY-1",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    said = 0

    def say(self, sender: Client, text: str) -> None:
        self.said += 1
        super().say(sender, text)

    def deliver(self, receiver: Client, sender: Client, text: str) -> None:
        if self.said % 3 or receiver is not self.members[-1]:
            super().deliver(receiver, sender, text)


if __name__ == "__main__":
    main(Faulty)
