"""A connection that is reset is an unhandled error.

Violates C-END-1.
"""

from __future__ import annotations

from _core_client import Client, main

DEFECT = "A connection that is reset is an unhandled error."
VIOLATES = ("C-END-1",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def read(self) -> None:
        data = self.sock.recv(4096)
        if not data:
            self.dropped()
        for message in self.messages(data):
            self.heard(message)


if __name__ == "__main__":
    main(Faulty)
