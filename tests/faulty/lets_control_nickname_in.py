"""A nickname with control characters becomes a member.

Violates JOIN-6.
"""

from __future__ import annotations

from _core_loop import Chat, main

DEFECT = "A nickname with control characters becomes a member."
VIOLATES = ("JOIN-6",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def admits(self, nick: str) -> bool:
        return bool(nick.strip())


if __name__ == "__main__":
    main(Faulty)
