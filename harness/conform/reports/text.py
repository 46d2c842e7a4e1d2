"""The report for a person: the judgement, what to fix first, then each requirement. Pure."""

from collections.abc import Iterator, Sequence

from harness.conform.reports.words import (
    ASCII_MARKS,
    HEADLINES,
    MARKS,
    PAINTS,
    excused,
    failing,
    grouped,
    in_short,
    proof,
    size,
    unjudged,
    violated,
    why,
)
from harness.conform.results import (
    CaseResult,
    Conformity,
    Kind,
    Report,
    RequirementResult,
    Standing,
)
from harness.escape import cells, counted, pad
from harness.report.page import Page, Paint
from harness.report.text import diagram, extent, last_words
from harness.verdict import Outcome

MOST_SHOWN = 10
# Of the first that is told all that may explain it, of the others a reminder.
MOST_PRINTED, LATER_PRINTED = 20, 5
_MOST_NAME, _MOST_WORDS, _MOST_COMMAND = 60, 1_000, 4_000
_INDENT = 4
_WORDS = {
    Standing.PASS: "kept",
    Standing.FAIL: "violated",
    Standing.INCONCLUSIVE: "could not be judged",
    Standing.NOT_APPLICABLE: "not applicable",
    Standing.NOT_REACHED: "not reached",
}
# Told by themselves in the short table; the others are counted.
_NOTABLE = (Standing.FAIL, Standing.INCONCLUSIVE, Standing.NOT_REACHED)


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
    _violations(page, report)
    page.gap()
    _unjudged(page, report)
    _deviations(page, report)
    _table(page, report, verbose=verbose)
    _inapplicable(page, report, verbose=verbose)
    _stability(page, report)
    if verbose:
        _cases(page, report)
    _outlook(page, report)
    return page.text()


def _judgement(page: Page, report: Report) -> None:
    dot = " | " if page.ascii_only else " · "
    name = page.show(report.name, _MOST_NAME)
    head = f"{HEADLINES[report.conformity]}  {name}"
    words = dot.join((head, in_short(report), size(report), f"{report.seconds:.1f} s"))
    page.add(words, _MOST_WORDS, paint=PAINTS[report.conformity])
    command = "" if report.command == report.name else page.show(report.command, _MOST_WORDS)
    what = f"{report.kind}: {command}" if command else str(report.kind)
    page.add(f"{what} (dialect {report.dialect})", _MOST_COMMAND)
    if report.selected:
        page.add(f"Only some cases were asked for: {report.selected}", _MOST_WORDS)
    if report.interrupted:
        page.put("Interrupted: not all of it was run.", Paint.DOUBTFUL)
    if report.strict and report.conformity in (Conformity.CONFORMS, Conformity.DEVIATES):
        page.put("It has to conform strictly: what SHOULD be has to be.", Paint.BAD)


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


# -- what is violated ------------------------------------------------------------------------------


def _violations(page: Page, report: Report) -> None:
    """Tell of each requirement that is violated, in the order in which to fix them."""
    todo = failing(report)
    heard: set[str] = set()
    for result in todo[:MOST_SHOWN]:
        _violation(page, report, result, heard)
    more = len(todo) - MOST_SHOWN
    if more > 0:
        page.gap()
        page.put(f"... and {more} more that are violated: see the table", Paint.BAD)


def _violation(page: Page, report: Report, result: RequirementResult, heard: set[str]) -> None:
    page.gap()
    page.add(f"{result.id}, {violated(result)}, is violated", _MOST_WORDS, paint=Paint.BAD)
    page.add(f'"{result.sentence}"', _MOST_WORDS, indent=_INDENT)
    proved = proof(result, report)
    if proved is None:
        return
    case, run, finding = proved
    page.add(f"{case.id}: {case.title.rstrip('.')}.", _MOST_WORDS, indent=_INDENT)
    page.add(finding.says, _MOST_WORDS, indent=_INDENT, paint=Paint.STRONG)
    if finding.cause:
        page.add(f"Likely cause: {finding.cause}", _MOST_WORDS, indent=_INDENT)
    diagram(page, finding.moments)
    extent(page, finding)
    told = run.about.server_output_tail or run.about.server_exit
    if told and case.id not in heard:  # it is the same, whatever the case violated
        most = LATER_PRINTED if heard else MOST_PRINTED
        last_words(page, run.about, of=report.kind, most=most, indent=_INDENT)
        heard.add(case.id)
    if run.about.repeat_command:
        again = page.show(run.about.repeat_command, _MOST_COMMAND)
        page.put(f"{' ' * _INDENT}Run it again: {again}")
    others = [name for name, says in result.cases.items() if says is Outcome.FAIL][1:]
    if others:
        page.add(f"Also in: {', '.join(others)}", _MOST_WORDS, indent=_INDENT)


# -- what else is not as it should be --------------------------------------------------------------


def _unjudged(page: Page, report: Report) -> None:
    """Tell what is inconclusive, by its reason: requirements, and the cases that were to tell."""
    reasons = unjudged(report, Standing.INCONCLUSIVE)
    cases = _by_reason(report, Outcome.INCONCLUSIVE)
    for reason in dict.fromkeys((*reasons, *cases)):
        names = _names(page, reasons.get(reason, ()), cases.get(reason, ()))
        words = f"Could not be judged: {names}: {reason}"
        page.add(words, _MOST_WORDS, paint=Paint.DOUBTFUL)


def _names(page: Page, requirements: Sequence[str], cases: Sequence[str]) -> str:
    shown = [page.show(", ".join(each), _MOST_WORDS // 3) for each in (requirements, cases) if each]
    return shown[0] if len(shown) == 1 else f"{shown[0]} ({shown[1]})"


def _by_reason(report: Report, outcome: Outcome) -> dict[str, list[str]]:
    """Return the cases that came out so, by why they did."""
    reasons: dict[str, list[str]] = {}
    for case in report.cases:
        if case.outcome is outcome:
            reasons.setdefault(why(case), []).append(case.id)
    return reasons


def _deviations(page: Page, report: Report) -> None:
    for result in excused(report):
        assert result.deviation is not None
        reason = page.show(result.deviation.reason, _MOST_WORDS // 2)
        link = f" ({result.deviation.link})" if result.deviation.link else ""
        page.add(f"Known: {result.id} is violated: {reason}{link}", _MOST_WORDS)
    for stale in report.stale:
        where = f"{stale.place}: " if stale.place else ""
        words = f"{where}{stale.of} is kept now, and still among the known deviations: take it out"
        page.add(words, _MOST_WORDS, paint=Paint.BAD)
    for name in report.unmet:
        page.add(f"{name} is claimed, and was not shown to be kept", _MOST_WORDS, paint=Paint.BAD)


# -- tables ----------------------------------------------------------------------------------------


def _table(page: Page, report: Report, *, verbose: bool) -> None:
    """Tell how it stands with the requirements, group by group."""
    groups = list(grouped(report))
    width = max((cells(name) for name, _ in groups), default=0)
    page.gap()
    for name, results in groups:
        page.add(f"{pad(name, width)}  {_counts(results)}", _MOST_WORDS)
        for one in results:
            if verbose or one.standing in _NOTABLE:
                _row(page, one, verbose=verbose)


def _counts(results: list[RequirementResult]) -> str:
    standings = [one.standing for one in results]
    return ", ".join(
        f"{standings.count(each)} {words}" for each, words in _WORDS.items() if each in standings
    )


def _row(page: Page, one: RequirementResult, *, verbose: bool) -> None:
    mark = (ASCII_MARKS if page.ascii_only else MARKS)[one.standing]
    words = _WORDS[one.standing] + (", as is known" if one.deviation else "")
    failed = list(one.cases.values()).count(Outcome.FAIL)
    told = counted(len(one.cases), "case", "cases")
    of = f" in {failed} of {told}" if failed else f" ({told})" if one.cases else ""
    sentence = f": {one.sentence}" if verbose else ""
    left = f"{mark} {pad(one.id, 9)} {pad(one.only or one.level, 6)}"
    page.add(f"{left} {words}{of}{sentence}", _MOST_WORDS, indent=2)


def _inapplicable(page: Page, report: Report, *, verbose: bool) -> None:
    """Tell what nobody can see; with `verbose`, or of what was asked for, by the cases."""
    reasons = unjudged(report, Standing.NOT_APPLICABLE)
    cases = _by_reason(report, Outcome.NOT_APPLICABLE) if verbose or report.selected else {}
    for reason in dict.fromkeys((*reasons, *cases)):
        names = ", ".join(cases.get(reason) or reasons[reason])
        page.add(f"n/a: {page.show(names, _MOST_WORDS // 2)}: {reason}", _MOST_WORDS)


def _stability(page: Page, report: Report) -> None:
    """Tell which cases did not come out the same whenever they were run."""
    repeated = [case for case in report.cases if len(case.runs) > 1]
    shaky = [case for case in repeated if not _is_steady(case)]
    for case in shaky:
        passed = f"{case.passed} of {len(case.runs)} runs passed"
        page.add(f"unstable: {pad(case.id, 24)} {passed}", _MOST_WORDS, paint=Paint.DOUBTFUL)
    if len(repeated) > len(shaky):
        steady = counted(len(repeated) - len(shaky), "case", "cases")
        page.put(f"stable: {steady} came out the same in every run")


def _is_steady(case: CaseResult) -> bool:
    return len({run.verdict.outcome for run in case.runs}) == 1


def _cases(page: Page, report: Report) -> None:
    """Tell how every case came out."""
    page.gap()
    for case in report.cases:
        words = f"{case.passed} of {len(case.runs)} runs passed" if case.runs else why(case)
        again = ", run again by itself" if case.again else ""
        row = f"{pad(case.id, 24)} {pad(case.outcome.short, 13)} {words}{again}"
        page.add(row, _MOST_WORDS)
    page.gap()


# -- the end ---------------------------------------------------------------------------------------


def _outlook(page: Page, report: Report) -> None:
    if report.kind is Kind.SERVER:
        refuted = next(iter(unjudged(report, Standing.NOT_REACHED)), "")
        words = f" ({refuted})" if refuted else ""
        page.add(f"order: {report.order}{words}", _MOST_WORDS)
    for note in report.notes:
        page.add(f"Note: {note}", _MOST_WORDS)
    for folder in sorted(_folders(report)):
        page.put(f"Kept in {page.show(folder, _MOST_COMMAND)}")
    if report.isolation:
        page.add(f"isolation: {report.isolation}", _MOST_WORDS)


def _folders(report: Report) -> Iterator[str]:
    """Yield the folders in which what did not pass is kept, without repeats."""
    runs = (run for case in report.cases for run in case.runs)
    kept = (run for run in runs if run.verdict.outcome is not Outcome.PASS)
    return iter({run.about.run_folder.rpartition("/")[0] for run in kept} - {""})
