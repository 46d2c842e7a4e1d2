"""As long as more comes from one member, nobody else is looked at.

Violates LOAD-4.
What waits to be written is written meanwhile.
"""

from __future__ import annotations

import selectors

from _core_loop import Chat, Client, main

DEFECT = "As long as more comes from one member, nobody else is looked at."
VIOLATES = ("LOAD-4",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    talker: Client | None = None

    def _ready(self, *, congested: bool) -> list[tuple[Client | None, int]]:
        ready = super()._ready(congested=congested)
        if congested:
            return ready
        talkers = [client for client, events in ready if client and events & selectors.EVENT_READ]
        if self.talker not in talkers:
            self.talker = next(iter(talkers), None)
        if self.talker is None:
            return ready
        return [
            (client, events)
            for client, events in ready
            if client is self.talker or events == selectors.EVENT_WRITE
        ]


if __name__ == "__main__":
    main(Faulty)
