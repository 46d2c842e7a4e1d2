"""When the server has gone, its end is read again and again.

Violates C-END-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "When the server has gone, its end is read again and again."
VIOLATES = ("C-END-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def dropped(self) -> None:
        pass


if __name__ == "__main__":
    main(Faulty)
