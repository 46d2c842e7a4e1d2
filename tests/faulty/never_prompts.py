"""No prompt is sent.

Violates JOIN-1.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "No prompt is sent."
VIOLATES = ("JOIN-1",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def greet(self, client: Client) -> None:
        """Send nothing."""


if __name__ == "__main__":
    main(Faulty)
