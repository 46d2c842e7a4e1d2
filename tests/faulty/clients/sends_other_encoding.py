"""Lines are sent in Windows-1251, and not in UTF-8.

Violates C-SEND-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "Lines are sent in Windows-1251, and not in UTF-8."
VIOLATES = ("C-SEND-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def say(self, line: bytes) -> None:
        super().say(line.decode().encode("cp1251", "replace"))


if __name__ == "__main__":
    main(Faulty)
