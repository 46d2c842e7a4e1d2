"""The file of an implementation: the words of its YAML format, and those of known deviations.

How the program is started or where it runs, how it speaks, what it claims, and what it is known to
do otherwise. Knows nothing of cases and of how it is judged.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from harness.errors import BadValue
from harness.requirements import REQUIREMENTS
from harness.section import Mistake, Section, empty_mistakes
from harness.words import shown, suggest

STRICT = "strict"
WAYS = ("server", "client", "connect")
"""What a program is named by; one of them is there."""
STARTED = ("port", "build")
"""What is only for one that is started."""


def _said(value: str) -> str:
    if not value.strip():
        raise BadValue("a deviation needs a reason", "say why it is so, for those who read this")
    return value


class KnownDeviation(Section):
    """One entry: what deviates, and why."""

    EXAMPLE = 'as in {of: JOIN-6, reason: "nc users want it"}'

    of: str = Field(description="The id of a requirement, or of a case.")
    reason: Annotated[str, AfterValidator(_said)] = Field(description="Why it is so.")
    link: str = Field(default="", description="Where that is talked about.")

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterable[Mistake]:
        """Find keys with nothing behind them."""
        return empty_mistakes(raw, cls.keys())


def address(text: object) -> tuple[str, int]:
    """Read HOST:PORT; raises `BadValue`."""
    host, colon, port = str(text).rpartition(":")
    if not colon or not host or not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise BadValue(f"{shown(str(text))} is no HOST:PORT", "as in 127.0.0.1:14901")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _claim(value: object) -> str:
    name = str(value)
    if name != STRICT and name not in REQUIREMENTS:
        hint = suggest(name, (STRICT, *REQUIREMENTS)) or f"{STRICT}, or a requirement's id"
        raise BadValue(f"nobody can claim {shown(name)}", hint)
    return name


_ADDRESS = WithJsonSchema({"type": "string", "pattern": "^.+:[0-9]+$"})
_CLAIM = WithJsonSchema({"anyOf": [{"const": STRICT}, {"enum": [*REQUIREMENTS]}]})


class ImplementationFile(Section):
    """One program, as its file describes it."""

    EXAMPLE = 'as in server: "python my_server.py {port}"'

    name: str = Field(default="", description="What it is called; else the file's name.")
    server: str | None = Field(
        default=None,
        min_length=1,
        description="How the server is started, in this file's folder: {port}, {host}, $PORT.",
    )
    client: str | None = Field(
        default=None,
        min_length=1,
        description="Or how the client is started: {host}, {port}, {nick}.",
    )
    connect: Annotated[tuple[str, int] | None, PlainValidator(address), _ADDRESS] = Field(
        default=None, description="Or where the server runs already: HOST:PORT."
    )
    port: int | None = Field(
        default=None, ge=1, le=65535, description="The port of a command that has no {port}."
    )
    build: str | None = Field(
        default=None, min_length=1, description="What is run once before, in this file's folder."
    )
    dialect: str = Field(
        default="raw",
        min_length=1,
        description="A name of `harness list dialects`, a file beside this one, or learn.",
    )
    claims: tuple[Annotated[str, PlainValidator(_claim), _CLAIM], ...] = Field(
        default=(),
        description="What has to be shown: strict (every SHOULD), or requirements: one that could "
        "not be seen, or a level that was not reached, then fails.",
    )
    deviations: tuple[KnownDeviation, ...] = Field(
        default=(),
        description="What is known to be otherwise: of (a requirement or a case), reason, link.",
    )

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterable[Mistake]:
        """Find a program that is named twice, or not at all."""
        yield from empty_mistakes(raw, cls.keys())
        named = [key for key in WAYS if key in raw]
        if not named:
            yield Mistake((), "no program is named", cls.EXAMPLE)
        for key in named[1:]:
            yield Mistake((key,), f"{named[0]} is named already, and one is judged", at_key=True)
        for key in STARTED:
            if key in raw and "connect" in raw:
                yield Mistake((key,), f"{key} is for a program that is started", at_key=True)
