"""The sender gets its own message too.

Violates RELAY-3.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "The sender gets its own message too."
VIOLATES = ("RELAY-3",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def say(self, sender: Client, text: str) -> None:
        super().say(sender, text)
        self.deliver(sender, sender, text)


if __name__ == "__main__":
    main(Faulty)
