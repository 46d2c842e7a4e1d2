"""Announcements: what a server says of its own accord, and to whom. Knows no connection."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from harness.cast import TOKEN_MARK
from harness.errors import BadValue
from harness.section import Section
from harness.template import Template, parse_template
from harness.words import kind, listed, shown, suggest

NOTICE_FIELDS = ("nick", "host", "port", "time", "any")


class Occasion(StrEnum):
    """What a server may announce."""

    GREETING = "greeting"
    ANSWER = "answer"
    FAREWELL = "farewell"
    JOIN = "join"
    LEAVE = "leave"
    LOST = "lost"


PERSONAL = frozenset({Occasion.GREETING, Occasion.ANSWER, Occasion.FAREWELL})
"""What only those are told whom it is about, and nobody has to be."""


class Audience(StrEnum):
    """Who is told: everybody but whom it is about, everybody, or only whom it is about."""

    OTHERS = "others"
    ALL = "all"
    NEWCOMER = "newcomer"


@dataclass(frozen=True, slots=True)
class Notice:
    """One text that a server says by itself, without what ends it, on an occasion."""

    occasion: Occasion
    template: Template
    audience: Audience


@dataclass(frozen=True, slots=True)
class HeardNotice:
    """A notice that one receiver read at `at` nanoseconds; `nick` is "" where it names nobody."""

    occasion: Occasion
    nick: str
    at: int


def wire_text(text: object) -> str:
    """Check a text of a server: one that a stream can be searched for. Raises `BadValue`."""
    if not isinstance(text, str):
        raise BadValue(f"must be a text, not {kind(text)}")
    if not text:
        raise BadValue("must not be empty")
    if TOKEN_MARK in text:
        raise BadValue(f"must not have a {TOKEN_MARK!r}", "the harness marks its messages so")
    if any("\ud800" <= each <= "\udfff" for each in text):
        raise BadValue("has half a character, which cannot be sent")
    return text


def told_text(text: object) -> str:
    """Check a text of a server that is told after a nickname. Raises `BadValue`."""
    checked = wire_text(text)
    if "\0" in checked:
        raise BadValue("must not have a NUL", "what ends a message is not written here")
    return checked


def notice_template(value: object) -> Template:
    """Read what a server says by itself. Raises `BadValue`."""
    if isinstance(value, Template):
        return value
    template = parse_template(told_text(value), NOTICE_FIELDS)
    if not any(text.strip() for text, is_field in template.parts if not is_field):
        raise BadValue("must have some text beside its fields", 'as in "{nick} joined!"')
    return template


def _audience(value: object) -> Audience:
    if isinstance(value, str) and value in list(Audience):
        return Audience(value)
    hint = suggest(value, list(Audience)) if isinstance(value, str) else ""
    raise BadValue(f"must be one of {listed(Audience)}, not {kind(value)}", hint)


NoticeText = Annotated[
    Template, PlainValidator(notice_template), WithJsonSchema({"type": "string", "minLength": 1})
]


class Announcement(Section):
    """What is told when somebody comes or goes."""

    EXAMPLE = 'as in {text: "{nick} joined!", to: others}'

    text: NoticeText = Field(
        description="What is said, without what ends a message: "
        f"with {listed(f'{{{name}}}' for name in NOTICE_FIELDS)}.",
    )
    to: Annotated[
        Audience, PlainValidator(_audience), WithJsonSchema({"enum": [*map(str, Audience)]})
    ] = Field(
        default=Audience.OTHERS,
        description="Who is told: others (the default), all, or only the newcomer.",
    )

    def notice(self, occasion: Occasion) -> Notice:
        """Return it as said on `occasion`."""
        return Notice(occasion, self.text, self.to)


def told_texts(value: object) -> tuple[Template, ...]:
    """Read one text of the server or a list of them. Raises `BadValue`."""
    if isinstance(value, str | Template):
        return (notice_template(value),)
    if not isinstance(value, list | tuple) or not value:
        raise BadValue(f"must be a text or a list of texts, not {kind(value)}", shown("Welcome!"))
    return tuple(notice_template(one) for one in value)
