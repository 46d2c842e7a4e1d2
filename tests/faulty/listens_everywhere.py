"""It listens on every address of the machine.

Violates LIFE-3.
"""

from __future__ import annotations

from _core_loop import Chat, main

DEFECT = "It listens on every address of the machine."
VIOLATES = ("LIFE-3",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    host = "0.0.0.0"  # noqa: S104 - the defect


if __name__ == "__main__":
    main(Faulty)
