"""A line without an end is kept without a bound.

Violates INPUT-3.
"""

from __future__ import annotations

from _core_loop import Chat, main

DEFECT = "A line without an end is kept without a bound."
VIOLATES = ("INPUT-3",)
DIALECTS = ("lines",)


class Faulty(Chat):
    read_size = 65536
    longest_line = 1 << 40


if __name__ == "__main__":
    main(Faulty)
