"""A correct chat client with one thread and `select` on the keyboard and the connection.

Speaks raw, nick. In nick it writes its own name before what is said, and shows the copy that the
server sends back. Before whatever a read has brought it shows the time, and control characters in
caret notation. It does not know who tests it.

    python select_loop.py HOST PORT DIALECT
"""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import socket
import sys
import time
import unicodedata

READ = 4096
PROMPTS = {"raw": b"nickname", "nick": b"NICK"}


def visible(char: str) -> str:
    """Return a character as a terminal may be given it."""
    if unicodedata.category(char) != "Cc" or char in "\n\t":
        return char
    code = ord(char)
    return f"^{chr(code ^ 64)}" if code < 128 else f"<{code:x}>"


class Client:
    """One connection; each method that reads returns whether the talk goes on."""

    def __init__(self, sock: socket.socket, dialect: str) -> None:
        self.sock = sock
        self.prompt = PROMPTS[dialect]
        self.writes_its_name = dialect == "nick"
        self.name = b""
        self.begun = self.asked = False
        self.kept = b""  # of the prompt
        self.line = b""  # of what is typed
        self.text = codecs.getincrementaldecoder("utf-8")("replace")

    def talk(self) -> None:
        keyboard = sys.stdin.fileno()
        while True:
            ready, _, _ = select.select([self.sock, keyboard], [], [])
            if self.sock in ready and not self.read():
                return
            if keyboard in ready and not self.type(os.read(keyboard, READ)):
                return

    def read(self) -> bool:
        try:
            data = self.sock.recv(READ)
        except OSError as error:
            print(f"\nDisconnected: {error.strerror}.", flush=True)
            return False
        if not data:
            print("\nDisconnected: the server has gone.", flush=True)
            return False
        self.show(data if self.begun else self.after_the_prompt(data))
        if self.begun:
            self.send_lines()
        return True

    def after_the_prompt(self, data: bytes) -> bytes:
        """Return what is not the prompt, once it is known what is."""
        self.kept += data
        if len(self.kept) < len(self.prompt) and self.prompt.startswith(self.kept):
            return b""
        self.begun = True
        if not self.kept.startswith(self.prompt):
            return self.kept
        self.asked = True
        print("Your nickname, please:", flush=True)
        return self.kept[len(self.prompt) :]

    def show(self, data: bytes) -> None:
        text = "".join(map(visible, self.text.decode(data)))
        if text:
            print(time.strftime("[%H:%M]"), text, flush=True)

    def type(self, data: bytes) -> bool:
        self.line += data or b"\n" * bool(self.line)
        if self.begun:  # what is typed before the server has asked waits
            self.send_lines()
        return bool(data)

    def send_lines(self) -> None:
        *lines, self.line = self.line.split(b"\n")
        for line in lines:
            if not line:
                continue
            if self.asked and not self.name:
                self.name = line
                self.send(line)
            else:
                self.send(self.name + b": " + line if self.writes_its_name else line)

    def send(self, data: bytes) -> None:
        # Whoever has gone is noticed by the next read.
        with contextlib.suppress(OSError):
            self.sock.sendall(data)


def main() -> None:
    host, port, dialect = sys.argv[1:4]
    sock = socket.socket()
    try:
        sock.connect((host, int(port)))
    except OSError as error:
        sys.exit(f"Nobody answers at {host}:{port} ({error.strerror}).")
    with sock, contextlib.suppress(KeyboardInterrupt):
        Client(sock, dialect).talk()


if __name__ == "__main__":
    main()
