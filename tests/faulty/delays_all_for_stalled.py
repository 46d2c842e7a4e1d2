"""While a member does not read, everything is half a second late for everyone.

Violates LOAD-1.
Only after twelve megabytes is it disconnected.
"""

from __future__ import annotations

import time

from _core_loop import OUT_BOUND, Chat, Client, main

DEFECT = "While a member does not read, everything is half a second late for everyone."
VIOLATES = ("LOAD-1",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    read_size = 65536

    def is_full(self, _client: Client) -> bool:
        return False

    def _ready(self, *, congested: bool) -> list[tuple[Client | None, int]]:
        ready = super()._ready(congested=congested)
        if ready and self.stalled():
            time.sleep(0.5)
        return ready

    def stalled(self) -> list[Client]:
        """Give those who have much to take and took nothing since this was asked last."""
        behind = [client for client in self.clients if len(client.out) >= OUT_BOUND]
        found = [client for client in behind if client.sent == client.sent_at_last_look]
        for client in behind:
            client.sent_at_last_look = client.sent
        return found

    def send(self, client: Client, data: bytes) -> None:
        super().send(client, data)
        if len(client.out) >= 24 * OUT_BOUND:
            self.give_up(client)


if __name__ == "__main__":
    main(Faulty)
