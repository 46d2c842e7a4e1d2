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
    PROMPTING = "dialects in which the server speaks first"
    NAMED = "dialects with nicknames"
    ENDED_NAMES = "dialects in which a nickname has an end"
    MARKED = "dialects that tell who speaks"
    LINES = "dialects in which what is said has an end"
    UTF_8 = "dialects in UTF-8"
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
    def asks(self) -> str:
        """Its level, and of which dialects it asks that, where not of every one."""
        if self.dialects is Dialects.ALL:
            return str(self.level)
        return f"{self.level} ({self.dialects})"

    @property
    def fails(self) -> bool:
        """Whether violating it fails a run: MUST and SHOULD do."""
        return self.level in (Level.MUST, Level.SHOULD)
