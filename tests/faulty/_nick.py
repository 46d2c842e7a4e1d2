"""A correct chat server in the dialect `nick`, from which faulty servers derive.

Clients write their own names, everyone hears what is said, the sender too, and is told who comes;
the others are told who goes. The loop and the room are those of `_core_loop`. It does not know
which defects there are.
"""

from __future__ import annotations

import _core_loop
from _core_loop import Client, main

__all__ = ["Chat", "Client", "main"]


class Chat(_core_loop.Chat):
    """The room; each small method is a place where a faulty server puts its one defect."""

    dialects = ("nick",)
    prompt = "NICK"
    read_size = 1024

    def join(self, client: Client, nick: str) -> None:
        super().join(client, nick)
        self.tell(client, "Connected to server!")
        self.announce_joining(client)

    def leave(self, client: Client) -> None:
        was_member = client in self.members
        super().leave(client)
        if was_member:
            self.announce_leaving(client)

    def announce_joining(self, client: Client) -> None:
        for member in list(self.members):
            self.tell(member, f"{client.nick} joined!")

    def announce_leaving(self, client: Client) -> None:
        for member in list(self.members):
            self.tell(member, f"{client.nick} left!")

    def tell(self, client: Client, text: str) -> None:
        self.send(client, text.encode())

    def say(self, sender: Client, text: str) -> None:
        super().say(sender, text)
        self.echo(sender, text)

    def echo(self, sender: Client, text: str) -> None:
        self.deliver(sender, sender, text)

    def relayed(self, _sender: Client, text: str) -> bytes:
        return text.encode()


if __name__ == "__main__":
    main(Chat)
