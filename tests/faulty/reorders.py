"""Two messages that one sender says within 40 ms change places.

Violates RELAY-5.
The first of them is held for that time. In `raw`, what comes in one read is one message.
"""

from __future__ import annotations

import threading

from _core_threads import Chat, Client, main

DEFECT = "Two messages that one sender says within 40 ms change places."
VIOLATES = ("RELAY-5",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def __init__(self, dialect: str) -> None:
        super().__init__(dialect)
        self.held: dict[Client, str] = {}

    def say(self, sender: Client, text: str) -> None:
        with self.lock:
            held = self.held.pop(sender, None)
            if held is None:
                self.held[sender] = text
                threading.Timer(0.04, self.release, (sender, text)).start()
            else:
                super().say(sender, text)
                super().say(sender, held)

    def release(self, sender: Client, text: str) -> None:
        with self.lock:
            if self.held.get(sender) is text:
                super().say(sender, self.held.pop(sender))


if __name__ == "__main__":
    main(Faulty)
