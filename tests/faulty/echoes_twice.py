"""Every third message comes back to its sender twice.

Violates RELAY-3.
"""

from __future__ import annotations

from _nick import Chat, Client, main

DEFECT = "Every third message comes back to its sender twice."
VIOLATES = ("RELAY-3",)
DIALECTS = ("nick",)


class Faulty(Chat):
    said = 0

    def echo(self, sender: Client, text: str) -> None:
        super().echo(sender, text)
        self.said += 1
        if self.said % 3 == 0:
            super().echo(sender, text)


if __name__ == "__main__":
    main(Faulty)
