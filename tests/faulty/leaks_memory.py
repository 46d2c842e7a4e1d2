"""A quarter of a megabyte is kept for each member that has left.

Violates LEAVE-6.
"""

from __future__ import annotations

from typing import ClassVar

from _core_loop import Chat, Client, main

DEFECT = "A quarter of a megabyte is kept for each member that has left."
VIOLATES = ("LEAVE-6",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    size = 256 * 1024
    kept: ClassVar[list[bytes]] = []

    def leave(self, client: Client) -> None:
        if client in self.members:
            self.kept.append(b"x" * self.size)
        super().leave(client)


if __name__ == "__main__":
    main(Faulty)
