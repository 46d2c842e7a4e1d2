"""Each read of the connection is taken for one line.

Violates C-NICK-2, C-SHOW-2.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "Each read of the connection is taken for one line."
VIOLATES = ("C-NICK-2", "C-SHOW-2")
DIALECTS = ("lines",)


class Faulty(Client):
    def messages(self, data: bytes) -> list[bytes]:
        return [data.removesuffix(self.end)] * bool(data)


if __name__ == "__main__":
    main(Faulty)
