"""The report for a person: the judgement, what to fix first, then each requirement. Pure."""

from collections.abc import Iterable

from harness.conform.reports.words import (
    ASCII_MARKS,
    HEADLINES,
    MARKS,
    excused,
    failing,
    grouped,
    in_short,
    size,
    told_by,
    violated,
)
from harness.conform.results import CaseResult, Conformity, Report, RequirementResult, Standing
from harness.escape import cells, pad
from harness.report.page import Page, Paint
from harness.report.text import diagram, extent
from harness.verdict import Finding, Outcome

MOST_SHOWN = 10
_MOST_NAME, _MOST_WORDS, _MOST_COMMAND = 60, 1_000, 4_000
_INDENT = 4
_PAINTS = {
    Conformity.STRICT: Paint.GOOD,
    Conformity.CONFORMS: Paint.GOOD,
    Conformity.DEVIATES: Paint.GOOD,
    Conformity.FAILS: Paint.BAD,
    Conformity.UNKNOWN: Paint.DOUBTFUL,
}


def render(
    report: Report,
    *,
    width: int = 100,
    colour: bool = False,
    ascii_only: bool = False,
    verbose: bool = False,
) -> str:
    """Return the report: a few lines where all is well, and what helps to mend it where not.

    Everything is escaped and bounded. With `verbose` each requirement has a line, and each case.
    """
    page = Page(width, colour, ascii_only)
    _judgement(page, report)
    _advice(page, report)
    for result in failing(report)[:MOST_SHOWN]:
        _violation(page, report, result)
    _rest(page, report)
    _table(page, report, verbose=verbose)
    _cases(page, report, verbose=verbose)
    _outlook(page, report)
    return page.text()


def _judgement(page: Page, report: Report) -> None:
    dot = " | " if page.ascii_only else " · "
    name = page.show(report.name, _MOST_NAME)
    head = f"{HEADLINES[report.conformity]}  {name}"
    seconds = f"{report.seconds:.1f} s"
    page.add(
        dot.join((head, in_short(report), size(report), seconds)),
        _MOST_WORDS,
        paint=_PAINTS[report.conformity],
    )
    page.add(
        f"{report.kind}: {page.show(report.command, _MOST_WORDS)} (dialect {report.dialect})",
        _MOST_COMMAND,
    )
    if report.selected:
        page.add(f"Only some cases were asked for: {report.selected}", _MOST_WORDS)
    if report.interrupted:
        page.put("Interrupted: not all of it was run.", Paint.DOUBTFUL)


def _advice(page: Page, report: Report) -> None:
    if not report.advice:
        return
    first = report.advice[0]
    page.gap()
    explains = f"it explains {first.explains} of {first.of} failing cases"
    page.add(f"Fix first: {first.requirement} ({explains})", _MOST_WORDS, paint=Paint.STRONG)
    if first.cause:
        page.add(f"Likely cause: {first.cause}", _MOST_WORDS, indent=_INDENT)
    then = ", ".join(f"{one.requirement} ({one.explains})" for one in report.advice[1:])
    if then:
        page.add(f"Then: {then}", _MOST_WORDS)


def _violation(page: Page, report: Report, result: RequirementResult) -> None:
    case = told_by(result, report)
    page.gap()
    page.add(f"{result.id}, {violated(result)}, is violated", _MOST_WORDS, paint=Paint.BAD)
    page.add(f'"{result.sentence}"', _MOST_WORDS, indent=_INDENT)
    if case is None:
        return
    finding = next(one for one in case.findings if one.requirement == result.id)
    _finding(page, case, finding)
    others = [name for name, says in result.cases.items() if says is Outcome.FAIL]
    if len(others) > 1:
        page.add(f"Also in: {', '.join(others[1:])}", _MOST_WORDS, indent=_INDENT)


def _finding(page: Page, case: CaseResult, finding: Finding) -> None:
    page.add(f"{case.id}: {case.title}.", _MOST_WORDS, indent=_INDENT)
    page.add(finding.says, _MOST_WORDS, indent=_INDENT, paint=Paint.STRONG)
    if finding.cause:
        page.add(f"Likely cause: {finding.cause}", _MOST_WORDS, indent=_INDENT)
    diagram(page, finding.moments)
    extent(page, finding)
    run = case.first_failure
    if run is not None and run.about.repeat_command:
        again = page.show(run.about.repeat_command, _MOST_COMMAND)
        page.put(f"{' ' * _INDENT}Run it again: {again}")


def _rest(page: Page, report: Report) -> None:
    more = len(failing(report)) - MOST_SHOWN
    page.gap()
    if more > 0:
        page.put(f"... and {more} more that are violated: see the table", Paint.BAD)
    _unjudged(page, report)
    for result in excused(report):
        assert result.deviation is not None
        reason = page.show(result.deviation.reason, _MOST_WORDS)
        page.add(f"Known: {result.id} is violated: {reason}", _MOST_WORDS)
    for stale in report.stale:
        page.add(
            f"{stale.place}: {stale.of} is kept now, and still among the known deviations: take "
            "it out",
            _MOST_WORDS,
            paint=Paint.BAD,
        )
    for name in report.unmet:
        page.add(f"{name} is claimed, and was not shown to be kept", _MOST_WORDS, paint=Paint.BAD)


def _unjudged(page: Page, report: Report) -> None:
    for result in report.requirements:
        if result.standing is Standing.INCONCLUSIVE:
            page.add(
                f"Could not be judged: {result.id}: {result.reason}",
                _MOST_WORDS,
                paint=Paint.DOUBTFUL,
            )


def _table(page: Page, report: Report, *, verbose: bool) -> None:
    """Tell how it stands with each requirement, group by group."""
    marks = ASCII_MARKS if page.ascii_only else MARKS
    groups = list(grouped(report))
    width = max((cells(name) for name, _ in groups), default=0)
    page.gap()
    for name, results in groups:
        told = " ".join(f"{marks[one.standing]}{one.id}" for one in results)
        if not verbose:
            page.add(f"{pad(name, width)}  {told}", _MOST_WORDS)
            continue
        page.put(name, Paint.STRONG)
        for one in results:
            page.add(
                f"{marks[one.standing]} {pad(one.id, 9)} {pad(one.level, 6)} {one.sentence}",
                _MOST_WORDS,
                indent=2,
            )
    legend = ", ".join(f"{marks[one]} {one}" for one in _present(report))
    page.add(f"({legend})", _MOST_WORDS)


def _present(report: Report) -> Iterable[Standing]:
    return [each for each in Standing if any(r.standing is each for r in report.requirements)]


def _cases(page: Page, report: Report, *, verbose: bool) -> None:
    """Tell how stable a case is that was run more than once; with `verbose` of every case."""
    page.gap()
    for case in report.cases:
        steady = case.passed in (0, len(case.runs))
        if verbose or (len(case.runs) > 1 and not steady):
            words = f"{case.passed} of {len(case.runs)} runs passed" if case.runs else case.reason
            again = ", run again by itself" if case.again else ""
            page.add(
                f"{pad(case.id, 24)} {pad(case.outcome.short, 13)} {words}{again}", _MOST_WORDS
            )
    reasons: dict[str, list[str]] = {}
    for case in report.cases:
        if case.outcome is Outcome.NOT_APPLICABLE:
            reasons.setdefault(case.reason, []).append(case.id)
    for reason, names in reasons.items():
        page.add(f"n/a: {', '.join(names)}: {reason}", _MOST_WORDS)


def _outlook(page: Page, report: Report) -> None:
    page.gap()
    if report.kind == "server":
        page.put(f"order: {report.order}")
    for note in report.notes:
        page.add(f"Note: {note}", _MOST_WORDS)
    if report.isolation:
        page.add(f"isolation: {report.isolation}", _MOST_WORDS)
    kept = {run.about.run_folder.rpartition("/")[0] for case in report.failed for run in case.runs}
    for folder in sorted(kept - {""}):
        page.put(f"Kept in {page.show(folder, _MOST_COMMAND)}")
