"""Who comes is announced twice to everyone who is there.

Violates LEAVE-7.
"""

from __future__ import annotations

from _nick import Chat, Client, main

DEFECT = "Who comes is announced twice to everyone who is there."
VIOLATES = ("LEAVE-7",)
DIALECTS = ("nick",)


class Faulty(Chat):
    def announce_joining(self, client: Client) -> None:
        super().announce_joining(client)
        for member in list(self.members):
            if member is not client:
                self.tell(member, f"{client.nick} joined!")


if __name__ == "__main__":
    main(Faulty)
