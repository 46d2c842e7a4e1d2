"""What a member that does not read has no room for is thrown away.

Violates LOAD-2, RELAY-1.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "What a member that does not read has no room for is thrown away."
VIOLATES = ("LOAD-2", "RELAY-1")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def send(self, client: Client, data: bytes) -> None:
        if len(client.out) < 65536:
            super().send(client, data)


if __name__ == "__main__":
    main(Faulty)
