"""Ctrl-C is an unhandled error.

Violates C-END-2.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "Ctrl-C is an unhandled error."
VIOLATES = ("C-END-2",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def interrupted(self) -> None:
        raise KeyboardInterrupt


if __name__ == "__main__":
    main(Faulty)
