"""Which requirements a dialect lets nobody see kept or violated, and why.

Knows no check and no history.
"""

from collections.abc import Callable, Mapping

from harness.dialect import Dialect
from harness.feature import Feature
from harness.requirements.model import Dialects, Requirement

NOBODY_MARKED = "nothing tells who speaks"
NO_ENDS = "nothing marks the end of a nickname"
OTHER_ENCODING = "its text is not in UTF-8"


def why_not(requirement: Requirement, dialect: Dialect) -> str:
    """Return why `requirement` says nothing of `dialect`; empty where it does."""
    return _REASONS[requirement.dialects](dialect)


def marks_speaker(dialect: Dialect) -> bool:
    """Tell whether what stands around a relayed message tells whose it is."""
    return not {"nick", "port"}.isdisjoint(dialect.relay.fields)


def _lack(feature: Feature) -> Callable[[Dialect], str]:
    return lambda dialect: "" if feature in dialect.features else feature.lack


def _unmarked(dialect: Dialect) -> str:
    return "" if marks_speaker(dialect) else NOBODY_MARKED


def _endless_names(dialect: Dialect) -> str:
    if dialect.nickname is None:
        return Feature.NICKNAMES.lack
    return "" if dialect.nickname.ends.marked else NO_ENDS


def _other_encoding(dialect: Dialect) -> str:
    return "" if dialect.encoding == "utf-8" else OTHER_ENCODING


_REASONS: Mapping[Dialects, Callable[[Dialect], str]] = {
    Dialects.ALL: lambda _: "",
    Dialects.PROMPTING: _lack(Feature.PROMPT),
    Dialects.NAMED: _lack(Feature.NICKNAMES),
    Dialects.ENDED_NAMES: _endless_names,
    Dialects.MARKED: _unmarked,
    Dialects.LINES: _lack(Feature.LINES),
    Dialects.UTF_8: _other_encoding,
    Dialects.ANNOUNCING: _lack(Feature.ANNOUNCEMENTS),
}
