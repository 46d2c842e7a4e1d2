"""The thread of a departed member never ends.

Violates LEAVE-6.
"""

from __future__ import annotations

import threading

from _core_threads import Chat, Client, main

DEFECT = "The thread of a departed member never ends."
VIOLATES = ("LEAVE-6",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def serve(self, client: Client) -> None:
        super().serve(client)
        if client.nick:
            threading.Event().wait()


if __name__ == "__main__":
    main(Faulty)
