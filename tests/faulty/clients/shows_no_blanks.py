"""What is said is shown without its blanks.

Violates C-SHOW-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "What is said is shown without its blanks."
VIOLATES = ("C-SHOW-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def clean(self, text: str) -> str:
        return super().clean(text).replace(" ", "")


if __name__ == "__main__":
    main(Faulty)
