"""Words that several reports share: the verdict in a line, marks, groups. Pure."""

from collections.abc import Iterator

from harness.conform.conclude import CERTAIN, level_of
from harness.conform.results import CaseResult, Conformity, Report, RequirementResult, Standing
from harness.escape import counted
from harness.requirements import GROUPS, Level
from harness.verdict import Outcome

MARKS = {
    Standing.PASS: "✓",
    Standing.FAIL: "✗",
    Standing.INCONCLUSIVE: "?",
    Standing.NOT_APPLICABLE: "∅",
    Standing.NOT_REACHED: "·",
}
ASCII_MARKS = {
    Standing.PASS: "+",
    Standing.FAIL: "X",
    Standing.INCONCLUSIVE: "?",
    Standing.NOT_APPLICABLE: "-",
    Standing.NOT_REACHED: ".",
}
HEADLINES = {
    Conformity.STRICT: "CONFORMS STRICTLY",
    Conformity.CONFORMS: "CONFORMS",
    Conformity.DEVIATES: "CONFORMS, BUT FOR KNOWN DEVIATIONS",
    Conformity.FAILS: "DOES NOT CONFORM",
    Conformity.UNKNOWN: "COULD NOT BE JUDGED",
}


def failing(report: Report) -> list[RequirementResult]:
    """Return the requirements that are violated, and not known to be."""
    failed = [one for one in report.requirements if one.standing is Standing.FAIL]
    return [one for one in failed if one.deviation is None]


def excused(report: Report) -> list[RequirementResult]:
    """Return the requirements that are known to be violated."""
    failed = [one for one in report.requirements if one.standing is Standing.FAIL]
    return [one for one in failed if one.deviation is not None]


def in_short(report: Report) -> str:
    """Say how many requirements hold, and how many do not."""
    parts = [
        f"{_number(report, level, standing)} {level} {words}"
        for standing, words in ((Standing.PASS, "kept"), (Standing.FAIL, "violated"))
        for level in CERTAIN
        if _number(report, level, standing)
    ]
    open_ = sum(one.standing is Standing.INCONCLUSIVE for one in report.requirements)
    if open_:
        parts.append(f"{open_} could not be judged")
    return ", ".join(parts) or "no requirement was judged"


def _number(report: Report, level: Level, standing: Standing) -> int:
    return sum(
        one.standing is standing and _asked(one, standing) is level for one in report.requirements
    )


def _asked(one: RequirementResult, standing: Standing) -> Level:
    return level_of(one) if standing is Standing.FAIL else one.level


def size(report: Report) -> str:
    """Say how many cases were run, and how they came out."""
    run = [case for case in report.cases if case.outcome is not Outcome.NOT_APPLICABLE]
    failed, unsure = report.count(Outcome.FAIL), report.count(Outcome.INCONCLUSIVE)
    words = [counted(len(run), "case", "cases")]
    words += [f"{failed} failed"] if failed else []
    words += [f"{unsure} inconclusive"] if unsure else []
    return ", ".join(words)


def grouped(report: Report) -> Iterator[tuple[str, list[RequirementResult]]]:
    """Yield each group of requirements of which any was looked at, with what came out."""
    known = {one.id: one for one in report.requirements}
    for name, group in GROUPS.items():
        if results := [known[one.id] for one in group if one.id in known]:
            yield name, results


def told_by(result: RequirementResult, report: Report) -> CaseResult | None:
    """Return the first case that fails a requirement."""
    failed = [name for name, says in result.cases.items() if says is Outcome.FAIL]
    return report.case(failed[0]) if failed else None


def violated(result: RequirementResult) -> str:
    """Say what kind of violation it is: of a MUST, or of the part of it that SHOULD be."""
    if result.only is not None:
        return f"the part of it that {result.only} be"
    return f"a {result.level}"
