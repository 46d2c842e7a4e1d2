"""As long as more comes from one member, nobody else is looked at.

Violates LOAD-4.
What waits to be written is written meanwhile. Who has much to say may pause for two seconds.
"""

from __future__ import annotations

import selectors
import time

from _core_loop import Chat, Client, main

DEFECT = "As long as more comes from one member, nobody else is looked at."
VIOLATES = ("LOAD-4",)
DIALECTS = ("raw", "lines")

# More comes from a member of whom so many turns have been served, and who pauses no longer.
TURNS = 20
PAUSE = 2.0


class Faulty(Chat):
    talker: Client | None = None
    turns = 0
    heard = 0.0

    def _ready(self, *, congested: bool) -> list[tuple[Client | None, int]]:
        ready = super()._ready(congested=congested)
        if congested:
            # Nobody is read now, the talker neither.
            self.heard = time.monotonic()
            return ready
        talkers = [client for client, events in ready if client and events & selectors.EVENT_READ]
        if self.talker in talkers:
            self.turns, self.heard = self.turns + 1, time.monotonic()
        elif self.turns < TURNS or time.monotonic() - self.heard > PAUSE:
            self.talker, self.turns = next(iter(talkers), None), 0
        if self.talker is None:
            return ready
        return [
            (client, events)
            for client, events in ready
            if client is self.talker or events == selectors.EVENT_WRITE
        ]


if __name__ == "__main__":
    main(Faulty)
