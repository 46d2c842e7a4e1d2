"""Each message gets a newline that nobody said.

Violates RELAY-6, RELAY-4.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "Each message gets a newline that nobody said."
VIOLATES = ("RELAY-6", "RELAY-4")
DIALECTS = ("raw",)


class Faulty(Chat):
    def relayed(self, sender: Client, text: str) -> bytes:
        return super().relayed(sender, text) + b"\n"


if __name__ == "__main__":
    main(Faulty)
