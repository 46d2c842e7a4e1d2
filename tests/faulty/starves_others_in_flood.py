"""As long as more comes from one member, nobody else is looked at.

Violates LOAD-4.
What waits to be written is written meanwhile. Who has much to say may pause for two seconds.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter

from _core_loop import Chat, Client, main

DEFECT = "As long as more comes from one member, nobody else is looked at."
VIOLATES = ("LOAD-4",)
DIALECTS = ("raw", "lines")

# More comes from a member that has said so many bytes, and pauses no longer. Bytes, not turns in
# a row: how often somebody is found ready is up to the machine.
MUCH = 64 * 1024
PAUSE = 2.0


class Faulty(Chat):
    talker: Client | None = None
    heard = 0.0

    def __init__(self, listener: socket.socket, dialect: str) -> None:
        super().__init__(listener, dialect)
        self.said: Counter[Client | None] = Counter()

    def _ready(self, *, congested: bool) -> list[tuple[Client | None, int]]:
        ready = super()._ready(congested=congested)
        if congested:
            # Nobody is read now, the talker neither.
            self.heard = time.monotonic()
            return ready
        talkers = [client for client, events in ready if client and events & selectors.EVENT_READ]
        if self.talker in talkers:
            self.heard = time.monotonic()
        elif self.said[self.talker] < MUCH:
            self.talker = next(iter(talkers), None)
        elif time.monotonic() - self.heard > PAUSE:
            del self.said[self.talker]
            self.talker = next(iter(talkers), None)
        if self.talker is None:
            return ready
        return [
            (client, events)
            for client, events in ready
            if client is self.talker or events == selectors.EVENT_WRITE
        ]

    def _take(self, client: Client, data: bytes) -> None:
        self.said[client] += len(data)
        super()._take(client, data)


if __name__ == "__main__":
    main(Faulty)
