"""Lifecycle: the server ends on a signal in time, closes everything, and can start again."""

from collections.abc import Iterator

from harness.case import Case, counted, failure_words, result, unless_late
from harness.events import Failure, StepFailed
from harness.requirements import Level
from harness.verbs import ServerAct
from harness.verdict import CheckResult, Finding
from harness.words import end_of_process, ended_words

LOOPBACK = ("127.", "::1", "::ffff:127.")
_NAMES = {
    ServerAct.INTERRUPT.value: "SIGINT",
    ServerAct.TERMINATE.value: "SIGTERM",
    ServerAct.KILL.value: "SIGKILL",
}


def check(case: Case) -> CheckResult:
    """Find a server that does not end, or cannot be started again."""
    findings = [*_ends(case), *_statuses(case), *_restarts(case), *_addresses(case)]
    looked_at = len(case.transcript.told) + _asks_for_addresses(case)
    return result("lifecycle", looked_at, findings)


def _last_told(case: Case, at: int) -> str:
    told = [one.act for one in case.transcript.told if one.at <= at and one.act in _NAMES]
    return _NAMES[told[-1]] if told else "a signal"


def _ends(case: Case) -> Iterator[Finding]:
    for failure in case.transcript.failures:
        if failure.failure not in (Failure.STOP, Failure.CONNECTIONS):
            continue
        finding = Finding(
            check="lifecycle",
            requirement="LIFE-1",
            says=f"After {_last_told(case, failure.at)} {failure_words(failure)}.",
            cause="a process that was started by it may still hold them"
            if failure.failure is Failure.CONNECTIONS
            else "",
            deadline=failure.deadline,
        )
        yield unless_late(finding, failure.late)


def _statuses(case: Case) -> Iterator[Finding]:
    for end in case.transcript.ends:
        if _last_told(case, end.at) == "SIGINT" and end.status != 0:
            how = ended_words(end.status)
            yield Finding(
                check="lifecycle",
                requirement="LIFE-1",
                says=f"After SIGINT the server {how}; its exit status SHOULD be 0.",
                cause="Ctrl-C is an ordinary end: catch it, close everything, and return",
                level=Level.SHOULD,
            )


def _restarts(case: Case) -> Iterator[Finding]:
    for end in case.transcript.false_starts[:1]:
        yield _not_again(case, f"it ended with {end_of_process(end.status)}", None)
        return
    for failure in case.transcript.failures:
        if failure.failure is Failure.RESTART:
            yield _not_again(case, failure_words(failure), failure)


def _not_again(case: Case, how: str, failure: StepFailed | None) -> Finding:
    clients = sum(1 for one in case.transcript.people.values() if one.connected is not None)
    finding = Finding(
        check="lifecycle",
        requirement="LIFE-2",
        says=f"The server could not be started again on its port at once: {how}. "
        f"{counted(clients, 'connection')} had been open before.",
        cause="its old connections wait in TIME_WAIT: set SO_REUSEADDR before bind",
        deadline=failure.deadline if failure else 0.0,
    )
    return unless_late(finding, failure.late) if failure else finding


def _asks_for_addresses(case: Case) -> int:
    # Whoever starts a server may tell it to listen elsewhere: only who asks is told.
    return len(case.transcript.addresses) if "LIFE-3" in case.plan.requirements else 0


def _addresses(case: Case) -> Iterator[Finding]:
    if not _asks_for_addresses(case):
        return
    hosts = {host for line in case.transcript.addresses for host in line.split()}
    open_hosts = sorted(host for host in hosts if not host.startswith(LOOPBACK))
    if open_hosts:
        yield Finding(
            check="lifecycle",
            requirement="LIFE-3",
            says=f"The server listens on {', '.join(open_hosts)}, where other machines reach it.",
            cause="bind to 127.0.0.1 unless told otherwise",
        )
