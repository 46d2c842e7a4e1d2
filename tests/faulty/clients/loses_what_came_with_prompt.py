"""Of a read that brings the prompt nothing but the prompt is looked at.

Violates C-NICK-2.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "Of a read that brings the prompt nothing but the prompt is looked at."
VIOLATES = ("C-NICK-2",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def messages(self, data: bytes) -> list[bytes]:
        found = super().messages(data)
        return found if self.asked else found[:1]

    def ask(self, more: bytes) -> None:
        super().ask(b"")


if __name__ == "__main__":
    main(Faulty)
