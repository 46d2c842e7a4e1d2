"""Screen: where reports go, and what that place can show: width, colours, more than ASCII."""

import os
import shutil
from collections.abc import Callable
from functools import partial
from typing import TextIO

from harness.escape import takes_unicode
from harness.report.text import About, render
from harness.verdict import Verdict

NARROWEST, WIDEST = 60, 120


class Screen:
    """The standard output of a command."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def say(self, text: str) -> None:
        """Print a line, or several; whoever has seen enough and gone is no error."""
        try:
            print(text, file=self.stream, flush=True)
        except BrokenPipeError:
            # What comes after is not shown to anybody either, nor complained about at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())

    def show(self, verdict: Verdict, about: About, verbose: bool = False) -> None:
        """Print the report on one run."""
        self.show_text(partial(render, verdict, about, verbose=verbose))

    def show_text(self, make: Callable[..., str]) -> None:
        """Print what `make` returns, which is told `width`, `colour` and `ascii_only`."""
        terminal = self.stream.isatty()
        columns = shutil.get_terminal_size((100, 24)).columns if terminal else 100
        text = make(
            width=min(max(columns, NARROWEST), WIDEST),
            colour=terminal and "NO_COLOR" not in os.environ,
            ascii_only=not takes_unicode(self.stream),
        )
        self.say(text.rstrip("\n"))
