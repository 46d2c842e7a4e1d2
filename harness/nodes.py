"""YAML text -> data, with the place of every value and every key.

The events come from PyYAML (its C parser where there is one), the meaning of scalars from
`harness.scalars`, and the traps of YAML are mistakes here: duplicate keys, keys that are no text,
merge keys, tags, several documents, references that blow up. All mistakes of a text are reported
at once, up to the first that is no YAML at all. Knows nothing of files on disk and of formats.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NoReturn

import yaml

from harness.errors import BadValue, InputError, Problem
from harness.scalars import check_collection_tag, resolve, resolve_tagged
from harness.words import kind, shown

MAX_NODES = 100_000
"""Values of a text, each reference (`*name`) counted with all that it stands for."""
MAX_CHARACTERS = 1 << 20
"""Characters of all scalars together, counted in the same way."""
MAX_DEPTH = 50

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Place = tuple[str | int, ...]
"""The way to a value: keys and indices from the root, which is `()`."""

_BREAK = re.compile(r"\r\n|\r|\n")
# YAML 1.2 allows U+0085, U+2028 and U+2029, but the parser takes them for line breaks and folds
# them away; as escapes they arrive.
_RAW_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_ESCAPED_FORBIDDEN = re.compile("[\x80-\x84\x86-\x9f\ud800-\udfff]")
_SYNTAX_HINTS = {
    "mapping values are not allowed": 'put a text that has ": " in it in quotes',
    "found character": "put a text that begins with this character in quotes; indent with blanks",
    "did not find expected key": "look at the quotes, the brackets and the indentation before this",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text; both numbers count from 1, the column in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Source:
    """The data of a YAML text, and where each value (`marks`) and key (`key_marks`) stands.

    `overrides` names what replaced a value from outside of the text, by its place.
    """

    name: str
    data: object
    marks: Mapping[Place, Mark]
    key_marks: Mapping[Place, Mark]
    overrides: Mapping[Place, str] = field(default_factory=dict)

    def mark(self, place: Place, at_key: bool = False) -> Mark:
        """Give the mark of a value (or of its key), or of the nearest that has one around it."""
        if at_key and place in self.key_marks:
            return self.key_marks[place]
        while place not in self.marks:
            place = place[:-1]
        return self.marks[place]

    def problem(self, place: Place, message: str, hint: str = "", at_key: bool = False) -> Problem:
        """Make a problem of a mistake at a place."""
        for length in range(len(place), 0, -1):
            if place[:length] in self.overrides:
                return Problem(message, self.overrides[place[:length]], hint=hint)
        mark = self.mark(place, at_key)
        return Problem(message, self.name, mark.line, mark.column, hint)


def loads(text: str, name: str) -> Source:
    """Read a YAML text; `name` stands for it in messages.

    Raises `InputError` with every mistake found.
    """
    text = text.removeprefix("\ufeff")
    _check_characters(text, name)
    builder = _Builder(name, _events(text, name))
    data = builder.document()
    if builder.problems:
        raise InputError(builder.problems)
    return Source(name, data, builder.marks, builder.key_marks)


def mark_at(text: str, offset: int) -> Mark:
    """Find line and column of a character of a text."""
    lines = _BREAK.split(text[:offset])
    return Mark(len(lines), len(lines[-1]) + 1)


def _check_characters(text: str, name: str) -> None:
    problems = []
    for match in islice(_RAW_FORBIDDEN.finditer(text), 20):
        mark, code = mark_at(text, match.start()), ord(match[0])
        message = f"the character U+{code:04X} cannot stand here as it is"
        escape = f'write it as an escape, in double quotes: "\\u{code:04x}"'
        hint = "" if _ESCAPED_FORBIDDEN.match(match[0]) else escape
        problems.append(Problem(message, name, mark.line, mark.column, hint))
    if problems:
        raise InputError(problems)


def _events(text: str, name: str) -> Iterator[Any]:
    """Parse, with the parser's errors in our words."""
    try:
        yield from yaml.parse(text, Loader=LOADER)
    except (yaml.YAMLError, ValueError) as error:
        raise InputError([_syntax_problem(error, name)]) from None


def _syntax_problem(error: Exception, name: str) -> Problem:
    said = getattr(error, "problem", None) or str(error)
    mark = getattr(error, "problem_mark", None)
    hint = next((hint for start, hint in _SYNTAX_HINTS.items() if said.startswith(start)), "")
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    return Problem(f"this is not YAML: {said}", name, line, column, hint)


@dataclass(slots=True)
class _Anchor:
    """What `&name` stands before: its place, and once it is complete its value and size."""

    place: Place
    nodes: int
    characters: int
    value: object = None
    complete: bool = False


class _Builder:
    """Builds the data from the events of one document."""

    def __init__(self, name: str, events: Iterator[Any]) -> None:
        self.name = name
        self._events = events
        self.problems: list[Problem] = []
        self.marks: dict[Place, Mark] = {}
        self.key_marks: dict[Place, Mark] = {}
        self._anchors: dict[str, _Anchor] = {}
        self._nodes = 0
        self._characters = 0

    def document(self) -> object:
        events = self._events
        next(events)  # the stream begins
        if isinstance(next(events), yaml.StreamEndEvent):
            self.marks[()] = Mark(1, 1)
            return None
        value = self._node(next(events), ())
        next(events)  # the document ends
        event = next(events)
        if not isinstance(event, yaml.StreamEndEvent):
            self._problem(event, "a second document begins here", "keep to one document a file")
        return value

    def _problem(self, event: Any, message: str, hint: str = "") -> None:
        mark = _mark(event)
        self.problems.append(Problem(message, self.name, mark.line, mark.column, hint))

    def _stop(self, event: Any, message: str, hint: str = "") -> NoReturn:
        self._problem(event, message, hint)
        raise InputError(self.problems)

    def _node(self, event: Any, place: Place) -> object:
        self.marks[place] = _mark(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, place)
        if event.anchor is None:
            return self._value(event, place)
        anchor = _Anchor(place, self._nodes, self._characters)
        self._anchors[event.anchor] = anchor
        anchor.value = self._value(event, place)
        anchor.nodes = self._nodes - anchor.nodes
        anchor.characters = self._characters - anchor.characters
        anchor.complete = True
        return anchor.value

    def _value(self, event: Any, place: Place) -> object:
        if isinstance(event, yaml.ScalarEvent):
            self._count(event, 1, len(event.value))
            return self._scalar(event)
        self._count(event, 1, 0)
        if len(place) >= MAX_DEPTH:
            self._stop(event, f"nested deeper than {MAX_DEPTH} levels")
        sequence = isinstance(event, yaml.SequenceStartEvent)
        try:
            check_collection_tag(event.tag, "seq" if sequence else "map")
        except BadValue as error:
            self._problem(event, error.message, error.hint)
        return self._sequence(place) if sequence else self._mapping(place)

    def _count(self, event: Any, nodes: int, characters: int) -> None:
        self._nodes += nodes
        self._characters += characters
        if self._nodes > MAX_NODES or self._characters > MAX_CHARACTERS:
            most = f"{MAX_NODES:,} values, and {MAX_CHARACTERS:,} characters"
            self._stop(event, "too much, references counted in full", f"at most {most}")

    def _scalar(self, event: Any) -> object:
        text: str = event.value
        if forbidden := _ESCAPED_FORBIDDEN.search(text):
            self._problem(event, *_forbidden_words(ord(forbidden[0])))
        try:
            if event.tag is not None:
                return resolve_tagged(event.tag, text)
            return resolve(text) if event.implicit[0] else text
        except BadValue as error:
            self._problem(event, error.message, error.hint)
            return text

    def _sequence(self, place: Place) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*place, len(items))))
        return items

    def _mapping(self, place: Place) -> dict[str, object]:
        items: dict[str, object] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, place, items)
            # What stands behind a wrong key is read all the same, to a place of no other value.
            inner = (*place, -1) if key is None else (*place, key)
            value = self._node(next(self._events), inner)
            if key is not None:
                self.key_marks[inner] = _mark(event)
                items[key] = value
        return items

    def _key(self, event: Any, place: Place, items: Mapping[str, object]) -> str | None:
        key = self._node(event, (*place, -1))
        if not isinstance(key, str):
            hint = "put it in quotes" if isinstance(key, bool | int | float) else ""
            self._problem(event, f"a key must be a text, not {kind(key)}", hint)
        elif key == "<<" and getattr(event, "implicit", (False,))[0]:
            self._problem(event, "merge keys (<<) are not supported", "write the keys out")
        elif key in items:
            first = self.key_marks[(*place, key)].line
            self._problem(
                event, f"the key {shown(key)} stands here twice", f"first in line {first}"
            )
        else:
            return key
        return None

    def _alias(self, event: Any, place: Place) -> object:
        anchor = self._anchors.get(event.anchor)
        if anchor is None:
            self._problem(event, f"nothing is called &{event.anchor}")
            return None
        if not anchor.complete:
            self._stop(event, f"*{event.anchor} stands inside of what it refers to")
        self._count(event, anchor.nodes, anchor.characters)
        for inner in _places(anchor.value):
            if len(place) + len(inner) > MAX_DEPTH:
                self._stop(event, f"nested deeper than {MAX_DEPTH} levels")
            self.marks[place + inner] = self.marks[anchor.place + inner]
            if anchor.place + inner in self.key_marks:
                self.key_marks[place + inner] = self.key_marks[anchor.place + inner]
        return anchor.value


def _forbidden_words(code: int) -> tuple[str, str]:
    if code >= 0xD800:
        return f"the text has the half character U+{code:04X}", "write the whole character"
    hint = f'"\\x{code:02x}" is a character to YAML, as "\\xff" is the text ÿ'
    return f"the text has the control character U+{code:04X}", (
        f'{hint}; bytes are written {{hex: "{code:02x}"}}'
    )


def _places(value: object) -> Iterator[Place]:
    """Give the places of all values inside of a value, relative to it."""
    inner: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(value, dict):
        inner = iter(value.items())
    elif isinstance(value, list):
        inner = iter(enumerate(value))
    for key, item in inner:
        yield (key,)
        for place in _places(item):
            yield (key, *place)


def _mark(event: Any) -> Mark:
    mark = event.start_mark
    return Mark(mark.line + 1, mark.column + 1)
