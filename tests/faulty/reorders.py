"""Every other time, two messages that one sender says quickly change places.

Violates RELAY-5.
The first message is held for up to 40 ms. In `raw`, what comes in one read is one message.
"""

from __future__ import annotations

import threading

from _core_threads import Chat, Client, main

DEFECT = "Every other time, two messages that one sender says quickly change places."
VIOLATES = ("RELAY-5",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def __init__(self, dialect: str) -> None:
        super().__init__(dialect)
        self.held: dict[Client, str] = {}
        self.spoken: dict[Client, int] = {}

    def say(self, sender: Client, text: str) -> None:
        with self.lock:
            held = self.held.pop(sender, None)
            if held is None:
                self.spoken[sender] = self.spoken.get(sender, 0) + 1
                if self.spoken[sender] % 2:
                    self.held[sender] = text
                    threading.Timer(0.04, self.release, (sender, text)).start()
                    return
            super().say(sender, text)
            if held is not None:
                super().say(sender, held)

    def release(self, sender: Client, text: str) -> None:
        with self.lock:
            if self.held.get(sender) is text:
                super().say(sender, self.held.pop(sender))


if __name__ == "__main__":
    main(Faulty)
