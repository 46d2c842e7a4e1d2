"""Deviations: what an implementer knows to be otherwise in his program, from a YAML file.

Each names a requirement or a case, the reason, and a link where there is one. Knows nothing of what
came out.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from harness.conform.results import Deviation
from harness.errors import BadValue, InputError, Problem
from harness.nodes import Place, Source
from harness.section import Mistake, Section, empty_mistakes
from harness.source import load, validated
from harness.words import shown, suggest

EXAMPLE = 'as in [{of: JOIN-6, reason: "nc users want it", link: "https://..."}]'
_MOST = 1000


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
