"""Sends everything to everyone, its sender too, and takes what it sent for something said."""

from __future__ import annotations

import sys
from pathlib import Path

# The correct server there becomes this one.
sys.path.append(str(Path(__file__).parents[1] / "faulty"))
from _core_loop import Chat, Client, main


class Hostile(Chat):
    """A loop between all members."""

    heard = b""

    def say(self, sender: Client, text: str) -> None:
        """Relay to everyone, the sender too; from the last words on, again and again."""
        for receiver in list(self.members):
            self.deliver(receiver, sender, text)
        if "last words" in text:
            self.heard = self.relayed(sender, text)

    def write(self, client: Client) -> None:
        """Send what waits; then what was heard is said by whoever heard it."""
        super().write(client)
        if self.heard and client in self.members and not client.out:
            client.out += f"{client.nick}: ".encode() + self.heard


if __name__ == "__main__":
    main(Hostile)
