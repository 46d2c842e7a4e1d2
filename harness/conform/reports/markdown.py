"""The report as Markdown, for the summary of a CI job or a page of one's own. Pure.

Texts of the tested program are shown as code, in which nothing is obeyed: no tag, no link, no
mention of anybody (CommonMark 0.31, section 6.1; GitHub Flavored Markdown, section 4.10).
"""

import re
from html import escape

from harness.conform.reports.words import (
    HEADLINES,
    MARKS,
    bounded,
    excused,
    failing,
    grouped,
    in_short,
    size,
    telling_run,
    unjudged,
)
from harness.conform.results import CaseResult, Kind, Report, RequirementResult, Standing
from harness.escape import excerpt, for_terminal
from harness.verdict import Finding, Outcome

_MOST_WORDS, _MOST_WIRE = 1_000, 8_000
_MOST_CASES, _MOST_FINDINGS = 20, 5
# GitHub looks for the end of no code that more than 80 of them begin.
_MOST_TICKS = 8
_MANY_TICKS = re.compile(f"`{{{_MOST_TICKS + 1},}}")


def markdown(report: Report) -> str:
    """Return `report` as a document of its own."""
    parts = (_head, _advice, _table, _doubts, _deviations, _details)
    return "\n".join(line for part in parts for line in part(report)) + "\n"


def code(text: str, most: int = _MOST_WORDS) -> str:
    """Return `text` as code in a line: nothing of it is obeyed."""
    shown = _MANY_TICKS.sub(lambda run: r"\x60" * len(run[0]), excerpt(text, most))
    longest = max(map(len, re.findall("`+", shown)), default=0)
    ticks = "`" * (longest + 1)
    return f"{ticks} {shown} {ticks}" if shown.strip() else ""


def cell(text: str, most: int = _MOST_WORDS) -> str:
    """Return `text` as code in a cell of a table, where a bar would end the cell, code or not."""
    return code(text, most).replace("|", r"\|")


def _head(report: Report) -> list[str]:
    lines = [
        f"# {HEADLINES[report.conformity].capitalize()}: {code(report.name)}",
        "",
        f"{in_short(report)}; {size(report)}, {report.seconds:.1f} s.",
        "",
        f"{report.kind.capitalize()}: {code(report.command)}, dialect {code(report.dialect)}.",
        "",
    ]
    if report.selected:
        lines += [f"Only some cases were asked for: {code(report.selected)}.", ""]
    if report.interrupted:
        lines += ["**Interrupted: not all of it was run.**", ""]
    if report.kind is Kind.SERVER:
        lines += [f"Order of messages: {report.order}.", ""]
    lines += [f"Isolation: {code(report.isolation)}.", ""] if report.isolation else []
    return lines


def _advice(report: Report) -> list[str]:
    lines = []
    for number, one in enumerate(report.advice, start=1):
        cause = f" Likely cause: {code(one.cause)}." if one.cause else ""
        explains = f"explains {one.explains} of {one.of} failing cases"
        lines.append(f"{number}. **{one.requirement}** ({explains}): {code(one.says)}{cause}")
    return ["## What to fix first", "", *lines, ""] if lines else []


def _table(report: Report) -> list[str]:
    head = ["| | requirement | level | | cases |", "| --- | --- | --- | --- | --- |"]
    rows = [_row(one) for _, results in grouped(report) for one in results]
    return ["## Requirements", "", *head, *rows, ""]


def _row(one: RequirementResult) -> str:
    told = f"known: {cell(one.deviation.reason)}" if one.deviation else str(one.standing)
    failed = list(one.cases.values()).count(Outcome.FAIL)
    cases = f"{failed} of {len(one.cases)} fail" if failed else str(len(one.cases) or "")
    sentence = f"{one.id}: {one.sentence}"
    return f"| {MARKS[one.standing]} | {sentence} | {one.level} | {told} | {cases} |"


def _doubts(report: Report) -> list[str]:
    """Return what was not judged, and why."""
    lines = [
        f"- {words}: {', '.join(names)}: {code(reason)}"
        for standing, words in (
            (Standing.INCONCLUSIVE, "Could not be judged"),
            (Standing.NOT_APPLICABLE, "Not applicable"),
        )
        for reason, names in unjudged(report, standing).items()
    ]
    return ["## Not judged", "", *lines, ""] if lines else []


def _deviations(report: Report) -> list[str]:
    lines = []
    for one in excused(report):
        assert one.deviation is not None
        link = f" ({code(one.deviation.link)})" if one.deviation.link else ""
        lines.append(f"- {one.id} is known to be violated: {code(one.deviation.reason)}{link}")
    lines += [
        f"- **{code(one.of)} is kept now: take it out of the known deviations.**"
        for one in report.stale
    ]
    lines += [
        f"- **{code(name)} is claimed, and was not shown to be kept.**" for name in report.unmet
    ]
    return ["## Deviations and claims", "", *lines, ""] if lines else []


# -- cases -----------------------------------------------------------------------------------------


def _details(report: Report) -> list[str]:
    if not report.failed and not failing(report):
        return []
    lines = ["## Failing cases", ""]
    for case in report.failed[:_MOST_CASES]:
        lines += _case(case)
    more = len(report.failed) - _MOST_CASES
    return lines + ([f"... and {more} more failing cases.", ""] if more > 0 else [])


def _case(case: CaseResult) -> list[str]:
    title = escape(excerpt(f"{case.id}: {case.title}", _MOST_WORDS))
    lines = ["<details>", f"<summary>{title}</summary>", ""]
    for finding in [one for one in case.findings if one.outcome is Outcome.FAIL][:_MOST_FINDINGS]:
        lines += [_finding(finding), ""]
    if len(case.runs) > 1:
        lines += [f"{case.passed} of {len(case.runs)} runs passed.", ""]
    run = telling_run(case)
    if run is not None:
        lines += _blocks(
            ("Run it again:", run.about.repeat_command),
            ("What went to and fro:", run.wire),
            ("The last that it printed:", run.about.server_output_tail),
        )
    return [*lines, "</details>", ""]


def _finding(finding: Finding) -> str:
    cause = f" Likely cause: {code(finding.cause)}." if finding.cause else ""
    return f"**{finding.requirement or 'a limit'}**: {code(finding.says)}{cause}"


def _blocks(*blocks: tuple[str, str]) -> list[str]:
    """Return each text under its heading, as an indented block, which nothing in it can end."""
    lines = []
    for heading, text in blocks:
        if text.strip():
            shown = bounded(text, _MOST_WIRE).strip("\n").split("\n")
            lines += [heading, "", *(f"    {for_terminal(line)}" for line in shown), ""]
    return lines
