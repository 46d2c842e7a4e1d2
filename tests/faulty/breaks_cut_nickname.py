"""A nickname that arrives in pieces is broken off after the first.

Violates JOIN-9, RELAY-2, RELAY-6.
The rest of it is taken for a message.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "A nickname that arrives in pieces is broken off after the first."
VIOLATES = ("JOIN-9", "RELAY-2", "RELAY-6")
DIALECTS = ("lines",)


class Faulty(Chat):
    def texts(self, client: Client, data: bytes) -> list[str]:
        lines = super().texts(client, data)
        if not client.nick and not lines and client.rest:
            lines.append(client.rest)
            client.rest = ""
        return lines


if __name__ == "__main__":
    main(Faulty)
