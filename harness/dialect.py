"""Dialects: how one chat looks on the wire, as data.

A dialect is a YAML file; those of the harness are in `dialects/`. It turns nicknames and texts
into the bytes that a client sends, and tells what stands around a relayed text. Knows nothing of
connections and of tokens.
"""

import re
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from harness.cast import TOKEN_MARK
from harness.errors import BadValue, InputError, Problem
from harness.feature import Feature
from harness.section import Section
from harness.source import Source, load, loads, validated
from harness.texts import check_characters
from harness.words import kind, listed, shown, suggest

_LINE_ENDS = re.compile("[\r\n]")
_RELAY = re.compile(r"\{nick\}([^{}]+)\{message\}", re.DOTALL)
_SUFFIXES = (".yaml", ".yml")


class Ends(StrEnum):
    """What ends a nickname or a message; nothing, where TCP alone carries it."""

    NONE = "none"
    LF = "lf"

    @property
    def terminator(self) -> bytes:
        """The bytes themselves."""
        return b"\n" if self is Ends.LF else b""


def _ends(value: object) -> Ends:
    if isinstance(value, str) and value in list(Ends):
        return Ends(value)
    raise BadValue(f"must be one of {listed(Ends)}, not {kind(value)}")


def _encoding(value: object) -> Literal["utf-8"]:
    if value != "utf-8":
        raise BadValue(f"must be utf-8, not {kind(value)}", "there is no other yet")
    return "utf-8"


def _name(text: str) -> str:
    if not text.strip():
        raise BadValue("must not be blank", "give it a name")
    return text


def _about(text: str) -> str:
    if not text.strip():
        raise BadValue("must not be blank", "say in one sentence what speaks like this")
    return text


def _wire_text(text: str) -> str:
    check_characters(text)
    if not text:
        raise BadValue("must not be empty")
    if TOKEN_MARK in text:
        raise BadValue(f"must not have a {TOKEN_MARK!r}", "the harness marks its messages so")
    return text


def _relay(template: str) -> str:
    if not _RELAY.fullmatch(_wire_text(template)):
        hint = 'as in "{nick}: {message}"'
        raise BadValue("must be {nick}, then some text, then {message}", hint)
    return template


class Framing(Section):
    """What ends the texts that go one way."""

    ends: Annotated[Ends, PlainValidator(_ends), WithJsonSchema({"enum": [*map(str, Ends)]})] = (
        Field(description="none (nothing marks the end) or lf")
    )


class Dialect(Section):
    """How a chat looks on the wire, seen from its clients."""

    name: Annotated[str, AfterValidator(_name)] = Field(description="What it is called.")
    about: Annotated[str, AfterValidator(_about)] = Field(
        description="What speaks like this, in one sentence."
    )
    encoding: Annotated[
        Literal["utf-8"], PlainValidator(_encoding), WithJsonSchema({"const": "utf-8"})
    ] = Field(default="utf-8", description="How text becomes bytes.")
    prompt: Annotated[str, AfterValidator(_wire_text)] = Field(
        description="What the server sends first, its line end included."
    )
    nickname: Framing = Field(description="The nickname, to the server.")
    said: Framing = Field(description="A message, to the server.")
    heard: Framing = Field(description="A relayed message, from the server.")
    relay: Annotated[str, AfterValidator(_relay)] = Field(
        description="A relayed message: {nick}, some text, {message}.",
        examples=["{nick}: {message}"],
    )

    @property
    def prompt_bytes(self) -> bytes:
        """What the server sends right after accepting."""
        return self.prompt.encode()

    @property
    def framed(self) -> bool:
        """Whether relayed messages have boundaries."""
        return self.heard.ends is not Ends.NONE

    @property
    def features(self) -> frozenset[Feature]:
        """What it has that not every dialect has."""
        marked = self.nickname.ends is not Ends.NONE
        features = {Feature.FRAMES: self.framed, Feature.CHUNKS: not marked}
        return frozenset(feature for feature, has in features.items() if has)

    @property
    def ending(self) -> bytes:
        """What ends a relayed message; empty where it is not framed."""
        return self.heard.ends.terminator

    def nickname_bytes(self, nick: str) -> bytes:
        """Write a nickname as a client sends it."""
        return nick.encode() + self.nickname.ends.terminator

    def said_bytes(self, text: str) -> bytes:
        """Write a message as a client sends it."""
        return text.encode() + self.said.ends.terminator

    def prefix(self, nick: str) -> bytes:
        """Write what stands in front of a relayed text."""
        return self.relay.removesuffix("{message}").replace("{nick}", nick, 1).encode()

    def check_text(self, text: str) -> str | None:
        """Say why a text cannot be one message of this dialect; None where it can."""
        if reason := _unsendable(text):
            return reason
        if not text and self.said.ends is Ends.NONE:
            return f"nothing is sent for an empty text in {shown(self.name)}"
        lines = Ends.LF in (self.said.ends, self.heard.ends)
        if lines and (found := _LINE_ENDS.search(text)):
            return f"a message of {shown(self.name)} is one line, and this has {found[0]!r}"
        return None

    def check_nick(self, nick: str) -> str | None:
        """Say why a nickname cannot be sent in this dialect; None where it can."""
        if reason := _unsendable(nick):
            return reason
        if not nick:
            return "the nickname is empty"
        # In every dialect: a server may take a line end at the end of a nickname off.
        if found := _LINE_ENDS.search(nick):
            return f"the nickname has {found[0]!r}"
        return None


def _unsendable(text: str) -> str | None:
    try:
        check_characters(text)
    except BadValue as error:
        return error.message
    return None


def builtin_dialects() -> tuple[str, ...]:
    """List the names of the dialects that the harness brings."""
    names = (entry.name for entry in (files("harness") / "dialects").iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def load_dialect(name_or_path: str) -> Dialect:
    """Read a dialect: one of the harness by its name, or any from a file; raises `InputError`."""
    return validated(_source(name_or_path), Dialect)


def _source(name_or_path: str) -> Source:
    known = builtin_dialects()
    if name_or_path in known:
        entry = files("harness") / "dialects" / f"{name_or_path}.yaml"
        return loads(entry.read_text(encoding="utf-8"), f"{name_or_path}.yaml")
    path = Path(name_or_path)
    if path.suffix in _SUFFIXES or len(path.parts) > 1 or path.is_file():
        return load(path)
    hint = suggest(name_or_path, known) or f"there are {listed(known)}, or give a file"
    raise InputError([Problem(f"there is no dialect {shown(name_or_path)}", hint=hint)])
