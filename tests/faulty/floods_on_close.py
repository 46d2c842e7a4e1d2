"""When a member closes, thousands of empty messages are relayed under its name.

Violates RELAY-6.
As a loop that takes the empty read for a message; this one ends after 5,000 rounds.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "When a member closes, thousands of empty messages are relayed under its name."
VIOLATES = ("RELAY-6",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def has_ended(self, client: Client) -> None:
        if client.nick:
            for _ in range(5000):
                self.say(client, "")
        super().has_ended(client)


if __name__ == "__main__":
    main(Faulty)
