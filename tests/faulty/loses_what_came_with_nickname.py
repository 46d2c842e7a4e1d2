"""A message that arrives in the same segment as the nickname is lost.

Violates JOIN-9, RELAY-1.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "A message that arrives in the same segment as the nickname is lost."
VIOLATES = ("JOIN-9", "RELAY-1")
DIALECTS = ("lines",)


class Faulty(Chat):
    def texts(self, client: Client, data: bytes) -> list[str]:
        lines = super().texts(client, data)
        return lines if client.nick else lines[:1]


if __name__ == "__main__":
    main(Faulty)
