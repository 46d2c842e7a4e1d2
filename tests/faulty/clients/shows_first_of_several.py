"""Of several messages that one read brings, the first is shown.

Violates C-SHOW-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "Of several messages that one read brings, the first is shown."
VIOLATES = ("C-SHOW-1",)
DIALECTS = ("lines",)


class Faulty(Client):
    def messages(self, data: bytes) -> list[bytes]:
        return super().messages(data)[:1]


if __name__ == "__main__":
    main(Faulty)
