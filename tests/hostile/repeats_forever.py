"""Serves correctly, and then repeats one message without end."""

from __future__ import annotations

import sys
from pathlib import Path

# The correct server there becomes this one.
sys.path.append(str(Path(__file__).parents[1] / "faulty"))
from _core_loop import Chat, Client, main


class Hostile(Chat):
    """Never has enough of the last words."""

    again = b""

    def deliver(self, receiver: Client, sender: Client, text: str) -> None:
        """Relay, and remember."""
        super().deliver(receiver, sender, text)
        if "last words" in text:
            self.again = self.relayed(sender, text)

    def write(self, client: Client) -> None:
        """Send what waits; then the same again."""
        super().write(client)
        if self.again and client in self.members and not client.out:
            client.out += self.again


if __name__ == "__main__":
    main(Hostile)
