"""Each read of 1,000 bytes is decoded by itself, with U+FFFD for what was cut.

Violates INPUT-2, RELAY-4, RELAY-7.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "Each read of 1,000 bytes is decoded by itself, with U+FFFD for what was cut."
VIOLATES = ("INPUT-2", "RELAY-4", "RELAY-7")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    read_size = 1000

    def decode(self, _client: Client, data: bytes) -> str:
        return data.decode(errors="replace")


if __name__ == "__main__":
    main(Faulty)
