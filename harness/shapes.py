"""Shapes: templates as bytes, matched where a stream may hold one, whole or only its beginning.

A field {nick} stands for a nickname that is known, the others for what `harness.template` says. No
matching tries again what it tried before, so that no stream can slow it down. Knows neither what
was said nor how a stream is cut. Pure.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple, Protocol

from harness.template import MOST_ANY, VARYING, Template
from harness.tokens import PATTERN

_MOST_WIDTH = 4
"""Bytes of a character."""

MOST_FIELD = MOST_ANY * _MOST_WIDTH
"""Bytes of a field that is no nickname."""

MOST_LISTED = 2_000
MOST_LISTED_IN_A_FRAME = 1 << 14
"""Bytes of what varies in a notice, which may be a list of all who are in."""

_RUNS = {
    "host": re.compile(rb"[0-9A-Za-z.:\[\]-]{0,60}"),
    "port": re.compile(rb"[0-9]{0,5}"),
    "time": re.compile(rb"[0-9:./T+\- ,AaPpMmZUC]{0,160}"),
    "any": re.compile(rb"[^\r\n]*"),
}
"""All bytes that can be of a field; more than the field itself may have."""

_FIELDS = {
    name: re.compile(Template("", ((name, True),)).pattern.pattern.encode("ascii"))
    for name in ("host", "port", "time")
}


class Place(NamedTuple):
    """Where a shape ends, what of it does not vary, and the nickname in it; None for none."""

    end: int
    kept: bytes
    nick: str | None


class Match(NamedTuple):
    """Where a shape that begins at one place may end; and whether more bytes could make it one."""

    places: list[Place]
    unfinished: bool


class Names:
    """The nicknames that somebody has or had."""

    def __init__(self) -> None:
        self.known: dict[bytes, str] = {}
        self._lengths: list[int] = []
        self._begun: set[bytes] = set()

    def add(self, nick: str, written: bytes) -> None:
        """Add a nickname, and how it is written."""
        if written in self.known:
            return
        self.known[written] = nick
        self._begun.update(written[:end] for end in range(len(written)))
        if len(written) not in self._lengths:
            self._lengths = sorted([*self._lengths, len(written)], reverse=True)

    def at(self, text: bytes, at: int) -> Iterator[bytes]:
        """Yield the nicknames that stand at `at`, the longest first."""
        for length in self._lengths:
            written = text[at : at + length]
            if len(written) == length and written in self.known:
                yield written

    def begun(self, text: bytes, at: int) -> bool:
        """Tell whether `text` ends within a nickname that begins at `at`."""
        return bool(self._lengths) and (
            len(text) - at < self._lengths[0] and text[at:] in self._begun
        )


class _Part(Protocol):
    def step(self, text: bytes, place: Place) -> tuple[Iterable[Place], bool]:
        """Go on from `place`: where this part may end, and whether it may be unfinished."""


class _Literal:
    def __init__(self, literal: bytes) -> None:
        self.literal = literal

    def step(self, text: bytes, place: Place) -> tuple[Iterable[Place], bool]:
        end, kept, nick = place
        if text.startswith(self.literal, end):
            return (Place(end + len(self.literal), kept + self.literal, nick),), False
        rest = len(text) - end
        return (), rest < len(self.literal) and self.literal.startswith(text[end:])


class _Nick:
    def __init__(self, names: Names) -> None:
        self._names = names

    def step(self, text: bytes, place: Place) -> tuple[Iterable[Place], bool]:
        end, kept, nick = place
        known = self._names.known
        found = [
            Place(end + len(written), kept + written, known[written])
            for written in self._names.at(text, end)
            if nick is None or known[written] == nick
        ]
        return found, self._names.begun(text, end)


class _Field:
    """A field that is not known beforehand; `following` is the literal behind it."""

    def __init__(self, name: str, following: bytes, encoding: str) -> None:
        self._name = name
        self._following = following
        self._encoding = encoding

    def step(self, text: bytes, place: Place) -> tuple[Iterable[Place], bool]:
        begin, kept, nick = place
        end = _run(self._name, text, begin, MOST_FIELD)
        found = []
        for stop in _stops(text, begin, end, self._following):
            written = text[begin:stop]
            if self._fits(written):
                kept_here = kept if self._name in VARYING else kept + written
                found.append(Place(stop, kept_here, nick))
        last = not self._following and bool(found)
        return found, end == len(text) and not last

    def _fits(self, written: bytes) -> bool:
        if self._name == "any":
            few = len(written) <= MOST_ANY
            few = few or len(written.decode(self._encoding, "replace")) <= MOST_ANY
            # A token is always of a message.
            return few and not PATTERN.search(written)
        return _FIELDS[self._name].fullmatch(written) is not None


class _Listed:
    """What varies in a notice, `most` bytes; in a whole frame (`framed`) to its end, if it ends it.

    However long it is, no byte of it is looked at twice.
    """

    def __init__(self, following: bytes, most: int, *, framed: bool) -> None:
        self._following = following
        self._most = most
        self._framed = framed

    def step(self, text: bytes, place: Place) -> tuple[Iterable[Place], bool]:
        begin, kept, nick = place
        end = _run("any", text, begin, self._most)
        # A token is always of a message.
        token = PATTERN.search(text, begin, end)
        end = token.end() - 1 if token else end
        stops: Iterable[int] = _stops(text, begin, end, self._following)
        if self._framed and not self._following:
            stops = (end,) if end == len(text) else ()
        found = [Place(stop, kept, nick) for stop in stops]
        last = not self._following and bool(found)
        return found, end == len(text) and not last


def _run(name: str, text: bytes, begin: int, most: int) -> int:
    """Return how far bytes go that can be of this field, of which there are `most`."""
    match = _RUNS[name].match(text, begin, begin + most)
    return match.end() if match else begin


def _stops(text: bytes, begin: int, end: int, following: bytes) -> Iterator[int]:
    """Yield where between `begin` and `end` `following` stands, or begins at the end of `text`."""
    if not following:
        yield from range(begin, end + 1)
        return
    at = text.find(following, begin, end + len(following))
    while at >= 0:
        yield at
        at = text.find(following, at + 1, end + len(following))
    for at in range(max(begin, len(text) - len(following) + 1), end + 1):
        if following.startswith(text[at:]):
            yield at


class Shape:
    """A template, or a part of one: `parts` as those of `Template`.

    With `listed` bytes for it, what varies may be a list of people. Where they are `framed`, whole
    frames are matched.

    `loose` is one that nearly anything can be; `literal` one of which nothing varies; `empty` one
    without parts. `head` is the literal with which it begins, `most` how many bytes it can have at
    most. `trails` names the field with which it ends, where nobody can tell how long that is.
    """

    def __init__(
        self,
        parts: Iterable[tuple[str, bool]],
        encoding: str,
        names: Names,
        listed: int = 0,
        framed: bool = False,
    ) -> None:
        parts = list(parts)
        fields = [text for text, is_field in parts if is_field]
        self.loose = "any" in fields
        self.literal = VARYING.isdisjoint(fields)
        last, is_field = parts[-1] if parts else ("", False)
        self.trails = last if is_field and last in _RUNS else ""
        self.empty = not parts
        self.head = parts[0][0].encode(encoding) if parts and not parts[0][1] else b""
        self.most = sum(
            MOST_FIELD if is_field else len(text.encode(encoding)) for text, is_field in parts
        )
        self.most_trailing = listed if listed and self.trails == "any" else MOST_FIELD
        self._parts: list[_Part] = []
        for (text, is_field), (following, _) in pairwise([*parts, ("", False)]):
            if not is_field:
                self._parts.append(_Literal(text.encode(encoding)))
            elif text == "nick":
                self._parts.append(_Nick(names))
            elif text == "any" and listed:
                self._parts.append(_Listed(following.encode(encoding), listed, framed=framed))
            else:
                self._parts.append(_Field(text, following.encode(encoding), encoding))

    def match(self, text: bytes, at: int) -> Match:
        """Find where it may end that begins at `at`: each end once for each nickname."""
        places, unfinished = [Place(at, b"", None)], False
        for part in self._parts:
            found: dict[tuple[int, str | None], Place] = {}
            for place in places:
                ends, more = part.step(text, place)
                unfinished = unfinished or more
                for end in ends:
                    found.setdefault((end.end, end.nick), end)
            if not found:
                return Match([], unfinished)
            places = list(found.values())
        return Match(places, unfinished)

    def trail(self, text: bytes, at: int) -> int:
        """Return how many bytes from `at` on may be more of the field with which it ends."""
        return _run(self.trails, text, at, self.most_trailing) - at if self.trails else 0
