"""Implementation: the program that is judged, from a YAML file or from options.

How it is started or where it runs, how it speaks, what it claims and what it is known to do
otherwise. Knows nothing of cases and of how it is judged.
"""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from harness.arguments import bracketed
from harness.conform.deviations import KnownDeviation
from harness.conform.results import Kind
from harness.errors import BadValue
from harness.nodes import Source
from harness.requirements import REQUIREMENTS
from harness.section import Mistake, Section, empty_mistakes
from harness.source import load, validated
from harness.words import shown, suggest

STRICT = "strict"
_WAYS = ("server", "client", "connect")


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
        named = [key for key in _WAYS if key in raw]
        if not named:
            yield Mistake((), "no program is named", cls.EXAMPLE)
        for key in named[1:]:
            yield Mistake((key,), f"{named[0]} is named already, and one is judged", at_key=True)
        for key in ("port", "build"):
            if key in raw and "connect" in raw:
                yield Mistake((key,), f"{key} is for a program that is started", at_key=True)


@dataclass(frozen=True, slots=True)
class Implementation:
    """A program to judge; `command` is None where it runs already, at `connect`.

    `folder` is where commands are run, None for where the harness was started. `source` is its
    file. Without any command it is the reference.
    """

    name: str
    kind: Kind = Kind.SERVER
    command: str | None = None
    connect: tuple[str, int] | None = None
    port: int | None = None
    build: str | None = None
    dialect: str = "raw"
    claims: tuple[str, ...] = ()
    deviations: tuple[KnownDeviation, ...] = ()
    folder: Path | None = None
    source: Source | None = None

    @property
    def is_reference(self) -> bool:
        """Whether it is the program that came with the harness."""
        return self.command is None and self.connect is None

    @property
    def shown(self) -> str:
        """How it is started, or where it is, in words."""
        if self.connect is not None:
            return f"{bracketed(self.connect[0])}:{self.connect[1]}"
        return self.command or f"the reference {self.kind}"


def load_implementation(path: Path) -> Implementation:
    """Read a program's file; raises `InputError` with all its mistakes."""
    source = load(path)
    read = validated(source, ImplementationFile)
    return Implementation(
        name=read.name or path.stem,
        kind=Kind.CLIENT if read.client else Kind.SERVER,
        command=read.client or read.server,
        connect=read.connect,
        port=read.port,
        build=read.build,
        dialect=_beside(read.dialect, path.parent),
        claims=read.claims,
        deviations=read.deviations,
        folder=path.parent.resolve(),
        source=source,
    )


def _beside(dialect: str, folder: Path) -> str:
    return str(folder / dialect) if (folder / dialect).is_file() else dialect


def repeat_command(one: Implementation, case: str, seed: int, patience: float) -> str:
    """Return the command that runs one case against `one` exactly so again."""
    words = ["harness", "conform"]
    if one.source is not None:
        words += [one.source.name]
    else:
        words += _named(one)
    if patience != 1:
        words += ["--patience", f"{patience:g}"]
    return shlex.join([*words, "--case", case, "--seed", str(seed)])


def _named(one: Implementation) -> list[str]:
    words = []
    if one.command is not None:
        words += [f"--{one.kind}", one.command]
    elif one.connect is not None:
        words += ["--connect", f"{bracketed(one.connect[0])}:{one.connect[1]}"]
    elif one.kind is Kind.CLIENT:
        words += ["--reference-client"]
    if one.port is not None:
        words += ["--port", str(one.port)]
    if one.build is not None:
        words += ["--build", one.build]
    return [*words, "--dialect", one.dialect] if one.dialect != "raw" else words


def names(cases: Iterable[str]) -> Iterator[str]:
    """Yield what a deviation can be of: every requirement, and the `cases`."""
    yield from REQUIREMENTS
    yield from cases
