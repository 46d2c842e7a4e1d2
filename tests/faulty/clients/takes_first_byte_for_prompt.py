"""Whatever comes first is the prompt, and what comes next is somebody's words.

Violates C-NICK-2. While the person is asked, nothing is read.
"""

from __future__ import annotations

import socket

from _core_client import Client, main

DEFECT = "Whatever comes first is the prompt, and what comes next is somebody's words."
VIOLATES = ("C-NICK-2",)
DIALECTS = ("raw",)


class Faulty(Client):
    def watched(self) -> list[socket.socket | int]:
        return [0] if self.asked and not self.named else super().watched()

    def read(self) -> None:
        if self.asked:
            super().read()
        elif self.sock.recv(1):
            self.ask(b"")
        else:
            self.dropped()


if __name__ == "__main__":
    main(Faulty)
