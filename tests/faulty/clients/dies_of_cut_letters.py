"""A letter that is cut by segments is an unhandled error.

Violates C-SHOW-2.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "A letter that is cut by segments is an unhandled error."
VIOLATES = ("C-SHOW-2",)
DIALECTS = ("raw",)


class Faulty(Client):
    def show(self, data: bytes) -> None:
        print(self.clean(data.decode("utf-8")), flush=True)


if __name__ == "__main__":
    main(Faulty)
