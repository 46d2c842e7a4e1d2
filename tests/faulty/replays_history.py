"""A newcomer gets the last ten messages.

Violates RELAY-6.
"""

from __future__ import annotations

from collections import deque
from typing import ClassVar

from _core_loop import Chat, Client, main

DEFECT = "A newcomer gets the last ten messages."
VIOLATES = ("RELAY-6",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    history: ClassVar[deque[bytes]] = deque(maxlen=10)

    def say(self, sender: Client, text: str) -> None:
        super().say(sender, text)
        self.history.append(self.relayed(sender, text))

    def join(self, client: Client, nick: str) -> None:
        super().join(client, nick)
        self.send(client, b"".join(self.history))


if __name__ == "__main__":
    main(Faulty)
