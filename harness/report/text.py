"""A verdict as text for a person: one line of judgement, then each finding with its diagram.

Knows nothing of how a finding is found and of where the text goes: the caller says how wide it may
be, and whether it takes colours and more than ASCII.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.escape import cells, counted, number, pad
from harness.report.diagram import draw
from harness.report.page import Page, Paint
from harness.requirements import REQUIREMENTS, Level, Requirement
from harness.verdict import CheckResult, Finding, Levels, Moment, Outcome, Verdict

MOST_FINDINGS = 10
MOST_OUTPUT_LINES = 20

# Cells. What is meant to be copied is cut only where no command line would reach.
_MOST_NAME, _MOST_TITLE, _MOST_WORDS, _MOST_COMMAND = 60, 120, 1_000, 4_000
_MOST_OUTPUT = 8_192
_INDENT = 4
# No requirement of the protocol, but the scenario's own.
_OWN_LIMIT = "a limit of the scenario"

_WORDS = {
    Outcome.PASS: ("PASS", Paint.GOOD),
    Outcome.FAIL: ("FAIL", Paint.BAD),
    Outcome.INCONCLUSIVE: ("INCONCLUSIVE", Paint.DOUBTFUL),
}


@dataclass(frozen=True, slots=True)
class About:
    """What was run, beside its verdict.

    `server` is the command or HOST:PORT, `repeat_command` runs exactly this again. `server_exit`
    says how the server ended when nobody had told it to ("exit status 1"); empty where it did not.
    """

    name: str
    title: str
    seed: int
    dialect: str
    server: str
    repeat_command: str = ""
    run_folder: str = ""
    server_output_tail: str = ""
    server_exit: str = ""


def render(
    verdict: Verdict,
    about: About,
    *,
    width: int = 100,
    colour: bool = False,
    ascii_only: bool = False,
    verbose: bool = False,
    requirements: Mapping[str, Requirement] = REQUIREMENTS,
) -> str:
    """Return the report: three lines for a pass, and all that helps to mend it for anything else.

    Everything is escaped, with `ascii_only` into ASCII alone, and bounded however long the texts
    are. At most ten findings are shown in full. With `verbose` a table says what each check looked
    at, and a diagram why there was no better order; every figure of a run is in the JSON report.
    """
    page = Page(width, colour, ascii_only)
    _judgement(page, verdict, about)
    if verdict.outcome is not Outcome.PASS:
        _trouble(page, verdict, about, requirements)
    if verbose:
        _table(page, verdict.checks)
        _inapplicable(page, verdict)
    elif verdict.outcome is not Outcome.PASS:
        _summary(page, verdict.checks)
    _levels(page, verdict.levels, verbose=verbose)
    for note in verdict.notes:
        page.add(f"Note: {note}", _MOST_WORDS)
    if verdict.outcome is not Outcome.PASS:
        last_words(page, about)
        _labelled(page, "Run it again: ", about.repeat_command)
    _labelled(page, "Kept in ", about.run_folder)
    return page.text()


def _judgement(page: Page, verdict: Verdict, about: About) -> None:
    word, paint = _WORDS[verdict.outcome]
    figures = verdict.figures
    size = ", ".join(
        (
            counted(figures.people, "person", "people"),
            counted(figures.messages, "message", "messages"),
            f"{counted(figures.deliveries, 'delivery', 'deliveries')} checked",
        )
    )
    name = page.show(about.name, _MOST_NAME)
    what = f"{name}: {page.show(about.title, _MOST_TITLE)}" if about.title else name
    dot = " | " if page.ascii_only else " · "
    seconds, seed = f"{figures.seconds:.2f} s", f"seed {about.seed}"
    page.put(dot.join((f"{word}  {what}", size, seconds, seed)), paint)


def _trouble(
    page: Page, verdict: Verdict, about: About, requirements: Mapping[str, Requirement]
) -> None:
    server = page.show(about.server, _MOST_WORDS)
    page.add(f"Server: {server} (dialect {about.dialect})", _MOST_WORDS)
    if verdict.reason:
        could_not = "Could not be judged: " if verdict.outcome is Outcome.INCONCLUSIVE else ""
        page.add(f"{could_not}{verdict.reason}", _MOST_WORDS, paint=Paint.DOUBTFUL)
    findings = verdict.findings
    for count, finding in enumerate(findings[:MOST_FINDINGS], start=1):
        page.gap()
        _finding(page, count, finding, requirements.get(finding.requirement))
    more = len(findings) - MOST_FINDINGS
    if more > 0:
        page.gap()
        dots = "..." if page.ascii_only else "…"
        page.put(f"{dots} and {counted(more, 'more finding', 'more findings')}: see verdict.json")
    page.gap()


def _finding(page: Page, count: int, finding: Finding, requirement: Requirement | None) -> None:
    failed = finding.outcome is Outcome.FAIL
    page.add(
        f"{count:2}  {page.show(finding.check, _MOST_NAME)}: {_charge(page, finding, requirement)}",
        _MOST_WORDS,
        paint=Paint.BAD if failed else Paint.DOUBTFUL,
    )
    if requirement is not None:
        page.add(f'"{requirement.sentence}"', _MOST_WORDS, indent=_INDENT)
    page.add(finding.says, _MOST_WORDS, indent=_INDENT, paint=Paint.STRONG)
    if finding.cause:
        page.add(f"Likely cause: {finding.cause}", _MOST_WORDS, indent=_INDENT)
    diagram(page, finding.moments)
    extent(page, finding)


def _charge(page: Page, finding: Finding, requirement: Requirement | None) -> str:
    name = page.show(finding.requirement or _OWN_LIMIT, _MOST_NAME)
    level = finding.level or (requirement.level if requirement is not None else None)
    words = f"{name}, a {level}," if level in (Level.MUST, Level.SHOULD, Level.MAY) else name
    if finding.outcome is Outcome.FAIL:
        return f"{words} is violated"
    return f"{words} could not be judged" if finding.outcome is Outcome.INCONCLUSIVE else words


def diagram(page: Page, moments: tuple[Moment, ...]) -> None:
    """Add the picture of what went to and fro, between two gaps; nothing where nothing did."""
    lines = draw(
        moments, width=page.width - _INDENT, ascii_only=page.ascii_only, colour=page.colour
    )
    if lines:
        page.gap()
        for line in lines:
            page.put(" " * _INDENT + line)
        page.gap()


def extent(page: Page, finding: Finding) -> None:
    """Add how many alike there are, and on which deadline it depends."""
    if finding.count > 1:
        page.put(f"{' ' * _INDENT}and {number(finding.count - 1)} more like this")
    if finding.timed:
        within = f"within {finding.deadline:g} s (a deadline: --patience multiplies it)"
        page.put(" " * _INDENT + within)


def _summary(page: Page, checks: tuple[CheckResult, ...]) -> None:
    looked = (
        f"{each.check} {each.outcome.short}"
        if each.outcome is Outcome.NOT_APPLICABLE
        else f"{each.check} {number(each.looked_at)}"
        + ("" if each.outcome is Outcome.PASS else f" ({each.outcome})")
        for each in checks
    )
    page.add(f"checks: {', '.join(looked) or 'none'}", _MOST_COMMAND)


def _table(page: Page, checks: tuple[CheckResult, ...]) -> None:
    rows = [("check", "outcome", "looked at", "findings")]
    rows += [
        (
            page.show(each.check, _MOST_NAME),
            each.outcome.short,
            number(each.looked_at),
            number(sum(finding.count for finding in each.findings)),
        )
        for each in checks
    ]
    name, outcome, looked, found = (max(map(cells, column)) for column in zip(*rows, strict=True))
    page.gap()
    for row in rows:
        left = f"{pad(row[0], name)}  {pad(row[1], outcome)}"
        page.put(f"{left}  {row[2]:>{looked}}  {row[3]:>{found}}")
    page.gap()


def _inapplicable(page: Page, verdict: Verdict) -> None:
    """Tell what nobody could look at in this dialect, and why."""
    rows = [(each.check, each.reason) for each in verdict.checks if each.reason]
    rows += [(each.requirement, each.reason) for each in verdict.inapplicable]
    by_reason: dict[str, list[str]] = {}
    for name, reason in rows:
        by_reason.setdefault(reason, []).append(name)
    for reason, names in by_reason.items():
        page.add(f"n/a: {', '.join(names)}: {reason}", _MOST_WORDS)
    if rows:
        page.gap()


def _levels(page: Page, levels: Levels | None, *, verbose: bool) -> None:
    """Tell in which order everyone heard what was said; how that shows, only with `verbose`."""
    if levels is None:
        return
    refuted = levels.refuted
    why = "; ".join(words for words in (refuted.says if refuted else "", levels.note) if words)
    page.add(f"order: {levels.order}" + (f" ({why})" if why else ""), _MOST_WORDS)
    if refuted and verbose:
        diagram(page, refuted.moments)


def last_words(
    page: Page,
    about: About,
    *,
    of: str = "server",
    most: int = MOST_OUTPUT_LINES,
    indent: int = 0,
) -> None:
    """Add how the program ended and what it had said; it may be the whole explanation.

    At most `most` lines of that, which keep the end of what was said.
    """
    page.gap()
    if about.server_exit:
        ended = f"The {of} ended by itself: {about.server_exit}"
        page.add(ended, _MOST_WORDS, indent=indent, paint=Paint.BAD)
    lines = about.server_output_tail[-_MOST_OUTPUT:].rstrip().split("\n")[-most:]
    if lines != [""]:
        page.put(f"{' ' * indent}The last that the {of} printed:")
        bar = " " * (indent + _INDENT) + ("| " if page.ascii_only else "│ ")
        for line in lines:
            page.put(bar + page.show(line.rstrip("\r").expandtabs(4), page.width - len(bar)))
    page.gap()


def _labelled(page: Page, label: str, text: str) -> None:
    """Add a line that is not wrapped, because its text is to be copied."""
    if text:
        page.put(label + page.show(text, _MOST_COMMAND))
