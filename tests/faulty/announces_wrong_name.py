"""Who comes is announced to the others under the name of the one before.

Violates LEAVE-7.
"""

from __future__ import annotations

from _nick import Chat, Client, main

DEFECT = "Who comes is announced to the others under the name of the one before."
VIOLATES = ("LEAVE-7",)
DIALECTS = ("nick",)


class Faulty(Chat):
    def announce_joining(self, client: Client) -> None:
        before = self.members[-2:][0]
        self.tell(client, f"{client.nick} joined!")
        for member in list(self.members):
            if member is not client:
                self.tell(member, f"{before.nick} joined!")


if __name__ == "__main__":
    main(Faulty)
