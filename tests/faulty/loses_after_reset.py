"""After a member resets, the next message is lost for those after it in the list.

Violates LEAVE-3, LEAVE-2, RELAY-1.
The broadcast loop breaks at a dead socket. The newest member is first in the list, so there
is always someone after it.
"""

from __future__ import annotations

from _core_threads import Chat, Client, main

DEFECT = "After a member resets, the next message is lost for those after it in the list."
VIOLATES = ("LEAVE-3", "LEAVE-2", "RELAY-1")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def join(self, client: Client, nick: str) -> None:
        with self.lock:
            super().join(client, nick)
            self.members.insert(0, self.members.pop())

    def leave(self, client: Client) -> None:
        if client.was_reset:
            self.close(client)
        else:
            super().leave(client)

    def receivers(self, sender: Client) -> list[Client]:
        alive = []
        with self.lock:
            for member in self.members:
                if member.was_reset:
                    self.members.remove(member)
                    break
                alive.append(member)
        return [member for member in alive if member is not sender]


if __name__ == "__main__":
    main(Faulty)
