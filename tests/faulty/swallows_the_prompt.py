"""A message that is the word of the prompt is swallowed.

Violates RELAY-10, RELAY-1.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "A message that is the word of the prompt is swallowed."
VIOLATES = ("RELAY-10", "RELAY-1")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def say(self, sender: Client, text: str) -> None:
        if text != self.prompt:
            super().say(sender, text)


if __name__ == "__main__":
    main(Faulty)
