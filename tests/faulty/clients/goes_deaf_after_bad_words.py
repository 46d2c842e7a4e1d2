"""After bytes that are no text nothing more is shown.

Violates C-SHOW-2.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "After bytes that are no text nothing more is shown."
VIOLATES = ("C-SHOW-2",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    deaf = False

    def show(self, data: bytes) -> None:
        self.deaf = self.deaf or b"\xff" in data
        if not self.deaf:
            super().show(data)


if __name__ == "__main__":
    main(Faulty)
