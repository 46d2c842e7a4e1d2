"""Connections are closed when more than twenty have not yet sent their nickname.

Violates JOIN-10, JOIN-1, JOIN-3.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "Connections are closed when more than twenty have not yet sent their nickname."
VIOLATES = ("JOIN-10", "JOIN-1", "JOIN-3")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def greet(self, client: Client) -> None:
        if sum(not each.nick for each in self.clients) > 20:
            self.close(client)
        else:
            super().greet(client)


if __name__ == "__main__":
    main(Faulty)
