"""Only the control characters below U+0020 are taken out, not those of U+0080.

Violates C-SHOW-4.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "Only the control characters below U+0020 are taken out, not those of U+0080."
VIOLATES = ("C-SHOW-4",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def clean(self, text: str) -> str:
        return "".join(char if char >= " " else "?" for char in text)


if __name__ == "__main__":
    main(Faulty)
