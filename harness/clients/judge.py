"""Judge: the history of a run of a client -> Verdict. Pure: the same run, the same verdict."""

from collections.abc import Mapping

from harness.client_scenario import ClientScenario
from harness.client_step import ClientVerb
from harness.clients import asking, checks, endings
from harness.clients import happenings as happened
from harness.clients.case import ClientCase
from harness.clients.checks import Check
from harness.clients.record import ClientRun
from harness.dialect import Dialect
from harness.verdict import CheckResult, Figures, Outcome, Verdict, worst

CHECKS: Mapping[str, Check] = {
    "connects": checks.connects,
    "asks": asking.asks,
    "sends": checks.sends,
    "shows": checks.shows,
    "shows-not": checks.shows_not,
    "controls": checks.controls,
    "ends": endings.ends,
}
NOTHING = "there was nothing to look at"


def judge_client(
    scenario: ClientScenario,  # noqa: ARG001 - its script is in the run
    dialect: Dialect,
    run: ClientRun,
) -> Verdict:
    """Judge one run of `scenario`, which was played in `dialect`."""
    case = ClientCase(run, dialect)
    results = tuple(_result(name, check, case) for name, check in CHECKS.items())
    outcome = worst(result.outcome for result in results)
    reason = ""
    if outcome is Outcome.PASS and (reason := _unclear(case)):
        outcome = Outcome.INCONCLUSIVE
    return Verdict(outcome, results, _figures(case), reason)


def _result(name: str, check: Check, case: ClientCase) -> CheckResult:
    looked_at, findings = check(case)
    if not looked_at and not findings:
        return CheckResult(name, Outcome.NOT_APPLICABLE, 0, reason=NOTHING)
    outcome = worst(finding.outcome for finding in findings)
    return CheckResult(name, outcome, looked_at, tuple(findings))


def _unclear(case: ClientCase) -> str:
    """Say why a run without a finding shows nothing; "" where it does."""
    if case.run.interrupted:
        return "the run was interrupted"
    if stopped := next(case.each(happened.TooMuch), None):
        return f"the run was cut short: {stopped.what}"
    if case.failed is not None:
        verb = str(case.acts[case.failed.act].verb)
        return f"{verb!r} was not complete, and nothing that was seen tells why"
    if not case.done:
        return "nothing was done"
    unseen = [one for one in case.was_done(ClientVerb.SHOWS) if not _known(case)]
    return "the program did not end by itself, and what it had printed is not known" * bool(unseen)


def _known(case: ClientCase) -> bool:
    """Tell whether what was printed is known to the end."""
    if case.run.terminal or (case.exited is not None and case.exited.status >= 0):
        return True
    wanted = len(case.was_done(ClientVerb.SHOWS))
    return checks.shows(case)[0] == wanted


def _figures(case: ClientCase) -> Figures:
    last = case.run.happenings[-1].at if case.run.happenings else 0
    lines = sum(not unit.is_nickname for unit in case.units)
    return Figures(
        people=1,
        messages=lines + len(case.messages),
        deliveries=len(case.alignment.found),
        obligations=len(case.units),
        seconds=last / 1e9,
        lag=case.run.worst_lag,
    )
