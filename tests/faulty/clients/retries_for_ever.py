"""A refused connection is tried again, and again, and nobody is told.

Violates C-CONN-1.
"""

from __future__ import annotations

import socket
import time

from _core_client import Client, main

DEFECT = "A refused connection is tried again, and again, and nobody is told."
VIOLATES = ("C-CONN-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def connect(self) -> socket.socket | None:
        while True:
            try:
                return socket.create_connection(self.address)
            except OSError:
                time.sleep(0.2)


if __name__ == "__main__":
    main(Faulty)
