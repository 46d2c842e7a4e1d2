"""The program ends on a signal, but a child of it keeps the connections open.

Violates LIFE-1.
The child ends when the last client has closed, and after a minute at the latest.
"""

from __future__ import annotations

import os
import select
import time

from _core_loop import Chat, main

DEFECT = "The program ends on a signal, but a child of it keeps the connections open."
VIOLATES = ("LIFE-1",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def run(self) -> None:
        try:
            super().run()
        except SystemExit:
            if self.clients and os.fork() == 0:
                self.hold()
                os._exit(0)
            raise

    def hold(self) -> None:
        """Keep only the clients, until all of them have closed, and no longer than a minute."""
        self.listener.close()
        os.closerange(0, 3)
        waiter = select.poll()
        for client in self.clients:
            waiter.register(client.sock, select.POLLRDHUP)
        left, deadline = len(self.clients), time.monotonic() + 60
        while left and (seconds := deadline - time.monotonic()) > 0:
            for number, _ in waiter.poll(seconds * 1000):
                waiter.unregister(number)
                left -= 1


if __name__ == "__main__":
    main(Faulty)
