"""Framing: the dialects, as data, and bytes to messages and back, in both directions.

It knows nothing of sockets, of time, or of who else is in the room. It never breaks a
character, and it never uses `str.splitlines`, which also splits at characters of a text.
"""

import codecs
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MAX_NICKNAME = 64  # characters
MAX_LINE = 256 * 1024  # bytes; an unfinished line is kept, so it needs a bound


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a chat looks on the wire; `{nick}` stands for a nickname, and nothing for silence."""

    name: str
    prompt: bytes = b"nickname"
    end: bytes = b""  # a newline, or nothing: then each read of the server is a message
    server_prefix: bytes = b"{nick}: "
    client_prefix: bytes = b""
    echo: bool = False  # whether the sender is sent its message too
    joined: bytes = b""  # to everybody
    greeting: bytes = b""  # to the newcomer, right behind `joined`
    left: bytes = b""  # to the others


RAW = Dialect("raw")
LINES = Dialect("lines", end=b"\n")
NICK = Dialect(
    "nick",
    prompt=b"NICK",
    server_prefix=b"",
    client_prefix=b"{nick}: ",
    echo=True,
    joined=b"{nick} joined!",
    greeting=b"Connected to server!",
    left=b"{nick} left!",
)
DIALECTS = {dialect.name: dialect for dialect in (RAW, LINES, NICK)}


class FramingError(Exception):
    """A peer sent what the dialect does not allow; the fault is the peer's alone."""


def nickname_in(frame: bytes) -> bytes:
    """Return the nickname in a first frame; raise FramingError where nobody may be called so."""
    name = frame.removesuffix(b"\n").removesuffix(b"\r")
    text = name.decode()
    if not text.strip() or len(text) > MAX_NICKNAME:
        raise FramingError("a nickname is neither blank nor long")
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise FramingError("a nickname has no control characters")
    return name


class ChunksDecoder:
    """What a server reads where nothing ends: first the nickname, then with each read a message."""

    __slots__ = ("_held", "_named")

    def __init__(self) -> None:
        self._named = False
        self._held = b""

    def receive_data(self, data: bytes) -> Iterator[bytes]:
        """Yield the whole characters in what was read; raise FramingError at what is not UTF-8.

        What stands before the first bad byte of a message is still yielded. The start of a
        character is held (three bytes at most) until the next read brings its end, and a
        nickname that ends inside a character is held whole.
        """
        data = self._held + data
        try:
            end = codecs.utf_8_decode(data, "strict", False)[1]
        except UnicodeDecodeError as bad:
            if self._named and bad.start:
                yield data[: bad.start]
            raise FramingError("not UTF-8") from bad
        if not self._named and end < len(data):
            end = 0
        self._named = self._named or end > 0
        self._held = data[end:]
        if len(self._held) > 4 * MAX_NICKNAME:
            raise FramingError("a nickname without an end")
        if end:
            yield data[:end]


class LinesDecoder:
    """What a server reads in lines: the first one is the nickname, each other one a message."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = bytearray()

    def receive_data(self, data: bytes) -> Iterator[bytes]:
        """Yield the lines complete now, without their ends; raise FramingError at a bad one."""
        *lines, rest = data.split(b"\n")
        if lines:
            lines[0] = bytes(self._held) + lines[0]
            self._held.clear()
        self._held += rest
        for line in lines:
            yield self._checked(line.removesuffix(b"\r"))
        if len(self._held) > MAX_LINE:
            raise FramingError("a line without an end")

    def _checked(self, line: bytes) -> bytes:
        if len(line) > MAX_LINE:
            raise FramingError("a line too long")
        try:
            line.decode()
        except UnicodeDecodeError as bad:
            raise FramingError("not UTF-8") from bad
        return line


class ClientDecoder:
    """What a client reads: one prompt at the very start, and then texts to show.

    Only the start of the stream can be the prompt: the same bytes later on are a message.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.prompted: bool | None = None  # None until the start of the stream has told
        self._in_lines = bool(dialect.end)
        self._prompt = dialect.prompt + dialect.end
        self._start = b""
        self._characters = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""

    @property
    def cut(self) -> bool:
        """Whether a text is held back only because its last character is not whole."""
        return bool(self._text) and not self._in_lines

    def receive_data(self, data: bytes) -> list[str]:
        """Return the texts to show now, each as a line of its own, with bad bytes as U+FFFD."""
        if self.prompted is None:
            data = self._after_prompt(data)
        self._text += self._characters.decode(data)
        if self._in_lines:
            *lines, self._text = self._text.split("\n")
            overlong = self.flush() if len(self._text) > MAX_LINE else []
            return [line.removesuffix("\r") for line in lines] + overlong
        unfinished = self._characters.getstate()[0]
        return [] if unfinished else self.flush()

    def flush(self) -> list[str]:
        """Return the text that was held back: the rest of it comes late, or not at all."""
        text, self._text = self._text, ""
        return [text.removesuffix("\n").removesuffix("\r")] if text else []

    def _after_prompt(self, data: bytes) -> bytes:
        self._start += data
        start = self._start
        if self._in_lines:
            start = start.replace(b"\r\n", b"\n", 1)
        if start.startswith(self._prompt):
            self.prompted = True
            return start[len(self._prompt) :]
        # In lines the prompt may end with CR LF, so a CR is still its beginning.
        if self._prompt.startswith(start.removesuffix(b"\r")):
            return b""
        self.prompted = False
        return start
