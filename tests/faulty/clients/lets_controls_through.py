"""Control sequences in messages are printed as they are.

Violates C-SHOW-4.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "Control sequences in messages are printed as they are."
VIOLATES = ("C-SHOW-4",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def clean(self, text: str) -> str:
        return text


if __name__ == "__main__":
    main(Faulty)
