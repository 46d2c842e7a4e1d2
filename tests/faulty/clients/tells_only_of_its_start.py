"""It says that it connects, and nothing where it cannot.

Violates C-CONN-1.
"""

from __future__ import annotations

import socket

from _core_client import Client, main

DEFECT = "It says that it connects, and nothing where it cannot."
VIOLATES = ("C-CONN-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def connect(self) -> socket.socket | None:
        print("Connecting to the server ...", flush=True)
        try:
            return socket.create_connection(self.address)
        except OSError:
            return None


if __name__ == "__main__":
    main(Faulty)
