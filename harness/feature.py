"""Features: what a dialect may have or lack, by which a scenario can say what it needs.

Knows no dialect.
"""

from enum import StrEnum


class Feature(StrEnum):
    """What not every dialect has."""

    FRAMES = "frames"
    CHUNKS = "chunks"

    @property
    def lack(self) -> str:
        """What is said of a dialect without it."""
        return {
            Feature.FRAMES: "nothing marks the end of a message",
            Feature.CHUNKS: "something marks the end of a nickname",
        }[self]
