"""When the server has gone, the program waits for one more line.

Violates C-END-1.
"""

from __future__ import annotations

import os

from _core_client import Client, main

DEFECT = "When the server has gone, the program waits for one more line."
VIOLATES = ("C-END-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def dropped(self) -> None:
        super().dropped()
        os.read(0, 1)


if __name__ == "__main__":
    main(Faulty)
