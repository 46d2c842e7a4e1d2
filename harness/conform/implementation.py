"""Implementation: the program that is judged, from a YAML file or from options.

Knows nothing of cases and of how it is judged.
"""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.arguments import bracketed
from harness.conform.results import Kind
from harness.implementation_file import ImplementationFile, KnownDeviation
from harness.nodes import Source
from harness.requirements import REQUIREMENTS
from harness.source import load, validated


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
