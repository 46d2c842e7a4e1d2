"""A page for a terminal: lines that are escaped, wrapped to a width and painted.

The one place where colours are made. Knows nothing of verdicts.
"""

from dataclasses import dataclass, field
from enum import Enum

from harness.escape import excerpt, wrap


class Paint(Enum):
    """How a line stands out, as the parameter of an SGR sequence (ECMA-48, 8.3.117)."""

    PLAIN = ""
    STRONG = "1"
    BAD = "31"
    GOOD = "32"
    DOUBTFUL = "33"


def painted(text: str, paint: Paint, *, colour: bool) -> str:
    """Return `text` between the sequences that set and reset `paint`; as it is without `colour`."""
    if not colour or paint is Paint.PLAIN or not text:
        return text
    return f"\x1b[{paint.value}m{text}\x1b[0m"


@dataclass(frozen=True, slots=True)
class Page:
    """Lines as they are added; whatever is added is escaped, and no line can do harm.

    `ascii_only` is for a stream that takes nothing else; `width` is in cells.
    """

    width: int = 100
    colour: bool = False
    ascii_only: bool = False
    lines: list[str] = field(default_factory=list)

    def show(self, text: str, most: int) -> str:
        """Return `text` escaped and in at most `most` cells."""
        return excerpt(text, most, ascii_only=self.ascii_only)

    def add(self, text: str, most: int, *, indent: int = 0, paint: Paint = Paint.PLAIN) -> None:
        """Add `text`, at most `most` cells of it, wrapped to the width behind `indent` blanks."""
        for line in wrap(self.show(text, most), max(self.width - indent, 20)):
            self.put(" " * indent + line, paint)

    def put(self, line: str, paint: Paint = Paint.PLAIN) -> None:
        """Add one line that is harmless already, as it is."""
        self.lines.append(painted(line, paint, colour=self.colour))

    def gap(self) -> None:
        """Add an empty line, unless one stands there or the page is empty."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def text(self) -> str:
        """Return the page: every line with its end."""
        return "".join(f"{line}\n" for line in self.lines)
