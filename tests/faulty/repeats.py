"""Every third message is relayed twice to one receiver.

Violates RELAY-1.
"""

from __future__ import annotations

from _core_threads import Chat, Client, main

DEFECT = "Every third message is relayed twice to one receiver."
VIOLATES = ("RELAY-1",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    said = 0

    def say(self, sender: Client, text: str) -> None:
        with self.lock:
            self.said += 1
            receivers = self.receivers(sender) if self.said % 3 == 0 else []
        for receiver in receivers[:1]:
            self.deliver(receiver, sender, text)
        super().say(sender, text)


if __name__ == "__main__":
    main(Faulty)
