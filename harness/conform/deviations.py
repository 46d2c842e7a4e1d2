"""Deviations: what an implementer knows to be otherwise in his program, from a YAML file.

Each names a requirement or a case, the reason, and a link where there is one. Knows nothing of what
came out.
"""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from pydantic import Field

from harness.conform.results import Deviation
from harness.errors import InputError, Problem
from harness.implementation_file import KnownDeviation
from harness.nodes import Place, Source
from harness.section import Section
from harness.source import load, validated
from harness.words import shown, suggest

EXAMPLE = 'as in [{of: JOIN-6, reason: "nc users want it", link: "https://..."}]'
_MOST = 1000


class DeviationFile(Section):
    """A file of known deviations."""

    EXAMPLE = "as in deviations: " + EXAMPLE.removeprefix("as in ")

    deviations: tuple[KnownDeviation, ...] = Field(max_length=_MOST)


def load_deviations(path: Path, cases: Collection[str]) -> tuple[Deviation, ...]:
    """Read a file of known deviations; raises `InputError` for one of what does not exist."""
    source = load(path)
    return placed(validated(source, DeviationFile).deviations, source, ("deviations",), cases)


def placed(
    known: Sequence[KnownDeviation], source: Source, at: Place, names: Collection[str]
) -> tuple[Deviation, ...]:
    """Return `known` with their places; `names` are all that a deviation can be of."""
    problems = list(_strangers(known, source, at, names))
    if problems:
        raise InputError(problems)
    return tuple(
        Deviation(one.of, one.reason, one.link, _place(source, (*at, index)))
        for index, one in enumerate(known)
    )


def _strangers(
    known: Sequence[KnownDeviation], source: Source, at: Place, names: Collection[str]
) -> Iterator[Problem]:
    for index, one in enumerate(known):
        if one.of not in names:
            hint = suggest(one.of, names) or "`harness conform --list` has all"
            message = f"there is no requirement and no case {shown(one.of)}"
            yield source.problem((*at, index, "of"), message, hint)


def _place(source: Source, at: Place) -> str:
    mark = source.mark(at)
    return f"{source.name}:{mark.line}:{mark.column}"
