"""After a departure, a thread spins at 100 % of a processor.

Violates LEAVE-6.
"""

from __future__ import annotations

import threading
import time

from _core_threads import Chat, Client, main

DEFECT = "After a departure, a thread spins at 100 % of a processor."
VIOLATES = ("LEAVE-6",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    spinner: threading.Thread | None = None

    def leave(self, client: Client) -> None:
        super().leave(client)
        if client.nick and not self.spinner:
            self.spinner = threading.Thread(target=self.spin, daemon=True)
            self.spinner.start()

    def spin(self) -> None:
        while True:
            # Gives the interpreter lock away each time, so that the chat itself goes on.
            time.sleep(0)


if __name__ == "__main__":
    main(Faulty)
