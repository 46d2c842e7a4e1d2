"""At the prompt the person is asked nothing.

Violates C-NICK-1, C-NICK-2.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "At the prompt the person is asked nothing."
VIOLATES = ("C-NICK-1", "C-NICK-2")
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def ask(self, more: bytes) -> None:
        self.asked = True
        if more:
            self.show(more)


if __name__ == "__main__":
    main(Faulty)
