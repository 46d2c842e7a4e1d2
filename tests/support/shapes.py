"""Shapes: what the built-in dialects look like on the wire, written by hand.

For tests that talk to a server by plain sockets, and for those that hold the dialect files against
it. Knows nothing of the harness.
"""

import re
from dataclasses import dataclass

_TIME = re.compile(rb"\[\d\d:\d\d:\d\d\] ")


@dataclass(frozen=True, slots=True)
class Shape:
    """One dialect: forms with {nick} and {text}; `end` is None for a length before each text."""

    end: bytes | None = b"\n"
    prompt: bytes = b""
    named: bool = True
    said: str = "{text}"
    relay: str = "{nick}: {text}"
    echo: str = ""
    greeting: str = ""
    join: str = ""
    leave: str = ""
    lost: str = ""
    join_to_all: bool = False
    timed: bool = False

    def wrap(self, text: str) -> bytes:
        """Return a text as it goes on the wire."""
        data = text.encode()
        return len(data).to_bytes(4, "big") + data if self.end is None else data + self.end

    def form(
        self, form: str, nick: str, text: str = "", address: tuple[str, int] = ("", 0)
    ) -> bytes:
        """Return a text of the server as it goes on the wire."""
        host, port = address
        return self.wrap(form.format(nick=nick, text=text, host=host, port=port))

    def fixed(self, heard: bytes) -> bytes:
        """Return what was heard without what nobody can tell beforehand."""
        return _TIME.sub(b"", heard) if self.timed else heard


_NICKNAME = b"nickname\n"

SHAPES = {
    "addresses": Shape(named=False, relay="{host}:{port}> {text}"),
    "announcing": Shape(
        prompt=_NICKNAME,
        join="server: {nick} joined",
        leave="server: {nick} left",
        lost="server: {nick} lost the connection",
    ),
    "announcing-raw": Shape(
        end=b"",
        prompt=b"Choose a nickname: ",
        relay="[{nick}] {text}",
        greeting="Welcome, {nick}!\n",
        join="*** {nick} has joined the chat ***\n",
        leave="*** {nick} has left the chat ***\n",
    ),
    "anonymous": Shape(named=False, relay="{text}"),
    "client-first": Shape(),
    "history": Shape(prompt=_NICKNAME, relay="<{nick}> {text}"),
    "length": Shape(end=None),
    "lines": Shape(prompt=_NICKNAME),
    "nick": Shape(
        end=b"",
        prompt=b"NICK",
        said="{nick}: {text}",
        echo="{nick}: {text}",
        greeting="Connected to server!",
        join="{nick} joined!",
        leave="{nick} left!",
        join_to_all=True,
    ),
    "nul": Shape(end=b"\0", prompt=b"nickname\0"),
    "raw": Shape(end=b"", prompt=b"nickname"),
    "telnet": Shape(
        end=b"\r\n",
        prompt=b"This is a chat.\r\nEnter your name: ",
        relay="<{nick}> {text}",
        greeting="Hello, {nick}! Type /quit to leave.",
        join="* {nick} has joined",
        leave="* {nick} has left",
    ),
    "timestamps": Shape(prompt=_NICKNAME, timed=True),
    "tutorial-lines": Shape(
        prompt=b"Enter your nickname:\n",
        echo="You: {text}",
        greeting="Welcome to the chat, {nick}!",
        join="{nick} joined the chat!",
        leave="{nick} left the chat.",
        join_to_all=True,
    ),
}
