"""A line end at the end of a nickname is kept, and stands in whatever is said of its owner.

Violates JOIN-6, RELAY-2, LEAVE-7.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "A line end at the end of a nickname is kept, and stands in whatever is said of its owner."
VIOLATES = ("JOIN-6", "RELAY-2", "LEAVE-7")
DIALECTS = ("announcing-raw",)


class Faulty(Chat):
    dialects = DIALECTS
    prompt = "Choose a nickname: "

    def take(self, client: Client, text: str) -> None:
        if client.nick:
            self.say(client, text)
        else:
            self.join(client, text)

    def admits(self, nick: str) -> bool:
        return super().admits(nick.rstrip("\r\n"))

    def join(self, client: Client, nick: str) -> None:
        super().join(client, nick)
        self.send(client, f"Welcome, {nick}!\n".encode())
        self.announce(client, "joined")

    def leave(self, client: Client) -> None:
        was_in = client in self.members
        super().leave(client)
        if was_in:
            self.announce(client, "left")

    def announce(self, client: Client, did: str) -> None:
        for member in self.members:
            if member is not client:
                self.send(member, f"*** {client.nick} has {did} the chat ***\n".encode())

    def relayed(self, sender: Client, text: str) -> bytes:
        return f"[{sender.nick}] {text}".encode()


if __name__ == "__main__":
    main(Faulty)
