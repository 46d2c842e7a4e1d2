"""Speech: what every connection has said so far, as the bytes that a relay may be made of.

One `Speech` per connection holds its messages end to end; `Voices` holds all of them, with the
relayed forms and the tokens by which a piece of a stream is recognised. Offsets count bytes of one
connection's speech. This file is pure, and knows nothing of receivers.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.announcement import Occasion
from harness.dialect import NOWHERE, Address, Dialect
from harness.events import Kind, Said
from harness.prefixes import Prefixes, Row
from harness.readings import NOBODY
from harness.template import Template
from harness.tokens import PATTERN

# So many bytes of a frame that never ends tell well enough who may have said it.
CLUE = 64


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """One message: bytes `start` to `end` of what its connection said.

    `end` is the offset behind its last byte. `data` is the message in the canonical form of its
    dialect, `relayed` what the others should read, and `echo` what its own sender should, empty
    where that is nothing; `optional` ones may be dropped by a server (an empty line). Times are
    nanoseconds since the run began.
    """

    conn: int
    number: int
    start: int
    data: bytes
    relayed: bytes
    echo: bytes
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

    `echo_prefix` stands before what it hears of itself, and is None where that is nothing;
    `ending` ends a frame, and is empty where there are none. It is `loose` once it has said what
    is not one frame. From message number `untext` on there were bytes that are no text: a server
    may have replaced them, passed them on, or thrown the speaker out, and what is heard of it is
    not judged.
    """

    conn: int
    nick: str
    prefix: bytes
    echo_prefix: bytes | None = None
    ending: bytes = b""
    loose: bool = False
    data: bytearray = field(default_factory=bytearray)
    messages: list[Message] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    untext: int | None = None

    def heard_by(self, conn: int) -> bytes:
        """Return the prefix behind which `conn` should hear it."""
        own = conn == self.conn and self.echo_prefix is not None
        return self.echo_prefix or b"" if own else self.prefix

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

    def ends_frame(self, offset: int) -> bool:
        """Tell whether a frame can end at `offset`: what was said without its end is no frame."""
        ended = not offset or self.data.endswith(self.ending, 0, offset)
        return ended and self.is_boundary(offset)

    def frame_end(self, start: int) -> int:
        """Return where the frame ends that holds the byte at `start`; the end of all if nowhere."""
        if not self.messages or start >= len(self.data):
            return start
        end = self.at(start).end
        while end < len(self.data) and not self.ends_frame(end):
            end = self.at(end).end
        return end

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
    """Every connection's speech, and what a relayed piece can look like.

    `notices` is what the server says of its own accord, by the numbers of its speakers: those lie
    below `NOBODY`, and there are none where a decoder takes notices out of a stream.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.framed = dialect.framed
        self.echoes = dialect.echo is not None
        self.between = _before_message(dialect.relay, dialect)
        self.speeches: dict[int, Speech] = {}
        self.tokens: dict[bytes, Message] = {}
        self.plain: dict[bytes, Message] = {}
        self.notices: dict[int, tuple[Occasion, str]] = {}
        self.table = Prefixes(dialect.ending, self.echoes)
        self.prefixes = self.table.relayed
        # Of frames whose prefix tells nothing: who has said which of those without a token.
        self._bare: dict[bytes, set[int]] = {}
        self._loose: set[int] = set()
        # The read that was last looked up, and what it held: many receivers read the same.
        self.run: tuple[bytes, tuple[Message, ...], frozenset[int]] = (b"", (), frozenset())
        self.unexplained = 0
        self._expect()

    def _expect(self) -> None:
        """Prepare for what can stand before a piece."""
        dialect = self.dialect
        if self.framed:
            prefix = dialect.prefix("a", ("", 0))
            same = prefix == dialect.prefix("b", ("", 1))
            self.table.shared = prefix if same else None
            return
        self.table.expect(self.between)
        if dialect.echo:
            self.table.expect(_before_message(dialect.echo, dialect))
        for notice in dialect.notices:
            self.table.expect(dialect.encode(_longest(notice.template)))

    @property
    def longest(self) -> int:
        """The number of bytes of the longest prefix."""
        return self.table.longest

    def admit(self, conn: int, nick: str, address: Address = NOWHERE) -> None:
        """Make room for what `conn` will say under `nick`; `address` is its own end."""
        dialect = self.dialect
        prefix, echo = dialect.prefix(nick, address), dialect.echo_prefix(nick, address)
        self.speeches[conn] = Speech(conn, nick, prefix, echo, dialect.ending)
        self.table.add(prefix, self.between, len(prefix) - len(self.between), conn)
        if dialect.echo and echo is not None:
            anchor = _before_message(dialect.echo, dialect)
            self.table.add_own(echo, anchor, len(echo) - len(anchor), conn)
        if not self.framed:
            self._announce(nick, address)

    def _announce(self, nick: str, address: Address) -> None:
        """Expect what the server may tell of `nick`."""
        values = {"nick": nick, "host": address[0], "port": str(address[1])}
        encode = self.dialect.encode
        for notice in self.dialect.notices:
            anchor = _longest(notice.template)
            at = notice.template.parts.index((anchor, False))
            ahead = notice.template.parts[:at]
            before = "".join(values.get(text, "") if field else text for text, field in ahead)
            text, reach = notice.template.render(values), len(encode(before))
            speaker = self.table.add_notice(encode(text), encode(anchor), reach)
            if speaker is not None:
                named = nick if "nick" in notice.template.fields else ""
                self.notices[speaker] = notice.occasion, named

    def say(self, said: Said) -> Message:
        """Add a message that is about to be written."""
        speech = self.speeches[said.conn]
        data = self.dialect.canonical(said.data, speech.nick)
        start, end = len(speech.data), len(speech.data) + len(data)
        relayed = speech.prefix + data
        message = Message(
            conn=said.conn,
            number=said.number,
            start=start,
            data=data,
            relayed=relayed,
            echo=_echo(speech, data, relayed),
            token=said.token,
            kind=said.kind,
            at=said.at,
            due=said.due,
            step=said.step,
            # With its writer's name before it, it would not be empty on its way to the server.
            optional=self.framed and data == self.dialect.ending and not self.dialect.by_client,
            end=end,
            head=(start,),
            tail=(end,),
        )
        speech.starts.append(message.start)
        speech.messages.append(message)
        speech.data += data
        self._index(message, speech)
        return message

    def _index(self, message: Message, speech: Speech) -> None:
        data, ending = message.data, self.dialect.ending
        if self.framed and data.find(ending) != len(data) - len(ending):
            speech.loose = True
            self._loose.add(speech.conn)
        if not message.token:
            # What a server makes of no text may be anyone's: it tells nothing of who said it.
            if self.table.shared is not None and speech.is_judged(message):
                self._bare.setdefault(data, set()).add(speech.conn)
            return
        self.tokens[message.token] = message
        # Text that could hold a prefix must be matched with care; the rest can be looked up.
        if not speech.loose and self.table.is_plain(data):
            self.plain[message.token] = message

    def is_judged(self, message: Message) -> bool:
        """Tell whether it matters how `message` is heard."""
        return self.speeches[message.conn].is_judged(message)

    def is_murky(self, conn: int) -> bool:
        """Tell whether what is heard as of `conn` may be made of bytes that are no text."""
        shared = self.table.shared is not None
        speeches = self.speeches.values() if shared else (self.speeches[conn],)
        return any(speech.untext is not None for speech in speeches)

    def find_prefixes(
        self, text: bytes, after: int, own: int = NOBODY, final: bool = False
    ) -> list[Row]:
        """Return each prefix in `text` that is seen only behind `after`: begin, end, its speakers.

        `own` hears its own words behind its own prefix only. With frames `text` begins where one
        may begin. Of a prefix that is everybody's, the speakers are those who may have said what
        stands behind it; `final` says that no more of that will come.
        """
        rows = self.table.find(text, after, own, final=final)
        if self.table.shared is None:
            return rows
        return [self._narrowed(text, row) for row in rows]

    def _narrowed(self, text: bytes, row: Row) -> Row:
        if text[row.begin : row.end] != self.table.shared:
            return row
        said = self._who_said(text, row.end)
        return row._replace(conns=[conn for conn in row.conns if conn in said])

    def _who_said(self, text: bytes, begin: int) -> set[int]:
        """Return who may have said the frame that begins at `begin`, or so much of it."""
        at = text.find(self.dialect.ending, begin)
        frame = text[begin : at + len(self.dialect.ending)] if at >= 0 else text[begin:]
        known = [self.tokens[token] for token in PATTERN.findall(frame) if token in self.tokens]
        if known:
            return self._loose.union(message.conn for message in known)
        if at >= 0:
            return self._loose | self._bare.get(frame, set())
        speeches = self.speeches.values()
        return self._loose.union(one.conn for one in speeches if frame[:CLUE] in one.data)

    def unfinished_prefixes(self, text: bytes, final: bool = False) -> list[int]:
        """Return where in `text` a prefix may have begun that `find_prefixes` does not see yet."""
        return self.table.unfinished(text, final)

    def may_turn(self, text: bytes, end: int) -> bool:
        """Tell whether a prefix may have begun in `text` just before `end`, and not ended there."""
        return self.table.may_turn(text, end)


def _echo(speech: Speech, data: bytes, relayed: bytes) -> bytes:
    if speech.echo_prefix is None:
        return b""
    # Where both are alike, nothing is kept twice.
    return relayed if speech.echo_prefix == speech.prefix else speech.echo_prefix + data


def _before_message(template: Template, dialect: Dialect) -> bytes:
    """Return the fixed text that stands right before the message, the same for everyone."""
    parts = (("", False), *template.parts)
    # Two fields never stand side by side.
    text, _ = parts[parts.index(("message", True)) - 1]
    return dialect.encode(text)


def _longest(template: Template) -> str:
    """Return the longest fixed part."""
    return max((text for text, is_field in template.parts if not is_field), key=len)
