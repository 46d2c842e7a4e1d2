"""A refused connection is an unhandled error.

Violates C-CONN-1.
"""

from __future__ import annotations

import socket

from _core_client import Client, main

DEFECT = "A refused connection is an unhandled error."
VIOLATES = ("C-CONN-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def connect(self) -> socket.socket | None:
        return socket.create_connection(self.address)


if __name__ == "__main__":
    main(Faulty)
