"""Whoever stands behind a departed member misses the next message.

Violates LEAVE-3, LEAVE-1, LEAVE-2, RELAY-1.
The list of members is shortened while a loop goes over it. The newest member is first in it, so
there is always someone behind.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "Whoever stands behind a departed member misses the next message."
VIOLATES = ("LEAVE-3", "LEAVE-1", "LEAVE-2", "RELAY-1")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def join(self, client: Client, nick: str) -> None:
        super().join(client, nick)
        self.members.insert(0, self.members.pop())

    def leave(self, client: Client) -> None:
        """Let go; who is gone is found in the list when somebody speaks."""
        self.close(client)

    def say(self, sender: Client, text: str) -> None:
        for receiver in self.members:
            if receiver is not sender:
                self.deliver(receiver, sender, text)

    def deliver(self, receiver: Client, sender: Client, text: str) -> None:
        if receiver in self.clients:
            super().deliver(receiver, sender, text)
        else:
            self.members.remove(receiver)


if __name__ == "__main__":
    main(Faulty)
