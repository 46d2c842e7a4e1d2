"""The tree of errors: what went wrong for the person at the keyboard, each with its exit status.

    HarnessError            2    every error that the harness itself raises
    ├── InputError          2    a file or a value is wrong: what, where, and what to do
    └── UsageError          2    the command line asks for something that cannot be
    ValueError
    └── BadValue                 one value is wrong; whoever knows its place makes a Problem of it

An error's text is written for a person; `harness.cli` prints it and no traceback. This module
knows nothing of files, YAML or sockets, and a verdict is not an error: `harness.verdict` has those.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

INTERRUPTED = 130
"""The exit status after Ctrl-C, as a shell gives it."""


class HarnessError(Exception):
    """Something is wrong that a person can mend; `str()` says what, in words."""

    exit_status: ClassVar[int] = 2


class UsageError(HarnessError):
    """The command line asks for something that cannot be done."""


class BadValue(ValueError):  # noqa: N818 (no error of the tree: a part of one)
    """One value is wrong: `message` says why, `hint` (or "") what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in an input.

    `line` and `column` count from 1; 0 means that the place is not known or does not apply.
    """

    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        words = f"{self.message} ({self.hint})" if self.hint else self.message
        return f"{place}: {words}" if place else words


class InputError(HarnessError):
    """An input is wrong; `problems` has all its mistakes, in the order of their places."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems, key=_position))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def _position(problem: Problem) -> tuple[str, int, int]:
    return problem.file, problem.line, problem.column
