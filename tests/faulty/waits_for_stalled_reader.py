"""While one member does not read and its queue is full, nobody is served.

Violates LOAD-1.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "While one member does not read and its queue is full, nobody is served."
VIOLATES = ("LOAD-1",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def give_up(self, client: Client) -> None:
        """Wait for it for ever."""


if __name__ == "__main__":
    main(Faulty)
