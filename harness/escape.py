r"""Text of a tested program made harmless and visible, and measured in the cells of a terminal.

Whatever a terminal would obey, hide or reorder is shown as an escape: `\x1b` is the byte 1b (also
one that was no UTF-8), `\u202e` a character. So a stranger's bytes can neither move the cursor nor
look like something that they are not. Knows nothing of verdicts, of colours and of where it prints.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from functools import lru_cache
from typing import TextIO

# More marks than this on one letter paint over the lines above and below it.
_MOST_MARKS = 4
# Below these many cells there is no room for an end beside the beginning, or for a count.
_NARROW, _ROOMY = 24, 40
_LARGE = 100

_NOT_PLAIN = re.compile("[^ -~]+")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# "Printable" to Python, and yet nothing is seen: fillers, a blank of Braille, variation selectors.
_UNSEEN = frozenset(
    map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0))
) | frozenset(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


class _Kind(Enum):
    SEEN = auto()
    MARK = auto()
    ESCAPED = auto()


def for_terminal(text: str, *, ascii_only: bool = False) -> str:
    r"""Return `text` with everything that a terminal would obey or not show as an escape.

    Escaped are control characters (`\n`, `\x1b`, `\u0085`), bytes that came through
    `surrogateescape` (`\xff`), direction marks, every blank but the plain one, what has no
    character, and marks that pile up or stand on nothing. Zero-width joiners are escaped too:
    terminals disagree on the width of what they join, and two texts that differ in one alone must
    not look the same in a report. A backslash stays as it is, so that a text may pass here twice.
    With `ascii_only` all else that is not ASCII is escaped as well. Takes time in proportion to
    `text`.
    """

    def shown(match: re.Match[str]) -> str:
        room = _MOST_MARKS if match.start() else 0
        return "".join(_units(match[0], ascii_only=ascii_only, room=room))

    return _NOT_PLAIN.sub(shown, text)


def excerpt(text: str, width: int, *, ascii_only: bool = False) -> str:
    """Return `text` as `for_terminal` shows it, in at most `width` cells.

    A long text keeps its beginning and its end, and says how many characters are left out between
    them where these are many; in a narrow place it keeps its beginning. No escape is cut in two.
    Takes time in proportion to `width`, whatever the length of `text`.
    """
    if len(text) <= width * (_MOST_MARKS + 1):
        whole = for_terminal(text, ascii_only=ascii_only)
        if cells(whole) <= width:
            return whole
    dots = "..." if ascii_only else "…"
    if width < _NARROW:
        return _begin(text, width - len(dots), ascii_only=ascii_only) + dots[: max(width, 0)]
    return _begin_and_end(text, width, dots, ascii_only=ascii_only)


def cells(text: str) -> int:
    """Return how many cells of a terminal `text` takes; `text` as `for_terminal` returns it."""
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def pad(text: str, width: int) -> str:
    """Return `text` filled up with blanks to `width` cells; a longer one as it is."""
    return text + " " * (width - cells(text))


def wrap(text: str, width: int) -> list[str]:
    """Return the lines, at least one, of at most `width` cells that `text` takes.

    Broken at a blank where there is one; all other blanks stay. `text` as `for_terminal` returns
    it; `width` is at least 2.
    """
    lines = []
    while (fitting := _fitting(text, width)) < len(text):
        blank = text.rfind(" ", 0, fitting + 1)
        cut = blank if text[: max(blank, 0)].strip() else fitting
        lines.append(text[:cut])
        text = text[cut:].removeprefix(" ")
    return [*lines, text]


def number(value: int) -> str:
    """Return `value` with a blank between the thousands."""
    return f"{value:,}".replace(",", " ")


def counted(value: int, one: str, many: str) -> str:
    """Return `value` and what it counts: `1 person`, `4 512 people`."""
    return f"{number(value)} {one if value == 1 else many}"


def takes_unicode(stream: TextIO) -> bool:
    """Whether `stream` can be written any character: its encoding is UTF-8, or it has none."""
    encoding: str | None = getattr(stream, "encoding", None)
    try:
        return encoding is None or codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False


def _units(text: str, *, ascii_only: bool, room: int = 0) -> Iterator[str]:
    """Yield what is shown of each character; `room` marks may stand on what came before."""
    for char in text:
        kind, escaped = _known(char, ascii_only)
        if kind is _Kind.SEEN:
            room = _MOST_MARKS
            yield char
        elif kind is _Kind.MARK and room > 0:
            room -= 1
            yield char
        else:
            room = 0
            yield escaped


@lru_cache(maxsize=4096)
def _known(char: str, ascii_only: bool) -> tuple[_Kind, str]:
    """Return what kind of character it is, and its escape."""
    if not char.isprintable() or char in _UNSEEN or (ascii_only and char > "~"):
        return _Kind.ESCAPED, _escaped(char)
    return (_Kind.SEEN if _cells_of(char) else _Kind.MARK), _escaped(char)


@lru_cache(maxsize=4096)
def _cells_of(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _escaped(char: str) -> str:
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _begin(text: str, width: int, *, ascii_only: bool) -> str:
    return "".join(_taken(_units(text[: max(width, 0)], ascii_only=ascii_only), width))


def _begin_and_end(text: str, width: int, dots: str, *, ascii_only: bool) -> str:
    counted = width >= _ROOMY and len(text) >= width + _LARGE
    gap = f"{dots} {number(len(text))} characters {dots}" if counted else dots
    room = width - cells(gap)
    head = _taken(_units(text[:width], ascii_only=ascii_only), room - room // 3)
    tail = _taken(reversed(list(_units(text[-width:], ascii_only=ascii_only))), room // 3)
    while tail and not cells(tail[-1]):
        tail.pop()  # a mark whose letter was left out would stand on the dots
    if counted:
        gap = f"{dots} {number(len(text) - len(head) - len(tail))} characters {dots}"
    return "".join((*head, gap, *reversed(tail)))


def _taken(units: Iterable[str], room: int) -> list[str]:
    """Take whole units while they fit into `room` cells."""
    taken = []
    for unit in units:
        room -= cells(unit)
        if room < 0:
            break
        taken.append(unit)
    return taken


def _fitting(text: str, width: int) -> int:
    """Return how many characters of `text` fit into `width` cells; one at least."""
    for at, char in enumerate(text):
        width -= _cells_of(char)
        if width < 0:
            return max(at, 1)
    return len(text)
