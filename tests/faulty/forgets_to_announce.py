"""Of those who are there, the last to have come is not told who goes.

Violates LEAVE-7.
"""

from __future__ import annotations

from _nick import Chat, Client, main

DEFECT = "Of those who are there, the last to have come is not told who goes."
VIOLATES = ("LEAVE-7",)
DIALECTS = ("nick",)


class Faulty(Chat):
    def announce_leaving(self, client: Client) -> None:
        for member in self.members[:-1]:
            self.tell(member, f"{client.nick} left!")


if __name__ == "__main__":
    main(Faulty)
