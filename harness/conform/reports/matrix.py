"""The matrix: several implementations against the requirements, at one glance. Pure."""

import json
from collections.abc import Sequence

from harness.conform.reports.markdown import code
from harness.conform.reports.program import to_data
from harness.conform.reports.words import ASCII_MARKS, HEADLINES, MARKS, in_short
from harness.conform.results import Report, RequirementResult, Standing
from harness.escape import cells, pad
from harness.report.page import Page, Paint
from harness.requirements import REQUIREMENTS

_MOST_NAME, _MOST_WORDS = 40, 1_000
_FORMAT = 1


def matrix(
    reports: Sequence[Report],
    *,
    width: int = 100,
    colour: bool = False,
    ascii_only: bool = False,
) -> str:
    """Return a table with a numbered column for each implementation, and what the numbers mean."""
    page = Page(width, colour, ascii_only)
    marks = ASCII_MARKS if ascii_only else MARKS
    names = _seen(reports)
    left = max(map(cells, names), default=0)
    column = len(str(len(reports)))
    numbers = [str(number) for number in range(1, len(reports) + 1)]
    page.put(" ".join([pad("", left), *(number.rjust(column) for number in numbers)]))
    for name in names:
        row = [marks[_standing(one, name)].rjust(column) for one in reports]
        page.put(" ".join([pad(name, left), *row]))
    page.gap()
    for number, one in zip(numbers, reports, strict=True):
        shown = page.show(one.name, _MOST_NAME)
        words = f"{HEADLINES[one.conformity].lower()}: {in_short(one)}"
        page.put(f"{number.rjust(column)}  {shown}: {words}", Paint.PLAIN)
    legend = ", ".join(f"{marks[each]} {each}" for each in Standing)
    page.add(f"({legend})", _MOST_WORDS)
    return page.text()


def matrix_markdown(reports: Sequence[Report]) -> str:
    """Return the table as Markdown."""
    head = ["requirement", *(code(one.name, _MOST_NAME) for one in reports)]
    lines = [_row(head), _row(["---"] * len(head))]
    lines += [
        _row([name, *(MARKS[_standing(one, name)] for one in reports)]) for name in _seen(reports)
    ]
    lines.append(_row(["**verdict**", *(str(one.conformity) for one in reports)]))
    return "\n".join(lines) + "\n"


def matrix_json(reports: Sequence[Report]) -> str:
    """Return all the reports as JSON, ASCII alone."""
    data = {"format": _FORMAT, "reports": [to_data(one) for one in reports]}
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"


def _row(columns: Sequence[str]) -> str:
    return f"| {' | '.join(columns)} |"


def _seen(reports: Sequence[Report]) -> list[str]:
    """Return the requirements that any report tells of, in their order."""
    told = {one.id for report in reports for one in report.requirements}
    return [name for name in REQUIREMENTS if name in told]


def _standing(report: Report, name: str) -> Standing:
    known: dict[str, RequirementResult] = {one.id: one for one in report.requirements}
    return known[name].standing if name in known else Standing.NOT_APPLICABLE
