"""What members say while the process is stopped is thrown away when it continues.

Violates RELAY-1.
"""

from __future__ import annotations

import contextlib
import signal

from _core_loop import Chat, main

DEFECT = "What members say while the process is stopped is thrown away when it continues."
VIOLATES = ("RELAY-1",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def run(self) -> None:
        signal.signal(signal.SIGCONT, self.continued)
        super().run()

    def continued(self, *_: object) -> None:
        for member in self.members:
            with contextlib.suppress(OSError):
                member.sock.recv(1 << 24)


if __name__ == "__main__":
    main(Faulty)
