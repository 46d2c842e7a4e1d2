"""After the end of the input the program goes on.

Violates C-END-2.
"""

from __future__ import annotations

import socket

from _core_client import Client, main

DEFECT = "After the end of the input the program goes on."
VIOLATES = ("C-END-2",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    over = False

    def watched(self) -> list[socket.socket | int]:
        return [self.sock] if self.over else [self.sock, 0]

    def no_more_input(self) -> None:
        self.over = True


if __name__ == "__main__":
    main(Faulty)
