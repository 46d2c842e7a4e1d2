"""Lexicon: what all decoders of a run share: names, what was said, and the forms that it takes.

Knows no receiver and no stream. Pure.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass

from harness.announcement import Notice
from harness.shapes import MOST_LISTED, MOST_LISTED_IN_A_FRAME, Names, Shape
from harness.speech import Message, Speech, Voices
from harness.template import Template

MARK = b"\x1a"
"""Put where something is not as the dialect has it, and nothing else would show that.

The control character that stands for what is wrong; no nickname has one.
"""


@dataclass(frozen=True, slots=True)
class Form:
    """What stands before and after a message; `own` is how a sender gets it back."""

    before: Shape
    after: Shape
    own: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A notice, and its shapes: one, or one for each frame that it takes."""

    notice: Notice
    shapes: tuple[Shape, ...]


class Sayings:
    """All messages, found by how they begin."""

    def __init__(self, voices: Voices) -> None:
        self._voices = voices
        self._ending = voices.dialect.ending
        self._seen: dict[int, tuple[Speech, int]] = {}
        self._sorted: list[bytes] = []
        self._said: dict[bytes, list[Message]] = {}
        self._lengths: set[int] = set()
        # Of what was said without its end: how long it is so far, with what came before it.
        self._open: dict[int, int] = {}
        self.longest = 0

    def body(self, message: Message) -> bytes:
        """Return `message` without what ends it."""
        return message.data.removesuffix(self._ending)

    def update(self) -> None:
        """Take up what was said since."""
        for conn, speech in self._voices.speeches.items():
            known, count = self._seen.get(conn, (speech, 0))
            count = count if known is speech else 0
            if len(speech.messages) > count:
                for message in speech.messages[count:]:
                    self._add(message)
                self._seen[conn] = speech, len(speech.messages)

    def _add(self, message: Message) -> None:
        body = self.body(message)
        length = self._open.pop(message.conn, 0) + len(body)
        self.longest = max(self.longest, length)
        if not message.data.endswith(self._ending):
            self._open[message.conn] = length
        if body not in self._said:
            self._said[body] = []
            insort(self._sorted, body)
        self._said[body].append(message)
        if not message.token:
            self._lengths.add(len(body))

    def plain(self, body: bytes) -> list[Message]:
        """Return the messages without a token that are `body`."""
        return [one for one in self._said.get(body, ()) if not one.token]

    def plain_at(self, text: bytes, at: int) -> Iterator[Message]:
        """Yield the messages without a token that stand at `at`."""
        for length in self._lengths:
            if at + length <= len(text):
                yield from self.plain(text[at : at + length])

    def begun(self, text: bytes) -> Iterator[Message]:
        """Yield the messages that begin with `text` and have more."""
        index = bisect_left(self._sorted, text)
        while index < len(self._sorted) and self._sorted[index].startswith(text):
            if len(self._sorted[index]) > len(text):
                yield from self._said[self._sorted[index]]
            index += 1


class Lexicon:
    """What the decoders of one run know of `voices`; `noise` counts what they could not explain."""

    def __init__(self, voices: Voices) -> None:
        self.voices = voices
        self.dialect = voices.dialect
        self.names = Names()
        self.sayings = Sayings(voices)
        self.noise = 0
        self._named = 0
        self.forms = tuple(self._form(own) for own in (False, True)[: 1 + bool(self.dialect.echo)])
        self.told = tuple(self._told(notice) for notice in self.dialect.notices)
        # Whether what is on the wire is what is judged, but for what ends it.
        self.literal = all(form.before.literal and form.after.empty for form in self.forms)

    def update(self) -> None:
        """Take up the names that came since."""
        speeches = self.voices.speeches
        if len(speeches) != self._named:
            for speech in speeches.values():
                self.names.add(speech.nick, self.dialect.encode(speech.nick))
            self._named = len(speeches)

    def _shape(self, parts: tuple[tuple[str, bool], ...]) -> Shape:
        return Shape(parts, self.dialect.encoding, self.names)

    def _form(self, own: bool) -> Form:
        template = self.dialect.echo if own and self.dialect.echo else self.dialect.relay
        middle = template.parts.index(("message", True))
        parts = template.parts
        return Form(self._shape(parts[:middle]), self._shape(parts[middle + 1 :]), own)

    def _told(self, notice: Notice) -> Told:
        end = self.dialect.heard.ends.terminator.decode("ascii")
        lines = _lines(notice.template, end)
        framed = self.dialect.framed
        most = MOST_LISTED_IN_A_FRAME if framed else MOST_LISTED
        encoding = self.dialect.encoding
        shapes = (Shape(line, encoding, self.names, listed=most, framed=framed) for line in lines)
        return Told(notice, tuple(shapes))


def _lines(template: Template, end: str) -> list[tuple[tuple[str, bool], ...]]:
    """Cut the parts of `template` where `end` stands in them."""
    lines: list[list[tuple[str, bool]]] = [[]]
    for text, is_field in template.parts:
        texts = [text] if is_field or not end else text.split(end)
        for number, one in enumerate(texts):
            if number:
                lines.append([])
            if one:
                lines[-1].append((one, is_field))
    return [tuple(line) for line in lines]
