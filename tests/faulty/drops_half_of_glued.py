"""Of the lines that a member sends in one segment only the first is relayed.

Violates RELAY-9, RELAY-1.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "Of the lines that a member sends in one segment only the first is relayed."
VIOLATES = ("RELAY-9", "RELAY-1")
DIALECTS = ("lines",)


class Faulty(Chat):
    def texts(self, client: Client, data: bytes) -> list[str]:
        lines = super().texts(client, data)
        return lines[:1] if client.nick else lines


if __name__ == "__main__":
    main(Faulty)
