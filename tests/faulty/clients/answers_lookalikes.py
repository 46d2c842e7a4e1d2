"""Whenever the prompt is read, the nickname is sent again.

Violates C-SHOW-3.
"""

from __future__ import annotations

from _core_client import PROMPT, Client, main

DEFECT = "Whenever the prompt is read, the nickname is sent again."
VIOLATES = ("C-SHOW-3",)
DIALECTS = ("raw",)


class Faulty(Client):
    def heard(self, data: bytes) -> None:
        if self.named and data.endswith(PROMPT):
            self.give_nickname(self.nick)
        super().heard(data)


if __name__ == "__main__":
    main(Faulty)
