"""Decoding: what one receiver reads in a dialect becomes what is judged.

    FrameDecoder   where the end of a text is marked: each frame is a message or a notice
    UnitDecoder    where nothing is marked (`harness.units`)

Out come the bytes of messages in the canonical form (`harness.dialect`) and the notices, in their
order. Nothing is swallowed and nothing repaired: what fits nothing goes on as a frame of its own,
marked where it would look right otherwise. Pure.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from harness.announcement import HeardNotice
from harness.frames import Frames
from harness.hearing import Hearing, joined
from harness.lexicon import MARK, Form, Lexicon, Told
from harness.shapes import Place, Shape
from harness.speech import Message, Voices
from harness.tokens import PATTERN
from harness.units import UnitDecoder


class Decoder(Protocol):
    """Makes of what one connection reads, from its nickname on, what is judged.

    `at` is when it was last fed, in nanoseconds since the run began.
    """

    at: int

    def feed(self, data: bytes, at: int) -> Iterator[bytes | HeardNotice]:
        """Take bytes that were read at `at`; yield what they complete."""

    def finish(self, at: int) -> Iterator[bytes | HeardNotice]:
        """Yield what is left, now that nothing more will come."""


class Decoding:
    """Makes the decoders of a run, which share what they know of `voices`."""

    def __init__(self, voices: Voices) -> None:
        self._lexicon = Lexicon(voices)
        dialect = voices.dialect
        ends = dialect.heard.ends
        same = self._lexicon.literal and not ends.counted and not dialect.notices
        self._none = not dialect.framed or (ends.marked and same)

    def decoder(self, conn: int) -> Decoder | None:
        """Return a decoder for `conn`; None where what is on the wire is what is judged."""
        if self._none:
            return None
        if self._lexicon.dialect.heard.ends.marked:
            return FrameDecoder(self._lexicon, conn)
        return UnitDecoder(self._lexicon, conn)


def make_decoder(voices: Voices, conn: int) -> Decoder | None:
    """Return a decoder of its own for `conn`; None where the wire is what is judged."""
    return Decoding(voices).decoder(conn)


class _Begun(NamedTuple):
    """A notice of several frames that came in part: `lines` of them, the last as frame `number`."""

    told: Told
    nick: str | None
    lines: tuple[bytes, ...]
    number: int


class FrameDecoder(Hearing):
    """Decodes a stream whose frames are marked."""

    def __init__(self, lexicon: Lexicon, conn: int) -> None:
        super().__init__(lexicon, conn)
        self._frames = Frames(lexicon.dialect.heard.ends, self._longest)
        self._number = 0
        self._in_pieces = False
        self._begun: list[_Begun] = []

    def _longest(self) -> int:
        self.lexicon.sayings.update()
        return self.lexicon.sayings.longest

    def feed(self, data: bytes, at: int) -> Iterator[bytes | HeardNotice]:
        """Take bytes that were read at `at`; yield what they complete."""
        self.at = at
        self.lexicon.update()
        return joined(self._feed(data))

    def finish(self, at: int) -> Iterator[bytes | HeardNotice]:
        """Yield what is left: of a message its beginning, of a notice nothing."""
        # What of a notice came last may have gone on.
        lost = [one for one in self._begun if one.number != self._number]
        lines = [self._canonical(line, []) for one in lost for line in one.lines]
        return joined([*lines, self._rest()])

    def _feed(self, data: bytes) -> Iterator[bytes | HeardNotice]:
        for payload, whole, last in self._frames.feed(data):
            if whole:
                self._number += 1
                yield self._frame(payload)
                continue
            yield (b"" if self._in_pieces else MARK) + self.guard(payload)
            yield self.ending if last else b""
            self._in_pieces = not last

    def _rest(self) -> bytes:
        """Return what has come of a message that is not whole."""
        begun = self._frames.begun
        if self._in_pieces:
            return self.guard(begun)
        half = self.lexicon.dialect.heard.ends.terminator[:-1]
        half = half if half and begun.endswith(half) else b""
        payload = begun.removesuffix(half)
        if not payload or self._may_be_begun(payload):
            return b""
        for form in self.lexicon.forms:
            for place in form.before.match(payload, 0).places:
                return place.kept + self._cut_short(payload[place.end :], form) + half
        return (b"" if self.lexicon.literal else MARK) + self.guard(payload) + half

    def _may_be_begun(self, payload: bytes) -> bool:
        """Tell whether `payload` may begin a notice, or what stands before a message."""
        shapes = [form.before for form in self.lexicon.forms]
        shapes += [one.told.shapes[len(one.lines)] for one in self._begun]
        shapes += [told.shapes[0] for told in self.lexicon.told]
        return any(shape.match(payload, 0).unfinished for shape in shapes)

    def _cut_short(self, text: bytes, form: Form) -> bytes:
        """Return what `text` has of a message, of which more may come."""
        sayings = self.lexicon.sayings
        sayings.update()
        if next(sayings.begun(text), None):
            return text
        message = self._known(text)
        body = sayings.body(message) if message else b""
        after = form.after.match(text, len(body))
        if body and text.startswith(body) and (after.places or after.unfinished):
            return body
        return self.guard(text)

    # -- one frame -----------------------------------------------------------------------------

    def _known(self, text: bytes) -> Message | None:
        found = PATTERN.search(text)
        return self.voices.tokens.get(found[0]) if found else None

    def _frame(self, payload: bytes) -> bytes | HeardNotice:
        message = self._known(payload)
        if (
            message
            and self.is_plainly_relayed(message)
            and (message.relayed == payload + self.ending)
        ):
            self.hear(message)
            return message.relayed
        places = [
            (form, place)
            for form in self.lexicon.forms
            for place in form.before.match(payload, 0).places
        ]
        for form, place in places:
            for one in [message] if message else self._plain(payload, form, place):
                if self._is(one, payload, form, place):
                    self.hear(one)
                    return place.kept + self.lexicon.sayings.body(one) + self.ending
        notice = self._noticed(payload)
        return self._canonical(payload, places) if notice is None else notice

    def _plain(self, payload: bytes, form: Form, place: Place) -> list[Message]:
        """Return the messages without a token that are due and that `payload` may be."""
        sayings = self.lexicon.sayings
        sayings.update()
        if form.after.empty:
            found = sayings.plain(payload[place.end :])
        else:
            found = list(sayings.plain_at(payload, place.end))
        return [one for one in found if self.is_due(form, place.kept, one)]

    def _is(self, message: Message, payload: bytes, form: Form, place: Place) -> bool:
        body = self.lexicon.sayings.body(message)
        return payload.startswith(body, place.end) and _ends(payload, form, place.end + len(body))

    def _canonical(self, payload: bytes, places: list[tuple[Form, Place]]) -> bytes:
        """Return a frame that is no message that was said: without what varies, where it can be."""
        for form, (begin, kept, _) in places:
            end = _body_end(payload, form, begin)
            if end is not None:
                return kept + self.guard(payload[begin:end]) + self.ending
        if self.lexicon.literal:
            return self.guard(payload) + self.ending
        if places:
            _, (begin, kept, _) = places[0]
            return kept + self.guard(payload[begin:]) + MARK + self.ending
        return MARK + self.guard(payload) + self.ending

    # -- notices -------------------------------------------------------------------------------

    def _noticed(self, payload: bytes) -> HeardNotice | bytes | None:
        """Return the notice that `payload` is; nothing yet for its first frames, None for none."""
        for index, one in enumerate(self._begun):
            for nick in _names(one.told.shapes[len(one.lines)], payload):
                if None in (nick, one.nick) or nick == one.nick:
                    del self._begun[index]
                    return self._go_on(one.told, one.nick or nick, (*one.lines, payload))
        options = [
            (told, nick) for told in self.lexicon.told for nick in _names(told.shapes[0], payload)
        ]
        # One that was begun and is begun again did not come whole.
        options = [
            one for one in options if all(one != (begun.told, begun.nick) for begun in self._begun)
        ]
        if not options:
            return None
        told, nick = self.likeliest(options)
        return self._go_on(told, nick, (payload,))

    def _go_on(self, told: Told, nick: str | None, lines: tuple[bytes, ...]) -> HeardNotice | bytes:
        if len(lines) == len(told.shapes):
            return self.notice(told, nick)
        self._begun.append(_Begun(told, nick, lines, self._number))
        return b""


def _names(shape: Shape, payload: bytes) -> list[str | None]:
    """Return whom `payload` names as `shape` from end to end: None for nobody."""
    places = shape.match(payload, 0).places
    return [place.nick for place in places if place.end == len(payload)]


def _ends(payload: bytes, form: Form, at: int) -> bool:
    """Tell whether what stands after a message in this `form` goes from `at` to the end."""
    return any(one.end == len(payload) for one in form.after.match(payload, at).places)


def _body_end(payload: bytes, form: Form, begin: int) -> int | None:
    """Return where the message ends that begins at `begin`; None where nothing ends it."""
    if form.after.empty:
        return len(payload)
    head, first = form.after.head, max(begin, len(payload) - form.after.most)
    at = payload.rfind(head, first)
    while at >= 0 and not _ends(payload, form, at):
        at = payload.rfind(head, first, at + len(head) - 1)
    return at if at >= 0 else None
