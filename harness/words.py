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


# By the numbers of Linux, wherever a run is judged again: signal(7).
_SIGNALS = {
    1: "SIGHUP",
    2: "SIGINT",
    3: "SIGQUIT",
    4: "SIGILL",
    5: "SIGTRAP",
    6: "SIGABRT",
    7: "SIGBUS",
    8: "SIGFPE",
    9: "SIGKILL",
    11: "SIGSEGV",
    13: "SIGPIPE",
    14: "SIGALRM",
    15: "SIGTERM",
    24: "SIGXCPU",
    25: "SIGXFSZ",
    31: "SIGSYS",
}
SIGPIPE = 13


def ended_words(status: int) -> str:
    """Say how a process ended, as the end of a sentence."""
    return f"{'was ended by' if status < 0 else 'ended with'} {end_of_process(status)}"


def end_of_process(status: int) -> str:
    """Say with what a process ended; `status` as in `subprocess`, negative for a signal."""
    if status >= 0:
        return f"exit status {status}"
    return _SIGNALS.get(-status, f"signal {-status}")
