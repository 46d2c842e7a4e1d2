"""Annotations of GitHub Actions: a line for each thing that a reader of a pull request should see.

The format is that of workflow commands (docs.github.com, "Workflow commands"). Pure.
"""

from collections.abc import Iterator

from harness.conform.conclude import level_of
from harness.conform.reports.words import HEADLINES, failing, in_short
from harness.conform.results import Conformity, Report, Standing
from harness.escape import excerpt
from harness.requirements import Level

_MOST_WORDS = 1_000


def annotations(report: Report) -> str:
    """Return the commands, a line each."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    for one in failing(report):
        kind = "error" if level_of(one) is Level.MUST or report.strict else "warning"
        yield _command(kind, f"{one.id} is violated", f"{one.sentence} {one.says}")
    for one in report.requirements:
        if one.standing is Standing.INCONCLUSIVE:
            yield _command("warning", f"{one.id} could not be judged", one.reason)
    for stale in report.stale:
        yield _command("error", f"{stale.of} is kept now", "take it out of the known deviations")
    for name in report.unmet:
        yield _command("error", f"{name} is claimed", "and was not shown to be kept")
    kind = "error" if report.conformity is Conformity.FAILS else "notice"
    yield _command(kind, HEADLINES[report.conformity].capitalize(), in_short(report))


def _command(kind: str, title: str, message: str) -> str:
    return f"::{kind} title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    # What a terminal would obey is an escape already, and so no line can end here.
    return excerpt(text, _MOST_WORDS).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
