"""A command line of the user's, made into the words that a program is started with (pure).

It is split as a shell splits words, but there is no shell: no variables, no pipes, no wildcards.
This file starts nothing and does not know which port will be used.
"""

import difflib
import re
import shlex

from harness.errors import UsageError

_PLACEHOLDER = re.compile(r"\{\{|\{(\w+)\}")


def split(command: str | tuple[str, ...]) -> tuple[str, ...]:
    """The words of a command; one that is split already is only checked.

    Raises `UsageError` when it is empty, a quote is open, or a word has a NUL.
    """
    if isinstance(command, str):
        try:
            words = tuple(shlex.split(command))
        except ValueError as error:
            raise UsageError(f"the command {command!r} cannot be split: {error}") from None
    else:
        words = command
    if not words or not words[0]:
        raise UsageError("the command is empty; name the program to start")
    if any("\0" in word for word in words):
        raise UsageError("the command has a NUL character, which no program can be given")
    return words


def fill(words: tuple[str, ...], **values: str) -> tuple[str, ...]:
    """The words with each `{name}` replaced; `{{` stands for a brace, other braces for themselves.

    Raises `UsageError` for a name that is not among `values`.
    """

    def value(found: re.Match[str]) -> str:
        name: str | None = found[1]
        if name is None:
            return "{"
        if name not in values:
            raise UsageError(_unknown(name, words, values))
        return values[name]

    return tuple(_PLACEHOLDER.sub(value, word) for word in words)


def _unknown(name: str, words: tuple[str, ...], values: dict[str, str]) -> str:
    near = difflib.get_close_matches(name.lower(), values, n=1)
    hint = f"did you mean {{{near[0]}}}?" if near else "a brace for itself is written {{"
    known = " and ".join(f"{{{each}}}" for each in sorted(values))
    return f"{{{name}}} in the command {shlex.join(words)!r} is unknown ({known} are known); {hint}"
