"""Screen: what a person sees of what a program printed, at a terminal or behind a pipe.

A terminal of 200 columns and 50 lines, so that lines seldom wrap. What has been seen and has
scrolled off counts as well. Bytes of a program under test are hostile: no sequence stops this, and
what is kept is bounded. Pure; knows no chat.
"""

import codecs
import re
import unicodedata
from collections import deque
from typing import Any

import pyte
from wcwidth import wcwidth

COLUMNS, LINES = 200, 50
MOST_SCROLLED = 2000
MOST_TEXT = 1 << 20
_PORTION = 4096
# What stands between words and at the edges of windows, in a different place on each screen.
_GAP = "[\\s\u2500-\u257f|]"
_GAPS = re.compile(f"{_GAP}+")
_CONTROL = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]"  # ECMA-48, section 5.4: a control sequence
    "|\x1b[\\]PX^_].*?(?:\x07|\x1b\\\\)"  # and section 5.6: a control string
    "|\x1b[ -/]*[0-~]"
    "|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]",
    re.DOTALL,
)
# Sequences for which the library has no answer, and says so by an exception.
_UNKNOWN = re.compile("\x1b\\[[<=>][0-?]*[ -/]*[@-~]|\x1b\\[\\?[0-?]*[ -/]*[^hl0-?]")


def squeezed(text: str) -> str:
    """Return `text` without its gaps, so that it is found again however it was wrapped."""
    return _GAPS.sub("", unicodedata.normalize("NFC", text))


def without_controls(text: str) -> str:
    """Return `text` without what a terminal obeys."""
    return _CONTROL.sub("", text)


class _Terminal(pyte.Screen):
    """A screen that remembers what scrolled off, and answers what it is asked."""

    def __init__(self) -> None:
        self.scrolled: deque[str] = deque(maxlen=MOST_SCROLLED)
        self.answers = ""
        super().__init__(COLUMNS, LINES)

    def index(self) -> None:
        """Scroll, and keep what goes."""
        top, bottom = self.margins or (0, self.lines - 1)
        if self.cursor.y == bottom:
            self.scrolled.append(self.line(top))
        super().index()

    def draw(self, data: str) -> None:
        """Draw what has a place; the library would leave out all behind what has none."""
        super().draw("".join(filter(_has_place, data)))

    def write_process_input(self, data: str) -> None:
        """Note an answer to the program."""
        self.answers += data

    def line(self, y: int) -> str:
        """Return one line, as far as something stands in it."""
        cells = self.buffer[y]
        return "".join(cells[x].data for x in range(max(cells, default=-1) + 1)).rstrip()


def _has_place(char: str) -> bool:
    return wcwidth(char) > 0 or bool(unicodedata.combining(char))


class Screen:
    """What is seen of what was printed so far."""

    def __init__(self, *, terminal: bool) -> None:
        self._decode: Any = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._plain = ""
        self._held = ""
        self._terminal = _Terminal() if terminal else None
        self._stream = pyte.Stream(self._terminal) if self._terminal else None
        self._seen: tuple[str, ...] | None = None

    def feed(self, data: bytes) -> bytes:
        """Take what was printed next; returns what a terminal answers to it."""
        text: str = self._decode(data)
        self._plain = (self._plain + text)[-MOST_TEXT:]
        self._seen = None
        if self._terminal is None:
            return b""
        for at in range(0, len(text), _PORTION):
            self._draw(text[at : at + _PORTION])
        answers, self._terminal.answers = self._terminal.answers, ""
        return answers.encode()

    def _draw(self, text: str) -> None:
        text = self._held + text
        # A sequence that is cut is drawn when the rest of it is here.
        cut = re.search("\x1b(\\[[0-?]{0,32})?\\Z", text)
        self._held = text[cut.start() :] if cut else ""
        text = _UNKNOWN.sub("", text[: cut.start()] if cut else text)
        assert self._stream is not None
        try:
            self._stream.feed(text)
        except Exception:  # noqa: BLE001 - whatever a program prints, and the library cannot take
            self._stream = pyte.Stream(self._terminal)

    def lines(self) -> list[str]:
        """List what is seen, line by line, with what scrolled off before it."""
        if self._terminal is None:
            return without_controls(self._plain).splitlines()
        shown = (self._terminal.line(y) for y in range(LINES))
        return [line for line in (*self._terminal.scrolled, *shown) if line]

    def has(self, text: str) -> bool:
        """Tell whether `text` is or was to be seen, however it is wrapped."""
        wanted = squeezed(text)
        if not any(wanted in seen for seen in map(squeezed, self._all_seen())):
            return False
        spaced = _spaced(text)
        return any(spaced.search(seen) for seen in self._all_seen())

    def has_in_order(self, text: str) -> bool:
        """Tell whether each character of `text` is or was to be seen, in this order."""
        wanted = squeezed(text)
        return any(_is_in_order(wanted, seen) for seen in map(squeezed, self._all_seen()))

    def _all_seen(self) -> tuple[str, ...]:
        if self._seen is None:
            seen = ["\n".join(self.lines())]
            if self._terminal is not None:  # what was drawn over has been seen as well
                seen.append(without_controls(self._plain))
            self._seen = tuple(unicodedata.normalize("NFC", one) for one in seen)
        return self._seen


def _spaced(text: str) -> re.Pattern[str]:
    """Match `text` however it is wrapped, with something between its words."""
    words = filter(None, _GAPS.split(unicodedata.normalize("NFC", text)))
    return re.compile(f"{_GAP}+".join(f"{_GAP}*".join(map(re.escape, word)) for word in words))


def _is_in_order(wanted: str, seen: str) -> bool:
    at = 0
    for char in wanted:
        at = seen.find(char, at) + 1
        if not at:
            return False
    return True
