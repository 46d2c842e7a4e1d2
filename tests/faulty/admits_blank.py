"""A blank nickname becomes a member.

Violates JOIN-6.
"""

from __future__ import annotations

from _core_loop import Chat, main

DEFECT = "A blank nickname becomes a member."
VIOLATES = ("JOIN-6",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def admits(self, _nick: str) -> bool:
        return True


if __name__ == "__main__":
    main(Faulty)
