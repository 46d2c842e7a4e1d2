"""A correct chat client on `input()` with line editing, and a thread that prints above the line.

Speaks raw. Between two lines `readline` gives the terminal back for a moment. The thread ends the
whole program when the server has gone, as `input()` cannot be woken. It does not know who tests it.

    python readline_input.py HOST PORT raw
"""

from __future__ import annotations

import codecs
import io
import os
import readline
import socket
import sys
import threading
from typing import NoReturn

PROMPT = "nickname"
AT_TERMINAL = sys.stdin.isatty() and sys.stdout.isatty()


def safe(text: str) -> str:
    return "".join(char if char.isprintable() or char in "\n\t" else "\u00b7" for char in text)


def show(text: str) -> None:
    """Print above the line that is being typed, and that line again."""
    if not AT_TERMINAL:
        print(text, flush=True)
        return
    sys.stdout.write(f"\r\x1b[K{text}\n{readline.get_line_buffer()}")
    sys.stdout.flush()


def end(words: str = "") -> NoReturn:
    if words:
        show(words)
    os._exit(0)


class Hearing(threading.Thread):
    """Shows what comes; `open` is set once it is known whether the server asks for a name."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(daemon=True)
        self.sock = sock
        self.open = threading.Event()
        self.opening = ""

    def run(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        try:
            while data := self.sock.recv(4096):
                text = decoder.decode(data)
                if not self.open.is_set():
                    text = self.without_prompt(text)
                if text:
                    show(safe(text))
        except OSError as error:
            end(f"Lost the connection: {error.strerror}")
        end("The server closed the connection")

    def without_prompt(self, text: str) -> str:
        """Return what is none of the prompt, "" until that is known."""
        self.opening += text
        if len(self.opening) < len(PROMPT) and PROMPT.startswith(self.opening):
            return ""
        if self.opening.startswith(PROMPT):
            show("Enter your nickname")
        self.open.set()
        return self.opening.removeprefix(PROMPT)


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        sock = socket.create_connection((host, port))
    except OSError as error:
        sys.exit(f"Cannot connect to {host}:{port}: {error.strerror}")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")
    hearing = Hearing(sock)
    try:
        hearing.start()
        hearing.open.wait()
        while True:
            if line := input():
                sock.sendall(line.encode("utf-8", "surrogateescape"))
    except (EOFError, KeyboardInterrupt):
        sock.close()
        end()
    except OSError as error:
        end(f"Lost the connection: {error.strerror}")


if __name__ == "__main__":
    main()
