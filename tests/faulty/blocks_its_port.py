"""It cannot be started again at once on a port where it closed a connection.

Violates LIFE-2.
"""

from __future__ import annotations

from _core_loop import Chat, main

DEFECT = "It cannot be started again at once on a port where it closed a connection."
VIOLATES = ("LIFE-2",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    reuse_address = False


if __name__ == "__main__":
    main(Faulty)
