"""Every third message does not come back to its sender.

Violates RELAY-3.
"""

from __future__ import annotations

from _nick import Chat, Client, main

DEFECT = "Every third message does not come back to its sender."
VIOLATES = ("RELAY-3",)
DIALECTS = ("nick",)


class Faulty(Chat):
    said = 0

    def echo(self, sender: Client, text: str) -> None:
        self.said += 1
        if self.said % 3:
            super().echo(sender, text)


if __name__ == "__main__":
    main(Faulty)
