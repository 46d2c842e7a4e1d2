"""Results of cases, made up for the tests of what they mean."""

from harness.conform.results import CaseResult, CaseRun
from harness.report.text import About
from harness.verdict import CheckResult, Finding, Levels, Order, Outcome, Verdict

ABOUT = About(name="case", title="A claim", seed=1, dialect="raw", server="./server")


def finding(requirement: str, *, level: str = "", cause: str = "") -> Finding:
    """Return a failure that violates `requirement`."""
    return Finding("delivery", requirement, f"{requirement} was not kept", cause=cause, level=level)


def run(*findings: Finding, seed: int = 1, order: Order = Order.TOTAL) -> CaseRun:
    """Return a run in which these were found; one that passed, where none was."""
    outcome = max((one.outcome for one in findings), default=Outcome.PASS, key=list(Outcome).index)
    check = CheckResult("delivery", outcome, 1, findings)
    return CaseRun(seed, Verdict(outcome, (check,), levels=Levels(order)), ABOUT)


def case(name: str, of: str, *runs: CaseRun, reason: str = "") -> CaseResult:
    """Return the result of a case that names the requirements `of`; no run: not applicable."""
    outcomes = [one.verdict.outcome for one in runs] or [Outcome.NOT_APPLICABLE]
    worst = max(outcomes, key=list(Outcome).index)
    return CaseResult(name, f"{name} holds", tuple(of.split()), worst, runs, reason)


def inconclusive(requirement: str = "") -> CaseRun:
    """Return a run that could not be judged."""
    unsure = Finding("story", requirement, "too late to tell", Outcome.INCONCLUSIVE, deadline=5.0)
    check = CheckResult("story", Outcome.INCONCLUSIVE, 1, (unsure,))
    return CaseRun(1, Verdict(Outcome.INCONCLUSIVE, (check,), reason="it ran late"), ABOUT)
