"""What a sequence diagram is drawn with: characters, a row of cells, and arrows on it.

Knows nothing of moments and people: places are columns, counted in cells from the left, and texts
are as `harness.escape` returns them.
"""

from dataclasses import dataclass
from itertools import pairwise

from harness.escape import cells

# What an arrow needs beside its label: "── " before it, " ─►" or " ✗ " behind, and its two ends.
_BESIDE = 8


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters of a diagram, each one cell wide."""

    line: str = "│"
    to_right: str = "├"
    to_left: str = "┤"
    crossing: str = "┼"
    rule: str = "─"
    right: str = "►"
    left: str = "◄"
    event: str = "●"
    never: str = "✗"
    more: str = "⋮"
    ascii_only: bool = False


UNICODE = Glyphs()
ASCII = Glyphs("|", "|", "|", "+", "-", ">", "<", "*", "X", ":", ascii_only=True)


class Row:
    """One line under construction: for each cell a character, or nothing behind a wide one."""

    def __init__(self, width: int) -> None:
        self._cells = [" "] * width

    def put(self, at: int, text: str) -> None:
        """Write `text` from column `at` on; it must fit, and cut no wide character in two."""
        for char in text:
            size = cells(char)
            if size:
                self._cells[at : at + size] = [char, ""][:size]
                at += size
            else:
                self._cells[at - 1] += char

    def text(self) -> str:
        """Return the line, without blanks at its end."""
        return "".join(self._cells).rstrip()


def needed(label: str) -> int:
    """Return how far apart two lifelines must be for an arrow with `label` on it."""
    return cells(label) + _BESIDE


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow between the lifelines of a person and of the server.

    `between` are the lifelines that it passes on its way. A `broken` one does not arrive.
    """

    person: int
    server: int
    inward: bool
    broken: bool
    between: tuple[int, ...] = ()

    @property
    def low(self) -> int:
        """The column of its left end."""
        return min(self.person, self.server)

    @property
    def high(self) -> int:
        """The column of its right end."""
        return max(self.person, self.server)

    @property
    def rightwards(self) -> bool:
        """Whether it points to the right."""
        return (self.person < self.server) is self.inward

    def draw(self, row: Row, glyphs: Glyphs) -> None:
        """Draw it without its label."""
        for low, high in self._lanes():
            for at in range(low + 1, high):
                row.put(at, " " if self.broken and (at - low) % 2 == 0 else glyphs.rule)
        for at in self.between:
            row.put(at, glyphs.crossing)
        if self.rightwards:
            row.put(self.low, glyphs.to_right)
        else:
            row.put(self.high, glyphs.to_left)
        self._head(row, glyphs)

    def _head(self, row: Row, glyphs: Glyphs) -> None:
        if self.broken:
            row.put(self.high - 3 if self.rightwards else self.low + 1, f" {glyphs.never} ")
        elif self.rightwards:
            row.put(self.high - 1, glyphs.right)
        else:
            row.put(self.low + 1, glyphs.left)

    def label(self, row: Row, label: str) -> bool:
        """Write `label` on it, next to the person if there is room; tell whether there was any."""
        lanes = self._lanes()
        if self.person > self.server:
            lanes.reverse()
        for low, high in [*lanes, (self.low, self.high)]:
            if needed(label) <= high - low:
                start = 2 if self.broken and self.rightwards else 3
                row.put(low + start, f" {label} " if label else "")
                return True
        return not label

    def _lanes(self) -> list[tuple[int, int]]:
        return list(pairwise([self.low, *self.between, self.high]))
