"""What a member says just before it leaves in good order is lost.

Violates LEAVE-5, RELAY-1.
Each message waits for up to 600 ms; if the end of the stream comes first, it is dropped.
"""

from __future__ import annotations

import select
import socket

from _core_threads import Chat, Client, main

DEFECT = "What a member says just before it leaves in good order is lost."
VIOLATES = ("LEAVE-5", "RELAY-1")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def say(self, sender: Client, text: str) -> None:
        waiter = select.poll()
        waiter.register(sender.sock, select.POLLIN)
        if waiter.poll(600) and not sender.sock.recv(1, socket.MSG_PEEK):
            return
        super().say(sender, text)


if __name__ == "__main__":
    main(Faulty)
