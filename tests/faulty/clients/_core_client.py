"""A chat client of `raw` and `lines` that keeps to every requirement, to be made faulty.

One loop waits for the keyboard and the server at once. Each step is a method, so that a faulty
client replaces one of them. It does not know which defects there are.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import socket
import sys

PROMPT = b"nickname"
CONTROLS = {code: "?" for code in (*range(32), *range(127, 160)) if code != 9}


class Client:
    """One connection, and the person at it."""

    def __init__(self, host: str, port: int, dialect: str) -> None:
        self.address = (host, port)
        self.end = b"\n" if dialect == "lines" else b""
        self.rest = b""
        self.before = b""
        self.typed = b""
        self.asked = self.named = False
        self.nick = b""
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.going = True

    def run(self) -> int:
        sock = self.connect()
        if sock is None:
            return 1
        self.sock = sock
        try:
            while self.going:
                self.turn()
        except KeyboardInterrupt:
            self.interrupted()
        self.sock.close()
        return 0

    def connect(self) -> socket.socket | None:
        try:
            return socket.create_connection(self.address)
        except OSError as error:
            print(f"cannot connect: {error.strerror}", flush=True)
            return None

    def turn(self) -> None:
        ready = select.select(self.watched(), [], [])[0]
        if self.sock in ready:
            self.read()
        if self.going and 0 in ready:
            self.type()

    def watched(self) -> list[socket.socket | int]:
        return [self.sock, 0]

    # -- from the server -----------------------------------------------------------------------

    def read(self) -> None:
        try:
            data = self.sock.recv(4096)
        except OSError:
            data = b""
        if not data:
            self.dropped()
        for message in self.messages(data):
            self.heard(message)

    def messages(self, data: bytes) -> list[bytes]:
        if not self.end:
            return [data] * bool(data)
        *lines, self.rest = (self.rest + data).split(self.end)
        return lines

    def heard(self, data: bytes) -> None:
        if self.asked:
            self.show(data)
            return
        self.before += data
        if self.before.startswith(PROMPT):
            self.ask(self.before[len(PROMPT) :])
        elif self.end or not PROMPT.startswith(self.before):
            self.asked = True
            self.show(self.before)

    def ask(self, more: bytes) -> None:
        self.asked = True
        print("Your nickname?", flush=True)
        if more:
            self.show(more)

    def show(self, data: bytes) -> None:
        text = self.clean(self.decoder.decode(data, final=bool(self.end)))
        if text:
            print(text, flush=True)

    def clean(self, text: str) -> str:
        return text.translate(CONTROLS)

    def dropped(self) -> None:
        print("The server has gone.", flush=True)
        self.going = False

    # -- from the keyboard ---------------------------------------------------------------------

    def type(self) -> None:
        data = os.read(0, 4096)
        if not data:
            self.no_more_input()
            return
        *lines, self.typed = (self.typed + data).split(b"\n")
        for line in lines:
            self.line(line)

    def line(self, line: bytes) -> None:
        if not line:
            return
        if self.asked and not self.named:
            self.named = True
            self.nick = line
            self.give_nickname(line)
        else:
            self.say(line)

    def give_nickname(self, nick: bytes) -> None:
        self.send(nick)

    def say(self, line: bytes) -> None:
        self.send(line)

    def send(self, text: bytes) -> None:
        # Whoever has gone is noticed by the next read.
        with contextlib.suppress(OSError):
            self.sock.sendall(text + self.end)

    def no_more_input(self) -> None:
        self.going = False

    def interrupted(self) -> None:
        print(flush=True)


def main(client: type[Client]) -> None:
    """Chat at HOST, PORT in DIALECT."""
    host, port, dialect = sys.argv[1:4]
    sys.exit(client(host, int(port), dialect).run())
