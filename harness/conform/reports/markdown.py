"""The report as Markdown, for the summary of a CI job or a page of one's own. Pure.

Texts of the tested program are shown as code, in which nothing is obeyed.
"""

from collections.abc import Iterator

from harness.conform.reports.words import (
    HEADLINES,
    MARKS,
    excused,
    failing,
    grouped,
    in_short,
    size,
)
from harness.conform.results import CaseResult, Report, RequirementResult
from harness.escape import excerpt, for_terminal
from harness.verdict import Finding, Outcome

_MOST_WORDS, _MOST_WIRE = 1_000, 8_000
_MOST_CASES = 20


def markdown(report: Report) -> str:
    """Return `report` as a document of its own."""
    return "\n".join([*_head(report), *_advice(report), *_table(report), *_details(report)]) + "\n"


def code(text: str, most: int = _MOST_WORDS) -> str:
    """Return `text` as code in a line: nothing of it is obeyed, not even in a table."""
    shown = excerpt(text, most).replace("|", "\\|")
    ticks = "`" * (1 + max((len(run) for run in _ticks(shown)), default=0))
    return f"{ticks} {shown} {ticks}" if shown.strip() else ""


def _ticks(text: str) -> Iterator[str]:
    return (run for run in text.replace("``", "` `").split() if set(run) == {"`"})


def _head(report: Report) -> list[str]:
    lines = [
        f"# {HEADLINES[report.conformity].capitalize()}: {code(report.name)}",
        "",
        f"{in_short(report)}; {size(report)}, {report.seconds:.1f} s.",
        "",
        f"{report.kind.capitalize()}: {code(report.command)}, dialect {code(report.dialect)}.",
        "",
    ]
    if report.interrupted:
        lines += ["**Interrupted: not all of it was run.**", ""]
    return lines


def _advice(report: Report) -> list[str]:
    lines = []
    for number, one in enumerate(report.advice, start=1):
        cause = f" Likely cause: {code(one.cause)}." if one.cause else ""
        explains = f"explains {one.explains} of {one.of} failing cases"
        lines.append(f"{number}. **{one.requirement}** ({explains}): {code(one.says)}{cause}")
    return ["## What to fix first", "", *lines, ""] if lines else []


def _table(report: Report) -> list[str]:
    lines = ["## Requirements", "", "| | requirement | level | |", "| --- | --- | --- | --- |"]
    for _, results in grouped(report):
        lines += [_row(one) for one in results]
    return [*lines, ""]


def _row(one: RequirementResult) -> str:
    told = f"known: {code(one.deviation.reason)}" if one.deviation else str(one.standing)
    return f"| {MARKS[one.standing]} | {one.id}: {one.sentence} | {one.level} | {told} |"


def _details(report: Report) -> list[str]:
    lines = []
    for case in report.failed[:_MOST_CASES]:
        lines += _case(case)
    more = len(report.failed) - _MOST_CASES
    lines += [f"... and {more} more failing cases.", ""] if more > 0 else []
    for stale in report.stale:
        lines += [f"**{code(stale.of)} is kept now: take it out of the known deviations.**", ""]
    for name in report.unmet:
        lines += [f"**{code(name)} is claimed, and was not shown to be kept.**", ""]
    known = len(excused(report))
    if failing(report) or known:
        lines = ["## Failing cases", "", *lines]
    return lines


def _case(case: CaseResult) -> list[str]:
    lines = ["<details>", f"<summary>{case.id}: {case.title}</summary>", ""]
    for finding in [one for one in case.findings if one.outcome is Outcome.FAIL][:5]:
        lines += [_finding(finding), ""]
    run = case.first_failure
    if run is not None and run.wire:
        lines += [*_block(run.wire), ""]
    return [*lines, "</details>", ""]


def _finding(finding: Finding) -> str:
    cause = f" Likely cause: {code(finding.cause)}." if finding.cause else ""
    return f"**{finding.requirement or 'a limit'}**: {code(finding.says)}{cause}"


def _block(text: str) -> list[str]:
    """Return `text` as an indented block, which nothing in it can end."""
    shown = text[:_MOST_WIRE].split("\n")
    return [f"    {for_terminal(line)}" for line in shown]
