"""Templates: how a server puts a text together, with fields for what is not always the same.

    {nick} {message}      whose words, and the words
    {host} {port}         the address of their connection, as the server sees it
    {time}                a time of day or a date, digits and what stands between them
    {any}                 anything else that varies, on one line, up to `MOST_ANY` characters, and
                          more where a server tells it by itself: it may be a list of who is in
    {{ and }}             a brace

Knows no dialect and no connection.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from harness.errors import BadValue
from harness.words import listed, shown, suggest

FIELDS = ("nick", "message", "host", "port", "time", "any")
VARYING = frozenset({"time", "any"})
"""What nobody can tell beforehand."""

MOST_ANY = 80
_PIECE = re.compile(r"[^{}]+|\{\{|\}\}|\{([^{}]*)\}", re.DOTALL)
_TIME = r"[0-9](?:[0-9:./T+-]|, ?| (?=[0-9AaPp])|[AaPp]\.?[Mm]\.?|Z|UTC){2,38}"
_PATTERNS = {
    "nick": r".+?",
    "message": r".*",
    "host": r"[0-9A-Za-z.:\[\]-]{1,60}",
    "port": r"[0-9]{1,5}",
    "time": _TIME,
    "any": r"[^\r\n]*?",
}


@dataclass(frozen=True)
class Template:
    """A text with fields: `parts` are literals and, marked by True, names of fields."""

    source: str
    parts: tuple[tuple[str, bool], ...]

    def __str__(self) -> str:
        return self.source

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its fields, in their order."""
        return tuple(text for text, is_field in self.parts if is_field)

    @property
    def varies(self) -> bool:
        """Whether it has a part that nobody can tell beforehand."""
        return not VARYING.isdisjoint(self.fields)

    def render(self, values: Mapping[str, str]) -> str:
        """Fill the fields in; one without a value, and what varies, becomes nothing."""
        return "".join(values.get(text, "") if is_field else text for text, is_field in self.parts)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds it, with a group for each field (its first occurrence)."""
        seen: set[str] = set()
        found = ""
        for text, is_field in self.parts:
            if not is_field:
                found += re.escape(text)
            elif text in seen:
                # What varies need not be the same twice.
                found += f"(?:{_PATTERNS[text]})" if text in VARYING else f"(?P={text})"
            else:
                seen.add(text)
                found += f"(?P<{text}>{_PATTERNS[text]})"
        return re.compile(found, re.DOTALL)


def parse_template(source: str, fields: Collection[str]) -> Template:
    """Take a template apart; `fields` are those that may stand in it. Raises `BadValue`."""
    parts: list[tuple[str, bool]] = []
    literal, at = "", 0
    while at < len(source):
        match = _PIECE.match(source, at)
        if match is None:
            hint = "write {{ or }} for a brace"
            raise BadValue(f"a brace without its partner: {shown(source[at:])}", hint)
        at = match.end()
        if match[1] is None:
            literal += match[0][0] if match[0] in ("{{", "}}") else match[0]
            continue
        parts += [(literal, False)] if literal else []
        literal = ""
        parts.append((_field(match[1], fields), True))
    parts += [(literal, False)] if literal else []
    _check_neighbours(parts)
    return Template(source, tuple(parts))


def _field(name: str, fields: Collection[str]) -> str:
    if name in fields:
        return name
    hint = suggest(name, fields) or f"there are {listed(f'{{{one}}}' for one in fields)}"
    raise BadValue(f"unknown field {shown('{' + name + '}')}", hint)


def _check_neighbours(parts: list[tuple[str, bool]]) -> None:
    for (left, left_is_field), (right, right_is_field) in pairwise(parts):
        if left_is_field and right_is_field:
            both = shown(f"{{{left}}}{{{right}}}")
            raise BadValue(f"between the fields of {both} some text must stand")
