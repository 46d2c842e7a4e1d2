"""What a requirement is: an id, a level, a sentence and where it comes from.

The ids never change their meaning and are never used again. This file knows none of the
requirements themselves, nor how one is checked.
"""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a requirement asks for; the first three as in RFC 2119."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"
    LEVEL = "level"  # reported as what a server reaches, never as a failure


class Dialects(StrEnum):
    """Which dialects a requirement is about."""

    ALL = "every dialect"
    FRAMED = "dialects with frames"
    ANNOUNCING = "dialects that announce"


class Source(StrEnum):
    """Where the requirements come from that no standard is the origin of."""

    ORIGINAL = "the original homework chat"
    HERE = "this document"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One sentence that an implementation can be held to.

    `source` names where it comes from: a standard and its section, or one of `Source`.
    """

    id: str
    level: Level
    sentence: str
    source: str = Source.HERE
    dialects: Dialects = Dialects.ALL

    @property
    def fails(self) -> bool:
        """Whether violating it fails a run: MUST and SHOULD do."""
        return self.level in (Level.MUST, Level.SHOULD)
