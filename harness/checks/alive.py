"""Alive: at the end of every scenario the server still runs, and serves a newcomer."""

from harness.blame import of_end, of_sleepers
from harness.case import Case, beside, failure_words, out, result, unless_late
from harness.events import Stage, StepFailed
from harness.verdict import CheckResult, Finding, Moment
from harness.words import SIGPIPE, ended_words

_PRINTED = "what it printed, if anything, is in server.log and may say why"
_PIPE = (
    "it wrote to a connection that was gone, and SIGPIPE ends whoever does not ignore it: ignore "
    "it, or send with MSG_NOSIGNAL, and take the error for a departure"
)


def check(case: Case) -> CheckResult:
    """Find a server that has ended, or takes in nobody any more."""
    served = any(one.connected is not None for one in case.transcript.people.values())
    # A program that never listened is no server that died.
    exits = case.transcript.exits[:1] if served else []
    findings = [_ended(case, one.status, one.at) for one in exits]
    tried = case.transcript.stage_began(Stage.ALIVE) is not None
    if tried and not findings:
        failures = [one for one in case.transcript.failures if one.person == "newcomer"]
        findings = [_shut(case, one) for one in failures]
    return result("alive", int(tried or bool(findings)), findings)


def _ended(case: Case, status: int, at: int) -> Finding:
    how = ended_words(status)
    last = [one for one in case.transcript.departures() if one.leaving and one.leaving <= at]
    moments: tuple[Moment, ...] = ()
    if last:
        person = last[-1]
        moments = (
            beside(person.leaving or 0, person, f"leaves ({person.how})"),
            beside(at, person, f"the server {how}"),
        )
    requirement, before = of_end(case, at)
    why = _PIPE if status == -SIGPIPE else _PRINTED
    return Finding(
        check="alive",
        requirement=requirement,
        says=f"The server {how} in the middle of the scenario; nobody had told it to.",
        cause=f"{before}; {why}" if before else why,
        moments=moments,
    )


def _shut(case: Case, failure: StepFailed) -> Finding:
    stayed = [one for one in case.transcript.people.values() if case.membership.stayed(one)]
    empty = not any(one.role == "person" for one in stayed) and case.transcript.departures()
    person = case.transcript.people.get(failure.conn)
    moments = (out(person.connecting, person, "connects"),) if person else ()
    sleepers = of_sleepers(case, failure)
    finding = Finding(
        check="alive",
        requirement="LOAD-1" if sleepers else "LEAVE-8" if empty else "LIFE-4",
        says="When the story was over a newcomer could not join: " + failure_words(failure) + ".",
        cause=sleepers,
        moments=moments,
        deadline=failure.deadline,
    )
    return unless_late(finding, failure.late)
