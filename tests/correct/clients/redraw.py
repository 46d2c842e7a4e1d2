"""A correct chat client that draws the line being typed itself, and names in colour: `[bob] hi`.

Speaks raw, lines. At a terminal it reads single keys and draws what is heard above the line that
is being typed; where its input is no terminal, it reads lines and draws nothing. In raw, what does
not begin like a message, as a piece of one, is shown as it is. It does not know who tests it.

    python redraw.py HOST PORT DIALECT
"""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import select
import shutil
import socket
import sys
import termios
import tty
from collections.abc import Iterator

PROMPT = "nickname"
ENTER, DELETE, END = "\r\n", "\x7f\b", "\x04"
MESSAGE = re.compile(r"([^:\n]{1,40}): (.*)", re.DOTALL)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class OverError(Exception):
    """The talk is over; it says what the person is told."""


class Screen:
    """What is shown: messages, and below them the line that is being typed."""

    def __init__(self, *, drawn: bool) -> None:
        self.drawn = drawn
        self.line = ""

    def put(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    def draw(self, above: str = "") -> None:
        """Draw the line anew, below one more text where there is one."""
        if not self.drawn:
            self.put(above)
            return
        width = max(shutil.get_terminal_size().columns - 4, 10)
        safe = CONTROL.sub("?", self.line[-width:]).encode(errors="replace").decode()
        self.put(f"\r\x1b[K{above}> {safe}")

    def tell(self, text: str) -> None:
        """Show a message, or a notice of the program's own."""
        text = CONTROL.sub("?", text).rstrip("\n")
        if found := MESSAGE.fullmatch(text):
            name = f"\x1b[1;36m[{found[1]}]\x1b[0m" if self.drawn else f"[{found[1]}]"
            text = f"{name} {found[2]}"
        self.draw(text.replace("\n", "\r\n") + "\n")


class Keyboard:
    """What is typed: keys at a terminal, else lines; `over` where no more will come."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.over = False
        self.text = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def lines(self) -> Iterator[str]:
        """Read once, and yield the lines that are complete now."""
        data = os.read(0, 4096)
        for key in self.text.decode(data):
            if key in ENTER:
                line, self.screen.line = self.screen.line, ""
                if self.screen.drawn:
                    self.screen.put("\r\n")
                yield line
            elif self.screen.drawn and key == END:
                self.over = True
            elif self.screen.drawn and key in DELETE:
                self.screen.line = self.screen.line[:-1]
            else:
                self.screen.line += key
        if not data:
            self.over = True
            yield self.screen.line
        elif not self.over:
            self.screen.draw()


class Wire:
    """Texts out of bytes: lines, or whatever a read brings."""

    def __init__(self, sock: socket.socket, dialect: str) -> None:
        self.sock = sock
        self.end = "\n" if dialect == "lines" else ""
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.rest = ""
        self.began = self.asked = False

    def texts(self) -> Iterator[str]:
        """Read once, and yield the texts that are complete now; raises `OverError`."""
        try:
            data = self.sock.recv(65536)
        except OSError as error:
            raise OverError(f"the connection broke ({error.strerror})") from None
        if not data:
            raise OverError("the server closed the connection")
        self.rest += self.decoder.decode(data)
        if not self.began and not self.begin():
            return
        if not self.end:
            text, self.rest = self.rest, ""
            yield from [text] * bool(text)
            return
        *whole, self.rest = self.rest.split("\n")
        yield from whole

    def begin(self) -> bool:
        """Take the prompt off; whether it is known now if there is one."""
        prompt = PROMPT + self.end
        if prompt.startswith(self.rest) and prompt != self.rest:
            return False
        self.began = True
        self.asked = self.rest.startswith(prompt)
        self.rest = self.rest.removeprefix(prompt)
        return True

    def send(self, text: str) -> None:
        try:
            self.sock.sendall((text + self.end).encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise OverError(f"the connection broke ({error.strerror})") from None


def chat(wire: Wire, screen: Screen) -> None:
    """Talk until the input ends; raises `OverError`."""
    keyboard = Keyboard(screen)
    waiting: list[str] = []
    told = False
    while not keyboard.over:
        watched: list[socket.socket | int] = [wire.sock, 0]
        ready, _, _ = select.select(watched, [], [])
        if 0 in ready:
            waiting += keyboard.lines()
        if wire.sock in ready:
            heard = list(wire.texts())
            if wire.asked and not told:
                told = True
                screen.tell("Who are you?")
            for text in heard:
                screen.tell(text)
        while wire.began and waiting:
            if line := waiting.pop(0):
                wire.send(line)
    screen.put("\n")


@contextlib.contextmanager
def single_keys(*, wanted: bool) -> Iterator[None]:
    """Let the terminal give each key at once, and show none of them."""
    before = termios.tcgetattr(0) if wanted else None
    try:
        if before:
            tty.setcbreak(0)
        yield
    finally:
        if before:
            termios.tcsetattr(0, termios.TCSADRAIN, before)


def main() -> int:
    host, port, dialect = sys.argv[1:4]
    screen = Screen(drawn=os.isatty(0) and os.isatty(1))
    with contextlib.ExitStack() as stack:
        stack.enter_context(single_keys(wanted=screen.drawn))
        try:
            sock = stack.enter_context(socket.create_connection((host, int(port))))
            chat(Wire(sock, dialect), screen)
        except OverError as over:
            screen.put(f"\r\n{over}\n")
        except OSError as error:
            screen.put(f"No connection to {host} port {port}: {error.strerror}\n")
            return 1
        except KeyboardInterrupt:
            screen.put("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
