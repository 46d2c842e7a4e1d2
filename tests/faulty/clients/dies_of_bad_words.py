"""Bytes that are no text are an unhandled error.

Violates C-SHOW-2.
"""

from __future__ import annotations

import codecs

from _core_client import Client, main

DEFECT = "Bytes that are no text are an unhandled error."
VIOLATES = ("C-SHOW-2",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def __init__(self, host: str, port: int, dialect: str) -> None:
        super().__init__(host, port, dialect)
        self.decoder = codecs.getincrementaldecoder("utf-8")("strict")


if __name__ == "__main__":
    main(Faulty)
