"""Progress of a run while it lasts: one live line on a terminal, plain lines in a pipe.

Time comes in with each state, in the seconds of the run: nothing here looks at a clock. Knows
nothing of how a run is made.
"""

import contextlib
import os
from dataclasses import dataclass
from typing import Protocol, TextIO

from harness.escape import excerpt, number, takes_unicode

_LIVE_PAUSE, _PLAIN_PAUSE = 0.1, 1.0
_COLUMNS = 80
_LONGEST_LINE = 200
_ERASE = "\x1b[K"


@dataclass(frozen=True, slots=True)
class ProgressState:
    """How far a run is; `lag` and `seconds` in seconds, `step` in the words of the scenario.

    Where nobody is expected, `stage` alone says what is done.
    """

    stage: str
    people_in: int = 0
    people_expected: int = 0
    said: int = 0
    heard: int = 0
    lag: float = 0.0
    seconds: float = 0.0
    step: str = ""


class Progress(Protocol):
    """Somewhere to show how far a run is."""

    def update(self, state: ProgressState) -> None:
        """Show `state`, or leave it out where the last one was shown too lately."""

    def done(self) -> None:
        """Leave the place clean for what is printed next."""


def make_progress(stream: TextIO, *, quiet: bool = False) -> Progress:
    """Return what fits `stream`: a live line for a terminal, else plain lines; nothing if quiet."""
    if quiet:
        return Silent()
    if stream.isatty() and os.environ.get("TERM") != "dumb":
        return LiveLine(stream)
    return PlainLines(stream)


class Silent:
    """Shows nothing."""

    def update(self, state: ProgressState) -> None:
        """Do nothing."""

    def done(self) -> None:
        """Do nothing."""


class LiveLine:
    """One line, written over and over, at most ten times a second, and erased at the end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown: float | None = None

    def update(self, state: ProgressState) -> None:
        """Write the line anew, cut to what the terminal is wide by now."""
        if _too_soon(state, self._shown, _LIVE_PAUSE):
            return
        self._shown = state.seconds
        # The last column stays free: some terminals go on to the next line as soon as it is full.
        _write(self._stream, f"\r{_line(state, self._stream, _columns(self._stream) - 1)}{_ERASE}")

    def done(self) -> None:
        """Erase the line."""
        if self._shown is not None:
            _write(self._stream, f"\r{_ERASE}")
        self._shown = None


class PlainLines:
    """A line at each change of the stage, and at most one a second between."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._stage = ""
        self._shown: float | None = None

    def update(self, state: ProgressState) -> None:
        """Write a line."""
        if state.stage == self._stage and _too_soon(state, self._shown, _PLAIN_PAUSE):
            return
        self._stage, self._shown = state.stage, state.seconds
        _write(self._stream, _line(state, self._stream, _LONGEST_LINE) + "\n")

    def done(self) -> None:
        """Start afresh: the next run's first state is shown."""
        self._stage, self._shown = "", None


def _too_soon(state: ProgressState, shown: float | None, pause: float) -> bool:
    # A time before the last one is another run's.
    return shown is not None and 0 <= state.seconds - shown < pause


def _line(state: ProgressState, stream: TextIO, width: int) -> str:
    if not state.people_expected:
        return excerpt(f"{state.stage} ...", width, ascii_only=not takes_unicode(stream))
    words = [
        f"{state.seconds:6.1f} s  {state.stage}",
        f"{number(state.people_in)} of {number(state.people_expected)} in",
        f"{number(state.said)} said",
        f"{number(state.heard)} heard",
        f"lag {state.lag * 1000:.0f} ms",
    ]
    if state.step:
        words.append(state.step)
    return excerpt(", ".join(words), width, ascii_only=not takes_unicode(stream))


def _columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _COLUMNS
    except (OSError, ValueError):
        return _COLUMNS


def _write(stream: TextIO, text: str) -> None:
    # Whoever looked on may have gone; the run goes on, and its verdict does not depend on it.
    with contextlib.suppress(OSError):
        stream.write(text)
        stream.flush()
