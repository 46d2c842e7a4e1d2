"""Each read is taken for one line, whatever newlines are in it.

Violates RELAY-9, JOIN-9, RELAY-1, RELAY-2, RELAY-4, RELAY-7.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "Each read is taken for one line, whatever newlines are in it."
VIOLATES = ("RELAY-9", "JOIN-9", "RELAY-1", "RELAY-2", "RELAY-4", "RELAY-7")
DIALECTS = ("lines",)


class Faulty(Chat):
    def texts(self, client: Client, data: bytes) -> list[str]:
        return [self.decode(client, data).removesuffix("\n")]


if __name__ == "__main__":
    main(Faulty)
