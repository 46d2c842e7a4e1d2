"""Speech: what every connection has said so far, as the bytes that a relay may be made of.

One `Speech` per connection holds its messages end to end; `Voices` holds all of them, with the
relayed forms and the tokens by which a piece of a stream is recognised. Offsets count bytes of one
connection's speech. This file is pure, and knows nothing of receivers.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.dialect import Dialect
from harness.events import Kind, Said


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """One message: bytes `start` to `end` of what its connection said.

    `end` is the offset behind its last byte. `data` is what was written, `relayed` what the others
    should read; `optional` ones may be dropped by a server (an empty line). Times are nanoseconds
    since the run began.
    """

    conn: int
    number: int
    start: int
    data: bytes
    relayed: bytes
    token: bytes
    kind: Kind
    at: int
    due: int
    step: int
    optional: bool
    end: int
    # The two offsets as places (see `harness.matching`), so that the fast path makes none.
    head: tuple[int]
    tail: tuple[int]


@dataclass(slots=True)
class Speech:
    """All that one connection has said; `prefix` stands before each relayed piece of it.

    From message number `untext` on there were bytes that are no text: a server may have replaced
    them, passed them on, or thrown the speaker out, and what is heard of it is not judged.
    """

    conn: int
    nick: str
    prefix: bytes
    data: bytearray = field(default_factory=bytearray)
    messages: list[Message] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    untext: int | None = None

    def at(self, offset: int) -> Message:
        """Return the message that holds the byte at `offset`; the last one past the end."""
        return self.messages[bisect_right(self.starts, offset) - 1]

    def is_judged(self, message: Message) -> bool:
        """Tell whether it matters how `message`, one of these, is heard."""
        return self.untext is None or message.number < self.untext

    def said_by(self, at: int | None) -> int:
        """Return how many bytes were said until `at`; all where that is None."""
        if at is None or not self.messages or self.messages[-1].at <= at:
            return len(self.data)
        return self.starts[bisect_right(self.messages, at, key=lambda message: message.at)]

    def is_boundary(self, offset: int) -> bool:
        """Tell whether a message begins or the speech ends at `offset`."""
        if offset == len(self.data):
            return True
        return self.starts[bisect_right(self.starts, offset) - 1] == offset

    def ended_by(self, begin: int, end: int) -> Iterator[Message]:
        """Yield the messages whose last byte lies in `begin` to `end`."""
        for index in range(max(bisect_right(self.starts, begin) - 1, 0), len(self.messages)):
            message = self.messages[index]
            if message.end > end:
                return
            if message.end > begin:
                yield message

    def cuts_character(self, offset: int) -> bool:
        """Tell whether a prefix at `offset` stands inside a character of UTF-8."""
        return 0 < offset < len(self.data) and self.data[offset] & 0xC0 == 0x80


class Voices:
    """Every connection's speech, and what a relayed piece can look like."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.framed = dialect.framed
        before, _, self.between = dialect.prefix("\0").partition(b"\0")
        self._margin = len(before)
        self.speeches: dict[int, Speech] = {}
        self.tokens: dict[bytes, Message] = {}
        self.plain: dict[bytes, Message] = {}
        self.prefixes: dict[bytes, list[int]] = {}
        self.partials: set[bytes] = set()
        self._endings: set[bytes] = set()
        self.reaches: set[int] = set()
        self.longest = 0
        # The read that was last looked up, and what it held: many receivers read the same.
        self.run: tuple[bytes, tuple[Message, ...], frozenset[int]] = (b"", (), frozenset())
        self.unexplained = 0

    def admit(self, conn: int, nick: str) -> None:
        """Make room for what `conn` will say under `nick`."""
        prefix = self.dialect.prefix(nick)
        self.speeches[conn] = Speech(conn, nick, prefix)
        if prefix not in self.prefixes:
            self.prefixes[prefix] = []
            self.partials.update(prefix[:end] for end in range(1, len(prefix)))
            self._endings.update(prefix[:end][-2:] for end in range(1, len(prefix)))
            self.reaches.add(len(prefix) - len(self.between))
            self.longest = max(self.longest, len(prefix))
        if conn not in self.prefixes[prefix]:
            self.prefixes[prefix].append(conn)

    def say(self, said: Said) -> Message:
        """Add a message that is about to be written."""
        speech = self.speeches[said.conn]
        start, end = len(speech.data), len(speech.data) + len(said.data)
        message = Message(
            conn=said.conn,
            number=said.number,
            start=start,
            data=said.data,
            relayed=speech.prefix + said.data,
            token=said.token,
            kind=said.kind,
            at=said.at,
            due=said.due,
            step=said.step,
            optional=self.framed and said.data == self.dialect.ending,
            end=end,
            head=(start,),
            tail=(end,),
        )
        speech.starts.append(message.start)
        speech.messages.append(message)
        speech.data += said.data
        self._index(message)
        return message

    def _index(self, message: Message) -> None:
        if not message.token:
            return
        self.tokens[message.token] = message
        # Text that could hold a prefix must be matched with care; the rest can be looked up.
        if self.between not in message.data:
            self.plain[message.token] = message

    def is_judged(self, message: Message) -> bool:
        """Tell whether it matters how `message` is heard."""
        return self.speeches[message.conn].is_judged(message)

    def find_prefixes(self, text: bytes, after: int) -> list[tuple[int, int, list[int]]]:
        """Return each prefix in `text` that ends behind `after`: begin, end, its connections."""
        found = []
        width = len(self.between)
        at = text.find(self.between, max(after - width + 1, 0))
        while at >= 0:
            for reach in self.reaches:
                begin = at - reach
                conns = self.prefixes.get(text[begin : at + width]) if begin >= 0 else None
                if conns:
                    found.append((begin, at + width, conns))
            at = text.find(self.between, at + 1)
        found.sort(key=lambda row: row[:2])
        return found

    def unfinished_prefixes(self, text: bytes) -> list[int]:
        """Return where in `text` a prefix may have begun whose end is not there yet."""
        first = max(len(text) - self.longest + 1, 0)
        return [at for at in range(first, len(text)) if text[at:] in self.partials]

    def may_turn(self, text: bytes, end: int) -> bool:
        """Tell whether a prefix may have begun in `text` just before `end`, and not ended there."""
        # Two looks decide nearly always: how the text ends is how no beginning of a prefix ends.
        if text[end - 1 : end] not in self._endings and text[end - 2 : end] not in self._endings:
            return False
        first = max(end - self.longest + 1, 0)
        return any(text[at:end] in self.partials for at in range(first, end))


def common(left: bytes | bytearray, right: bytes | bytearray) -> int:
    """Return how many bytes `left` and `right` have in common from the front."""
    most = min(len(left), len(right))
    if left[:most] == right[:most]:
        return most
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle
    return low


def occurrences(text: bytearray, needle: bytes, most: int, before: int) -> list[int]:
    """Return the first `most` offsets below `before` of `needle` in `text`; they may overlap."""
    found: list[int] = []
    end = before + len(needle) - 1
    at = text.find(needle, 0, end)
    while at >= 0 and len(found) < most:
        found.append(at)
        at = text.find(needle, at + 1, end)
    return found
