"""When the server has gone, the program ends, and says nothing.

Violates C-END-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "When the server has gone, the program ends, and says nothing."
VIOLATES = ("C-END-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def dropped(self) -> None:
        self.going = False


if __name__ == "__main__":
    main(Faulty)
