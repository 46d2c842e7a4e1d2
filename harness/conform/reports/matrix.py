"""The matrix: several implementations against the requirements, at one glance. Pure."""

import json
from collections.abc import Mapping, Sequence

from harness.conform.reports.markdown import cell
from harness.conform.reports.program import to_data
from harness.conform.reports.words import ASCII_MARKS, HEADLINES, MARKS, PAINTS, in_short
from harness.conform.results import Report, Standing
from harness.escape import cells, pad
from harness.report.page import Page
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
    """Return a table with a numbered column for each implementation, and what the numbers mean.

    Where there are more than fit into the width, there are several tables. An empty place is what
    nothing was looked at for.
    """
    page = Page(width, colour, ascii_only)
    names = _seen(reports)
    left = max(map(cells, names), default=0)
    column = len(str(len(reports)))
    fitting = max((width - left) // (column + 1), 1)
    for first in range(0, len(reports), fitting):
        page.gap()
        _block(page, names, reports[first : first + fitting], first + 1)
    page.gap()
    for number, one in enumerate(reports, start=1):
        shown = page.show(one.name, _MOST_NAME)
        words = f"{HEADLINES[one.conformity].lower()}: {in_short(one)}"
        page.add(f"{number:{column}}  {shown}: {words}", _MOST_WORDS, paint=PAINTS[one.conformity])
    marks = _marks(page)
    present = {_standing(one, name) for one in reports for name in names}
    legend = ", ".join(f"{marks[each]} {each}" for each in Standing if each in present)
    page.add(f"({legend})", _MOST_WORDS)
    return page.text()


def _block(page: Page, names: Sequence[str], reports: Sequence[Report], first: int) -> None:
    """Add the columns of some reports, of which the first has the number `first`."""
    left = max(map(cells, names), default=0)
    numbers = range(first, first + len(reports))
    column = len(str(numbers[-1]))
    page.put(" ".join([pad("", left), *(f"{number:{column}}" for number in numbers)]))
    for name in names:
        row = [_mark(_marks(page), one, name).rjust(column) for one in reports]
        page.put(" ".join([pad(name, left), *row]).rstrip())


def _marks(page: Page) -> Mapping[Standing, str]:
    return ASCII_MARKS if page.ascii_only else MARKS


def _mark(marks: Mapping[Standing, str], report: Report, name: str) -> str:
    standing = _standing(report, name)
    return marks[standing] if standing else ""


def matrix_markdown(reports: Sequence[Report]) -> str:
    """Return the table as Markdown."""
    head = ["requirement", *(cell(one.name, _MOST_NAME) for one in reports)]
    lines = [_row(head), _row(["---"] * len(head))]
    lines += [
        _row([name, *(_mark(MARKS, one, name) for one in reports)]) for name in _seen(reports)
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


def _standing(report: Report, name: str) -> Standing | None:
    """Return how a report stands with a requirement; None where nothing was looked at."""
    return next((one.standing for one in report.requirements if one.id == name), None)
