"""The prompt is one where a read is exactly that.

Violates C-NICK-2.
"""

from __future__ import annotations

from _core_client import PROMPT, Client, main

DEFECT = "The prompt is one where a read is exactly that."
VIOLATES = ("C-NICK-2",)
DIALECTS = ("raw",)


class Faulty(Client):
    def heard(self, data: bytes) -> None:
        if data == PROMPT and not self.asked:
            self.ask(b"")
        else:
            self.show(data)


if __name__ == "__main__":
    main(Faulty)
