"""The values behind the keys of a dialect: how each is read from YAML, and its mistakes.

Knows no dialect as a whole.
"""

import codecs
import re
from dataclasses import dataclass
from enum import StrEnum

from pydantic import PlainValidator, WithJsonSchema

from harness.announcement import told_text, wire_text
from harness.errors import BadValue
from harness.template import FIELDS, Template, parse_template
from harness.words import kind, listed, shown, suggest

_LINE_ENDS = re.compile("[\r\n]")
# In these ASCII is itself, and no byte of it stands within another character.
_ENCODINGS = re.compile(r"utf-8|ascii|iso8859-\d+|cp(125\d|437|8[56]\d)|koi8-[rtu]|mac-\w+|tis-620")


class Writer(StrEnum):
    """Who puts the nickname in front of a message."""

    SERVER = "server"
    CLIENT = "client"


class Policy(StrEnum):
    """What a server does with a nickname that it does not like."""

    ANY = "any"
    LET_IN = "let in"
    REFUSE = "refuse"
    ASK_AGAIN = "ask again"
    REPLACE = "replace"


class BadBytes(StrEnum):
    """What a server does with bytes that are no text."""

    ANY = "any"
    PASS = "pass"  # noqa: S105 - no password
    REPLACE = "replace"
    DROP = "drop"
    CLOSE = "close"


class Asking(StrEnum):
    """How a client comes to know the nickname: the person is asked, or it is started with it."""

    ASKED = "asked"
    BEFORE = "before connecting"
    ARGUMENT = "argument"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the server sends first: exactly `text`, or anything that ends with it."""

    text: str
    exact: bool = True


def choice(options: type[StrEnum]) -> tuple[PlainValidator, WithJsonSchema]:
    """Return what reads one of `options`, and its JSON Schema."""

    def read(value: object) -> StrEnum:
        if isinstance(value, str) and value in list(options):
            return options(value)
        hint = suggest(value, list(options)) if isinstance(value, str) else ""
        raise BadValue(f"must be one of {listed(options)}, not {kind(value)}", hint)

    return PlainValidator(read), WithJsonSchema({"enum": [*map(str, options)]})


def encoding(value: object) -> str:
    """Read the name of an encoding; raises `BadValue`."""
    if not isinstance(value, str):
        raise BadValue(f"must be the name of an encoding, not {kind(value)}", "as in utf-8")
    try:
        name = codecs.lookup(value).name
    except LookupError:
        raise BadValue(f"there is no encoding {shown(value)}", "as in utf-8") from None
    if not _ENCODINGS.fullmatch(name):
        message = "must be utf-8, or an encoding with one byte for each character"
        raise BadValue(message, "as in latin-1, cp1251")
    return name


def sentence(text: str) -> str:
    """Check that a text is not blank; raises `BadValue`."""
    if not text.strip():
        raise BadValue("must not be blank", "say it in a few words")
    return text


def prompt(value: object) -> Prompt:
    """Read what the server sends first; raises `BadValue`."""
    if isinstance(value, Prompt):
        return value
    if isinstance(value, dict):
        if list(value) != ["ends-with"]:
            raise BadValue("must be a text, or {ends-with: a text}", 'as in {ends-with: "name: "}')
        return Prompt(wire_text(value["ends-with"]), exact=False)
    return Prompt(wire_text(value))


def relay(value: object) -> Template:
    """Read how a relayed message looks; raises `BadValue`."""
    if isinstance(value, Template):
        return value
    template = parse_template(told_text(value), FIELDS)
    hint = 'as in "{nick}: {message}"'
    if template.fields.count("message") != 1:
        raise BadValue("must have {message} once", hint)
    if template.fields.count("nick") > 1:
        raise BadValue("must have {nick} once at most", hint)
    if "nick" in template.fields[template.fields.index("message") :]:
        raise BadValue("must have {nick} before {message}", hint)
    return template


def echo(value: object) -> Template:
    """Read how a sender gets its own message; raises `BadValue`."""
    if isinstance(value, Template):
        return value
    template = parse_template(told_text(value), FIELDS)
    if template.fields.count("message") != 1:
        raise BadValue("must have {message} once", 'as in "You: {message}"')
    return template


def quit_word(text: str) -> str:
    """Check the word that quits; raises `BadValue`."""
    if not text.strip() or _LINE_ENDS.search(text):
        raise BadValue("must be one word", "as in /quit")
    return text
