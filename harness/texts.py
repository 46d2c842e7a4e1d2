"""Text templates: what a person of a scenario says, as parts that are filled in later.

    {sentence} {word} {name}   made up anew each time, by whoever calls `render`
    {X*N}                      the text X (without braces), N times over
    {end}                      what ends a message of the dialect; only where bytes are sent
    {{ and }}                  a brace

Knows nothing of YAML, of faker and of tokens.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.errors import BadValue
from harness.words import listed, shown, suggest

FIELDS = ("sentence", "word", "name")
END = "end"
MAX_TIMES = 1_000_000
MAX_BYTES = 4 << 20
"""Size in UTF-8 of all that a template says by itself, its repeats written out."""

_PIECE = re.compile(r"[^{}]+|\{\{|\}\}|\{([^{}]*)\}", re.DOTALL)
_REPEAT = re.compile(r"(.+)\*([0-9]+)", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
# NEL, U+0085, is a line end that a chat must carry like any other character.
_C1 = re.compile("[\u0080-\u0084\u0086-\u009f]")
_BRACE_HINT = "write {{ or }} for a brace"


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that is said as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """What is made up anew each time, `sentence`, `word` or `name`; or the `end` of a message."""

    name: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """The text `text`, `times` times over."""

    text: str
    times: int


Part = Literal | Field | Repeat
Text = tuple[Part, ...]


def parse_text(template: str, fields: Sequence[str] = FIELDS) -> Text:
    """Take a template apart; neighbouring literals are one, and an empty template has no parts.

    `fields` are the names that may stand in it. Raises `BadValue`.
    """
    check_characters(template)
    check_escapes(template)
    if "{" not in template and "}" not in template:
        return (Literal(template),) if template else ()
    parts: list[Part] = []
    literal, at = "", 0
    while at < len(template):
        match = _PIECE.match(template, at)
        if match is None:
            raise BadValue(f"a brace without its partner: {shown(template[at:])}", _BRACE_HINT)
        at = match.end()
        if match[1] is None:
            literal += match[0][0] if match[0] in ("{{", "}}") else match[0]
            continue
        if literal:
            parts.append(Literal(literal))
            literal = ""
        parts.append(_field(match[1], fields))
    if literal:
        parts.append(Literal(literal))
    check_size(size(parts))
    return tuple(parts)


def check_characters(text: str) -> None:
    """Check that a text can be sent as UTF-8; raises `BadValue`."""
    # Long texts are mostly plain ones, in which there is nothing to look for.
    if not text.isascii() and (found := _SURROGATE.search(text)):
        raise BadValue(f"the half character U+{ord(found[0]):04X} cannot be sent as UTF-8")


def check_escapes(text: str) -> None:
    """Check that no byte was meant where a control character stands; raises `BadValue`."""
    if found := _C1.search(text):
        code = ord(found[0])
        raise BadValue(
            f"the text has the control character U+{code:04X}, which is two bytes of UTF-8",
            f'the byte is written {{hex: "{code:02x}"}}, and goes with send',
        )


def _field(inner: str, fields: Sequence[str]) -> Part:
    if inner in fields:
        return Field(inner)
    if match := _REPEAT.fullmatch(inner):
        # Compared as text first: a number of a million digits takes its time.
        times = int(match[2]) if len(match[2]) <= len(str(MAX_TIMES)) else MAX_TIMES + 1
        if not 1 <= times <= MAX_TIMES:
            raise BadValue(f"{shown('{' + inner + '}')} must repeat 1 to {MAX_TIMES:,} times")
        return Repeat(match[1], times)
    known = listed(f"{{{name}}}" for name in (*fields, "X*N"))
    hint = suggest(inner, fields) or f"there are {known}; {_BRACE_HINT}"
    raise BadValue(f"unknown field {shown('{' + inner + '}')}", hint)


def size(parts: Sequence[Part]) -> int:
    """Count the bytes of all that a template says by itself, its repeats written out."""
    count = 0
    for part in parts:
        match part:
            case Literal(text):
                count += len(text.encode())
            case Repeat(text, times):
                count += len(text.encode()) * times
    return count


def check_size(count: int) -> None:
    """Check the bytes of a text, or of several that go out together; raises `BadValue`."""
    if count > MAX_BYTES:
        raise BadValue(f"a text of {count:,} bytes", f"at most {MAX_BYTES:,}")


def format_text(text: Text) -> str:
    """Write the template that `parse_text` reads as `text`."""
    return "".join(map(_format_part, text))


def _format_part(part: Part) -> str:
    match part:
        case Literal(text):
            return text.replace("{", "{{").replace("}", "}}")
        case Field(name):
            return f"{{{name}}}"
        case _:
            return f"{{{part.text}*{part.times}}}"


def render(
    text: Text,
    *,
    sentence: Callable[[], str],
    word: Callable[[], str],
    name: Callable[[], str],
    end: Callable[[], str] = str,
) -> str:
    """Write a text out; each field calls its function anew, from left to right."""
    make = {"sentence": sentence, "word": word, "name": name, END: end}
    return "".join(_render_part(part, make) for part in text)


def _render_part(part: Part, make: dict[str, Callable[[], str]]) -> str:
    match part:
        case Literal(text):
            return text
        case Field(field):
            return make[field]()
        case _:
            return part.text * part.times
