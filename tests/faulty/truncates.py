"""Messages are cut after 512 bytes.

Violates RELAY-7, RELAY-4, RELAY-1.
"""

from __future__ import annotations

from _core_threads import Chat, Client, main

DEFECT = "Messages are cut after 512 bytes."
VIOLATES = ("RELAY-7", "RELAY-4", "RELAY-1")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def say(self, sender: Client, text: str) -> None:
        super().say(sender, text.encode()[:512].decode(errors="ignore"))


if __name__ == "__main__":
    main(Faulty)
