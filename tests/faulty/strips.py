"""Blanks at the edges of a message are stripped.

Violates RELAY-4.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "Blanks at the edges of a message are stripped."
VIOLATES = ("RELAY-4",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def say(self, sender: Client, text: str) -> None:
        super().say(sender, text.strip(" \t"))


if __name__ == "__main__":
    main(Faulty)
