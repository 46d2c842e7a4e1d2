"""What a member that does not read has no room for is kept without a bound.

Violates LOAD-3.
"""

from __future__ import annotations

from _core_loop import Chat, main

DEFECT = "What a member that does not read has no room for is kept without a bound."
VIOLATES = ("LOAD-3",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    out_bound = 1 << 40


if __name__ == "__main__":
    main(Faulty)
