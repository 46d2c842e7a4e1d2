"""What others say is shown when the person has pressed Enter.

Violates C-SHOW-1, C-SHOW-2, C-END-1.
"""

from __future__ import annotations

import contextlib
import socket

from _core_client import Client, main

DEFECT = "What others say is shown when the person has pressed Enter."
VIOLATES = ("C-SHOW-1", "C-SHOW-2", "C-END-1")
DIALECTS = ("raw",)


class Faulty(Client):
    waits = False

    def watched(self) -> list[socket.socket | int]:
        # After each word of the others the keyboard is waited for, as by `input()`.
        return [0] if self.waits and self.named else [self.sock, 0]

    def line(self, line: bytes) -> None:
        self.waits = True
        super().line(line)
        self.waits = self.named
        if self.named and self.waits:
            self.sock.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                self.heard(self.sock.recv(4096))
            self.sock.setblocking(True)


if __name__ == "__main__":
    main(Faulty)
