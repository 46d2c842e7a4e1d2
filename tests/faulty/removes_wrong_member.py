"""A departure also disconnects the member that joined after it.

Violates STAY-1, LEAVE-1, LEAVE-2, LEAVE-3, RELAY-1.
As two lists that are kept by index and have come apart.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "A departure also disconnects the member that joined after it."
VIOLATES = ("STAY-1", "LEAVE-1", "LEAVE-2", "LEAVE-3", "RELAY-1")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def leave(self, client: Client) -> None:
        wrong: list[Client] = []
        if client in self.members:
            after = self.members.index(client) + 1
            wrong = self.members[after:][:1] or self.members[:-1][:1]
        super().leave(client)
        for each in wrong:
            super().leave(each)


if __name__ == "__main__":
    main(Faulty)
