"""The first blank of a message becomes an underscore.

Violates RELAY-4.
"""

from __future__ import annotations

from _core_threads import Chat, Client, main

DEFECT = "The first blank of a message becomes an underscore."
VIOLATES = ("RELAY-4",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def say(self, sender: Client, text: str) -> None:
        super().say(sender, text.replace(" ", "_", 1))


if __name__ == "__main__":
    main(Faulty)
