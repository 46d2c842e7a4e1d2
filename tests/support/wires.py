"""Wires: what a right server sends to one receiver in any dialect, and what that is worth.

Connection 0 is the receiver. A word is written `1 text`, as in `streams`: `#` stands
for the token.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from harness.announcement import HeardNotice, Notice, Occasion
from harness.decoding import Decoder, make_decoder
from harness.dialect import Address, Dialect
from harness.events import Kind, Said
from harness.source import loads, validated
from harness.speech import Message, Voices
from harness.template import Template
from harness.tokens import mint

Item = bytes | HeardNotice
VARYING = {"time": "12:00", "any": "x y"}


def dialect_of(heard: object = "none", **keys: object) -> Dialect:
    """Make a dialect in which nothing ends what clients send."""
    raw = {"name": "test", "about": "test", "said": {"ends": "none"}, "heard": {"ends": heard}}
    raw |= {"nickname": {"ends": "none"}, "relay": "{nick}: {message}"}
    return validated(loads(json.dumps(raw | keys), "test.yaml"), Dialect)


def address_of(conn: int) -> Address:
    """Return where `conn` comes from."""
    return "127.0.0.1", 4000 + conn


class Wire:
    """A dialect, its people, and one receiver's decoder."""

    def __init__(self, dialect: Dialect, nicks: Sequence[str]) -> None:
        self.dialect = dialect
        self.nicks = nicks
        self.voices = Voices(dialect)
        for conn, nick in enumerate(nicks):
            self.voices.admit(conn, nick, address_of(conn))
        self.now = 0

    def decoder(self) -> Decoder:
        """Make the decoder of connection 0."""
        decoder = make_decoder(self.voices, 0)
        assert decoder is not None
        return decoder

    def say(self, word: str) -> Message:
        """Let somebody say a word."""
        conn, _, text = word.partition(" ")
        number = len(self.voices.speeches[int(conn)].messages)
        token = mint(int(conn), number) if "#" in text else b""
        text = text.replace("#", token.decode())
        data = self.dialect.said_bytes(text, self.nicks[int(conn)])
        self.now += 1
        return self.voices.say(
            Said(self.now, int(conn), number, data, token, Kind.STORY, self.now, -1)
        )

    def render(self, template: Template, conn: int, vary: Mapping[str, str], text: bytes) -> bytes:
        """Write `template` about `conn`, without what ends it."""
        host, port = address_of(conn)
        values = {"nick": self.nicks[conn], "host": host, "port": str(port), **vary}
        parts = [
            text if part == "message" else values[part].encode() if is_field else part.encode()
            for part, is_field in template.parts
        ]
        return b"".join(parts)

    def relayed(self, message: Message, vary: Mapping[str, str] = VARYING) -> bytes:
        """Return `message` as the receiver gets it."""
        template = self.dialect.relay
        if message.conn == 0 and self.dialect.echo:
            template = self.dialect.echo
        body = message.data.removesuffix(self.dialect.ending)
        return self.dialect.heard.ends.wrap(self.render(template, message.conn, vary, body))

    def canonical(self, message: Message) -> bytes:
        """Return `message` as it is judged."""
        echo = self.dialect.echo_prefix(self.nicks[message.conn], address_of(message.conn))
        if message.conn == 0 and echo is not None:
            return echo + message.data
        return message.relayed

    def told(self, notice: Notice, conn: int, vary: Mapping[str, str] = VARYING) -> bytes:
        """Return a notice about `conn` as the receiver gets it."""
        return self.dialect.heard.ends.wrap(self.render(notice.template, conn, vary, b""))

    def tell(self, occasion: Occasion, conn: int) -> bytes:
        """Return the first notice of this `occasion`, about `conn`."""
        return self.told(
            next(one for one in self.dialect.notices if one.occasion is occasion), conn
        )

    def decode(self, *reads: bytes, finish: bool = True) -> list[Item]:
        """Return what these reads become."""
        return decode(self.decoder(), reads, finish)


def decode(decoder: Decoder, reads: Iterable[bytes], finish: bool = True) -> list[Item]:
    """Return what these reads become, each read at 5."""
    items = [item for read in reads for item in decoder.feed(read, 5)]
    return together([*items, *(decoder.finish(5) if finish else ())])


def together(items: Iterable[Item]) -> list[Item]:
    """Put bytes together that follow each other."""
    found: list[Item] = []
    for item in items:
        last = found[-1] if found else None
        if isinstance(item, bytes) and isinstance(last, bytes):
            found[-1] = last + item
        elif item:
            found.append(item)
    return found
