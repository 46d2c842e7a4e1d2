"""Words for people: how a wrong value is shown in a message, and "did you mean".

What is shown is escaped and bounded, whatever it holds. Knows nothing of files and of formats.
"""

import difflib
from collections.abc import Iterable

SHOWN = 60
"""Characters of a value that a message shows."""

_CANDIDATES = 1_000
"""Words compared for "did you mean": the comparison is slow, and mistakes may be many."""


def shown(text: str) -> str:
    """Quote a text for a message: on one line, control characters escaped, cut to `SHOWN`."""
    # `str` first: the members of a StrEnum have a repr of their own.
    return repr(str(text)) if len(text) <= SHOWN else repr(str(text)[:SHOWN]) + "…"


def kind(value: object) -> str:
    """Name a value as the writer of a YAML file knows it: `the number 5`, `a list`, `nothing`."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {shown(value)}"
        case list() | tuple():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return f"a {type(value).__name__}"


def suggest(word: str, known: Iterable[str]) -> str:
    """Ask "did you mean 'x'?" with the most alike of the known words; "" where none is alike."""
    candidates = list(known)[:_CANDIDATES]
    alike = difflib.get_close_matches(word[:SHOWN], candidates, n=1)
    return f"did you mean {shown(alike[0])}?" if alike else ""


def listed(words: Iterable[str]) -> str:
    """Join words for a message: `a, b, c`."""
    return ", ".join(words)
