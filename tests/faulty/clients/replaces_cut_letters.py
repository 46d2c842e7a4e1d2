"""Of a letter that is cut by segments two signs are shown that are none.

Violates C-SHOW-2.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "Of a letter that is cut by segments two signs are shown that are none."
VIOLATES = ("C-SHOW-2",)
DIALECTS = ("raw",)


class Faulty(Client):
    def show(self, data: bytes) -> None:
        print(self.clean(data.decode("utf-8", "replace")), flush=True)


if __name__ == "__main__":
    main(Faulty)
