"""Units: a stream in which nothing is marked, cut where what was said and what is told ends.

A unit is one text as the server sent it: a message, which is known, or a notice. Several may come
in one read, and one in several. Each place of the stream is looked at once: a unit begins there; or
one may begin there, and more must come to tell; or none does, and the byte is strange. What is
strange goes on as a frame of its own. So it does not matter where the stream was cut. Pure.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from harness.announcement import HeardNotice
from harness.hearing import Hearing, joined
from harness.lexicon import MARK, Form, Lexicon
from harness.shapes import Place, Shape
from harness.speech import Message
from harness.tokens import MARK as TOKEN_MARK
from harness.tokens import PATTERN, WIDTH

MOST_NOISE = 1 << 16
"""More strange bytes than this, at all receivers, prove enough: nobody looks at more."""
_MOST_ASKED = 100
# Tokens may overlap where a server sends what is wrong.
_TOKEN = re.compile(TOKEN_MARK.encode() + b"(?=" + PATTERN.pattern[1:] + b")")


class _Unit(NamedTuple):
    """One unit: where it ends, what it is, and the shape with which it ends.

    `body` is where its message begins (of a notice: where it ends), and `due` whether it may
    lawfully come now.
    """

    end: int
    found: bytes | HeardNotice
    message: Message | None
    shape: Shape
    body: int = 0
    due: bool = False

    @property
    def likelihood(self) -> tuple[int, bool, int]:
        """By what those that hold {any} are compared, the least first: the least of {any}."""
        return self.body, not self.due, -self.end if self.due else self.end


@dataclass(slots=True)
class _Look:
    """What begins at one place, or may begin there once more has come.

    `sure` is a message that is due and `notice` a notice, the longest that there is: each waits
    while one may come that is longer or likelier. `other` is the likeliest of anything else: what
    came out of its order, and what holds {any} and could go on for ever.
    """

    sure: _Unit | None = None
    awaited: bool = False
    notice: _Unit | None = None
    announced: bool = False
    other: _Unit | None = None
    begun: bool = False
    vague: bool = False

    def decide(self, final: bool) -> _Unit | None:
        """Return the unit; None for none, and while a likelier one may be on its way."""
        # Nothing said goes on behind a message with a token.
        whole = self.sure and self.sure.message and self.sure.message.token
        if whole or (self.awaited and not final):
            return self.sure if whole else None
        if self.sure or (self.announced and not final):
            return self.sure
        if self.notice or final or not self.begun or (self.other and self.other.due):
            return self.notice or self.other
        return None

    def add(self, unit: _Unit, at: int, sure: bool, loose: bool) -> None:
        """Add a unit that begins at `at`."""
        if unit.end == at:
            return
        if loose or not (sure or unit.message is None):
            if self.other is None or unit.likelihood < self.other.likelihood:
                self.other = unit
        elif unit.message:
            self.sure = unit if self.sure is None or unit.end > self.sure.end else self.sure
        elif self.notice is None or (unit.end, sure) > (self.notice.end, False):
            self.notice = unit

    @property
    def is_firm(self) -> bool:
        """Whether something begins here, or may begin, that is not nearly anything."""
        return bool(self.sure or self.notice or self.awaited or self.announced or self.begun)

    def waits(self, final: bool) -> bool:
        """Whether more bytes may make a unit; of {any} that is so of nearly everything."""
        return self.is_firm or (self.vague and not final)


class UnitDecoder(Hearing):
    """Decodes a stream in which nothing is marked."""

    def __init__(self, lexicon: Lexicon, conn: int) -> None:
        super().__init__(lexicon, conn)
        self._text = b""
        self._strange = self._named = False
        # The field with which the last unit ended, of which more may come, and how much.
        self._trail: Shape | None = None
        self._trailed = 0
        # Where in the text tokens stand.
        self._tokens: list[int] = []

    def feed(self, data: bytes, at: int) -> Iterator[bytes | HeardNotice]:
        """Take bytes that were read at `at`; yield what they complete."""
        self.at = at
        self.lexicon.update()
        self._text = self._text + data if self._text else data
        return joined(self._decode(final=False))

    def finish(self, at: int) -> Iterator[bytes | HeardNotice]:
        """Yield what is left: of a message its beginning, of a notice nothing."""
        return joined(self._decode(final=True))

    # -- the stream ----------------------------------------------------------------------------

    def _decode(self, final: bool) -> Iterator[bytes | HeardNotice]:
        text, at, begin = self._text, 0, 0
        self._tokens = [token.start() for token in _TOKEN.finditer(text)]
        while at < len(text) and self.lexicon.noise <= MOST_NOISE:
            unit, waits = self._unit(at, final)
            if unit:
                yield self._pass(text[begin:at]) + self._close()
                yield unit.found
                if unit.found:
                    self._trail, self._trailed = unit.shape, 0
                at = begin = unit.end
                continue
            if waits:
                break
            self._trail = None
            if at == begin and (place := self._before(at)):
                yield place.kept
                self._strange = self._named = True
                at = begin = place.end
            else:
                at += 1
                self.lexicon.noise += 1
        yield from self._leave(begin, at, final)

    def _leave(self, begin: int, at: int, final: bool) -> Iterator[bytes]:
        """Pass on what is strange from `begin` to `at`, and keep the rest."""
        if self.lexicon.noise > MOST_NOISE:
            at = len(self._text)
        yield self._pass(self._text[begin:at])
        if final:
            yield self._close() + self._beginning(at)
            at = len(self._text)
        self._text = self._text[at:]

    def _more(self, at: int) -> _Unit | None:
        """Return the byte at `at` as more of what varies at the end of the last unit."""
        shape = self._trail
        if shape is None or self._trailed == shape.most_trailing or not shape.trail(self._text, at):
            return None
        self._trailed += 1
        return _Unit(at + 1, b"", None, shape)

    def _before(self, at: int) -> Place | None:
        """Return what stands at `at` before a message that nobody knows, where that can be seen."""
        if self._strange or self.lexicon.literal:
            return None
        shapes = [form.before for form in self.lexicon.forms if not form.before.loose]
        found = [place for shape in shapes for place in shape.match(self._text, at).places]
        return next((place for place in found if place.end > at), None)

    def _pass(self, strange: bytes) -> bytes:
        if not strange:
            return b""
        mark = b"" if self._strange or self.lexicon.literal else MARK
        self._strange = True
        return mark + self.guard(strange)

    def _close(self) -> bytes:
        mark = MARK if self._named else b""
        ending = mark + self.ending if self._strange else b""
        self._strange = self._named = False
        return ending

    def _beginning(self, at: int) -> bytes:
        """Return what has come of the message that may begin at `at`."""
        for form in self.lexicon.forms:
            for place in form.before.match(self._text, at).places:
                rest = self._text[place.end :]
                if next(self.lexicon.sayings.begun(rest), None):
                    return place.kept + rest
                for one in self._candidates(place.end):
                    body = self.lexicon.sayings.body(one)
                    if rest.startswith(body) and form.after.match(rest, len(body)).unfinished:
                        return place.kept + body
        return b""

    # -- one place -----------------------------------------------------------------------------

    def _unit(self, at: int, final: bool) -> tuple[_Unit | None, bool]:
        """Return the unit that begins at `at`, and where there is none whether one may."""
        message = self._tokened(at)
        if message and self.is_plainly_relayed(message) and self.is_new(message):
            end = at + len(message.relayed) - len(self.ending)
            if self._text[at:end] + self.ending == message.relayed:
                self.hear(message)
                return _Unit(end, message.relayed, message, self.lexicon.forms[0].after), False
        look = _Look()
        self._look_for_messages(at, look)
        self._look_for_notices(at, look)
        unit = look.decide(final)
        idle = not look.is_firm or (final and unit is None)
        if idle and (more := self._more(at)):
            return more, False
        if unit and unit.message:
            self.hear(unit.message)
        return unit, look.waits(final)

    def _tokened(self, at: int) -> Message | None:
        """Return the message whose token is the next from `at` on."""
        index = bisect_left(self._tokens, at)
        if index == len(self._tokens):
            return None
        begin = self._tokens[index]
        return self.voices.tokens.get(self._text[begin : begin + WIDTH])

    def _candidates(self, at: int) -> Iterator[Message]:
        """Yield the messages that may stand at `at`, and some that do not."""
        message = self._tokened(at)
        if message:
            yield message
        yield from self.lexicon.sayings.plain_at(self._text, at)

    def _look_for_messages(self, at: int, look: _Look) -> None:
        for form in self.lexicon.forms:
            places, unfinished = form.before.match(self._text, at)
            look.vague |= unfinished
            look.awaited |= unfinished and not form.before.loose
            for place in places:
                self.lexicon.sayings.update()
                self._look_for_whole(at, form, place, look)
                self._look_for_begun(form, place, look)

    def _look_for_whole(self, at: int, form: Form, place: Place, look: _Look) -> None:
        # Many may have said the same.
        tried: set[tuple[bytes, bool]] = set()
        for message in self._candidates(place.end):
            body = self.lexicon.sayings.body(message)
            due = self.is_due(form, place.kept, message)
            sure = due and not form.before.loose
            if (body, due) in tried or not self._text.startswith(body, place.end):
                continue
            tried.add((body, due))
            places, unfinished = form.after.match(self._text, place.end + len(body))
            if places:
                end = _end(form.after, places)
                found = place.kept + body + self.ending
                unit = _Unit(end, found, message, form.after, place.end, due)
                look.add(unit, at, sure, form.before.loose)
            elif unfinished:
                look.begun = True
                look.awaited |= sure

    def _look_for_begun(self, form: Form, place: Place, look: _Look) -> None:
        rest = self._text[place.end :]
        for message in islice(self.lexicon.sayings.begun(rest), _MOST_ASKED):
            look.begun = True
            if not form.before.loose and (not rest or self.is_due(form, place.kept, message)):
                look.awaited = True
                return

    def _look_for_notices(self, at: int, look: _Look, ahead: bool = True) -> None:
        for told in self.lexicon.told:
            shape = told.shapes[0]
            places, unfinished = shape.match(self._text, at)
            look.announced |= unfinished and not shape.loose
            look.vague |= unfinished
            if ahead and len(places) > 1 and not shape.loose:
                # Names may begin alike, and nothing may stand behind one.
                places = self._followed(places)
            for place in places[:1] if shape.trails else places:
                mine = self.is_for_me(told, place.nick)
                found = self.notice(told, place.nick)
                unit = _Unit(place.end, found, None, shape, place.end, mine)
                look.add(unit, at, mine, shape.loose)

    def _followed(self, places: list[Place]) -> list[Place]:
        """Return those of `places` behind which the stream goes on best."""
        worth = {place.end: self._worth(place.end) for place in places}
        best = max(worth.values())
        return [place for place in places if worth[place.end] == best]

    def _worth(self, at: int) -> int:
        """Tell how well a unit may end at `at`: 2 where another follows, 1 where one may, or 0."""
        look = _Look()
        self._look_for_messages(at, look)
        self._look_for_notices(at, look, ahead=False)
        whole = at == len(self._text) or look.sure or look.notice
        return 2 if whole else int(look.is_firm or look.other is not None)


def _end(shape: Shape, places: list[Place]) -> int:
    """Return where `shape` ends: as early as it can where nobody can tell."""
    ends = [place.end for place in places]
    return min(ends) if shape.trails else max(ends)
