"""Words that several reports share: the verdict in a line, marks, groups, what proves it. Pure."""

from collections.abc import Iterator

from harness.conform.conclude import CERTAIN, failures, level_of
from harness.conform.results import (
    CaseResult,
    CaseRun,
    Conformity,
    Deviation,
    Report,
    RequirementResult,
    Standing,
)
from harness.escape import counted, number
from harness.report.page import Paint
from harness.requirements import GROUPS, Level
from harness.verdict import Finding, Outcome

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

PAINTS = {
    Conformity.STRICT: Paint.GOOD,
    Conformity.CONFORMS: Paint.GOOD,
    Conformity.DEVIATES: Paint.GOOD,
    Conformity.FAILS: Paint.BAD,
    Conformity.UNKNOWN: Paint.DOUBTFUL,
}


def failing(report: Report) -> list[RequirementResult]:
    """Return the requirements that are violated and not known to be, the first to fix first."""
    failed = [one for one in report.requirements if one.standing is Standing.FAIL]
    rank = {one.requirement: place for place, one in enumerate(report.advice)}
    todo = [one for one in failed if one.deviation is None]
    return sorted(todo, key=lambda one: rank.get(one.id, len(rank)))


def excused(report: Report) -> list[RequirementResult]:
    """Return the requirements that are known to be violated."""
    failed = [one for one in report.requirements if one.standing is Standing.FAIL]
    return [one for one in failed if one.deviation is not None]


def known(report: Report) -> list[Deviation]:
    """Return the known deviations that showed, without repeats."""
    every = [one.deviation for one in report.requirements]
    every += [one.deviation for one in report.cases]
    return list(dict.fromkeys(one for one in every if one is not None))


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
    unfit = report.count(Outcome.NOT_APPLICABLE)
    words = [counted(len(report.cases) - unfit, "case", "cases")]
    for outcome, said in ((Outcome.FAIL, "failed"), (Outcome.INCONCLUSIVE, "inconclusive")):
        words += [f"{report.count(outcome)} {said}"] if report.count(outcome) else []
    return ", ".join([*words, *([f"{unfit} not applicable"] if unfit else [])])


def grouped(report: Report) -> Iterator[tuple[str, list[RequirementResult]]]:
    """Yield each group of requirements of which any was looked at, with what came out."""
    results = {one.id: one for one in report.requirements}
    for name, group in GROUPS.items():
        if told := [results[one.id] for one in group if one.id in results]:
            yield name, told


def proof(result: RequirementResult, report: Report) -> tuple[CaseResult, CaseRun, Finding] | None:
    """Return the first case, and its run, that shows that a requirement is violated, and how."""
    for name, says in result.cases.items():
        if says is Outcome.FAIL:
            case = report.case(name)
            for run in case.runs:
                for one in run.verdict.findings:
                    if one.outcome is Outcome.FAIL and one.requirement == result.id:
                        return case, run, one
    return None


def telling_run(case: CaseResult) -> CaseRun | None:
    """Return the run that shows most: the first that failed, or the first that did not pass."""
    failed = (run for run in case.runs if run.verdict.outcome is Outcome.FAIL)
    return next(failed, case.first_failure)


def why(case: CaseResult) -> str:
    """Return why a case was not judged, or not applicable."""
    unsure = (one.says for one in case.findings if one.outcome is Outcome.INCONCLUSIVE)
    return case.reason or next(unsure, "")


def why_failed(case: CaseResult) -> Finding | None:
    """Return the first thing that failed in a case."""
    return next(failures(case), None)


def unjudged(report: Report, standing: Standing) -> dict[str, list[str]]:
    """Return why requirements are inconclusive or not applicable, with the ids of each reason."""
    reasons: dict[str, list[str]] = {}
    of_case = {f"{one.id}: {one.reason}": why(one) for one in report.cases}
    for one in report.requirements:
        if one.standing is standing:
            # Where no case tells, the reason goes on with the cases that should have.
            reason = one.reason if one.cases else one.reason.partition(": ")[0]
            reasons.setdefault(of_case.get(reason, reason), []).append(one.id)
    return reasons


def violated(result: RequirementResult) -> str:
    """Say what kind of violation it is: of a MUST, or of the part of it that SHOULD be."""
    if result.only is not None:
        return f"the part of it that {result.only} be"
    return f"a {result.level}"


def bounded(text: str, most: int) -> str:
    """Return `text`, or its beginning and its end where it has more than `most` characters.

    The end keeps more: it says how it went wrong.
    """
    if len(text) <= most:
        return text
    head = most // 3
    left_out = number(len(text) - most)
    return f"{text[:head]}\n[... {left_out} characters left out ...]\n{text[head - most :]}"
