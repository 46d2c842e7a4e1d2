"""The socket of a departed member is never closed.

Violates LEAVE-1, LEAVE-6.
"""

from __future__ import annotations

from typing import ClassVar

from _core_loop import Chat, Client, main

DEFECT = "The socket of a departed member is never closed."
VIOLATES = ("LEAVE-1", "LEAVE-6")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    departed: ClassVar[list[Client]] = []

    def close(self, client: Client) -> None:
        if client.nick:
            # Kept, or the garbage collector would close it.
            self.clients.remove(client)
            self.departed.append(client)
        else:
            super().close(client)


if __name__ == "__main__":
    main(Faulty)
