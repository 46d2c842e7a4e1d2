"""Annotations of GitHub Actions: a line for each thing that a reader of a pull request should see.

The format is that of workflow commands (docs.github.com, "Workflow commands"). Pure.
"""

from collections.abc import Iterator

from harness.conform.conclude import level_of
from harness.conform.reports.words import HEADLINES, failing, in_short, unjudged
from harness.conform.results import Report, Standing
from harness.escape import excerpt
from harness.requirements import Level

_MOST_WORDS, _MOST_TITLE = 1_000, 120


def annotations(report: Report) -> str:
    """Return the commands, a line each; the verdict first.

    No more than ten of a kind are shown there: what to fix first stands above the rest, and what
    could not be judged for one reason is one line.
    """
    return "".join(f"{line}\n" for line in _lines(report))


def unheeded(text: str, token: str) -> str:
    """Return `text` between the commands that make GitHub Actions obey nothing in between.

    It reads commands out of everything that is printed, and a report quotes the tested program.
    `token` must be one that the program cannot have known.
    """
    return f"::stop-commands::{token}\n{text.rstrip()}\n::{token}::"


def _lines(report: Report) -> Iterator[str]:
    yield _command("notice", HEADLINES[report.conformity].capitalize(), in_short(report))
    for one in failing(report):
        kind = "error" if level_of(one) is Level.MUST or report.strict else "warning"
        yield _command(kind, f"{one.id} is violated", f"{one.sentence} {one.says}")
    for stale in report.stale:
        yield _command("error", f"{stale.of} is kept now", "take it out of the known deviations")
    for name in report.unmet:
        yield _command("error", f"{name} is claimed", "and was not shown to be kept")
    for reason, names in unjudged(report, Standing.INCONCLUSIVE).items():
        yield _command("warning", f"{', '.join(names)} could not be judged", reason)
    if report.interrupted:
        yield _command("warning", "Interrupted", "not all of it was run")


def _command(kind: str, title: str, message: str) -> str:
    return f"::{kind} title={_property(title)}::{_data(message, _MOST_WORDS)}"


def _data(text: str, most: int) -> str:
    # What a terminal would obey is an escape already, and so no line can end here.
    return excerpt(text, most).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text, _MOST_TITLE).replace(":", "%3A").replace(",", "%2C")
