"""What a member that does not read has no room for is kept without a bound.

Violates LOAD-3.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "What a member that does not read has no room for is kept without a bound."
VIOLATES = ("LOAD-3",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    read_size = 65536

    def is_full(self, _client: Client) -> bool:
        return False


if __name__ == "__main__":
    main(Faulty)
