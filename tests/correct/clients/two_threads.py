"""A correct chat client with two threads: one reads the keyboard, the other the connection.

Speaks raw, lines. Both threads only report what they read; the main thread alone sends and prints,
so that nothing is torn and Ctrl-C always finds somebody. The threads are daemons that read from
file descriptors: the interpreter can end while they wait. It does not know who tests it.

    python two_threads.py HOST PORT DIALECT
"""

from __future__ import annotations

import codecs
import contextlib
import os
import socket
import sys
import threading
from queue import SimpleQueue

READ = 65536
PROMPT = b"nickname"
TYPED, HEARD, OVER, GONE = "typed", "heard", "over", "gone"
UNSAFE = {code: "\ufffd" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"}

Events = SimpleQueue[tuple[str, bytes]]


def read_keyboard(events: Events) -> None:
    """Report each line that is typed, without its end, and then that there are no more."""
    rest = b""
    while chunk := os.read(0, READ):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            events.put((TYPED, line))
    if rest:
        events.put((TYPED, rest))
    events.put((OVER, b""))


def read_connection(sock: socket.socket, events: Events) -> None:
    """Report what comes, and then why nothing comes any more."""
    why = "the server has closed the connection"
    try:
        while data := sock.recv(READ):
            events.put((HEARD, data))
    except OSError as error:
        why = f"the connection is lost: {error.strerror}"
    events.put((GONE, why.encode()))


class Chat:
    """What one person has typed and heard so far."""

    def __init__(self, sock: socket.socket, dialect: str) -> None:
        self.sock = sock
        self.end = b"\n" if dialect == "lines" else b""
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.opening = b""
        self.opened = False
        self.early: list[bytes] = []

    def heard(self, data: bytes) -> None:
        """Show what came; until the prompt is whole, or cannot be one, it is kept."""
        if not self.opened:
            self.opening += data
            prompt = PROMPT + self.end
            if prompt.startswith(self.opening) and self.opening != prompt:
                return
            data = self.opening
            if data.startswith(prompt):
                data = data[len(prompt) :]
                self.show("What is your name?\n")
            self.opened = True
            for line in self.early:
                self.typed(line)
        text = self.decoder.decode(data)
        if text:
            self.show(text if text.endswith("\n") else text + "\n" * (not self.end))

    def show(self, text: str) -> None:
        sys.stdout.write(text.translate(UNSAFE))
        sys.stdout.flush()

    def typed(self, line: bytes) -> None:
        """Send a line, the first of which is the nickname; an empty one says nothing."""
        if not self.opened:
            self.early.append(line)
        elif line:
            self.sock.sendall(line + self.end)

    def run(self, events: Events) -> None:
        while True:
            kind, data = events.get()
            if kind == HEARD:
                self.heard(data)
            elif kind == TYPED:
                self.typed(data)
            else:
                if kind == GONE:
                    self.show("\n" + data.decode() + "\n")
                return


def main() -> int:
    host, port, dialect = sys.argv[1:4]
    try:
        sock = socket.create_connection((host, int(port)))
    except OSError as error:
        print(f"Cannot connect to {host}, port {port}: {error.strerror}")
        return 1
    events: Events = SimpleQueue()
    with sock:
        threading.Thread(target=read_keyboard, args=(events,), daemon=True).start()
        threading.Thread(target=read_connection, args=(sock, events), daemon=True).start()
        try:
            Chat(sock, dialect).run(events)
        except OSError as error:
            print(f"\nThe connection is lost: {error.strerror}", flush=True)
        except KeyboardInterrupt:
            pass
        # Closing alone would wait for the thread that reads from it.
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
    return 0


if __name__ == "__main__":
    sys.exit(main())
