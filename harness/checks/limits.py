"""Limits: what the scenario allows for latency and for the server's memory is kept."""

from collections.abc import Iterator

from harness.case import Case, result, unless_late
from harness.events import Role
from harness.limits import QUANTILES
from harness.verdict import CheckResult, Finding, Outcome


def check(case: Case) -> CheckResult:
    """Find limits that were passed."""
    if case.plan.limits is None:
        return result("limits", 0, ())
    latencies = sorted(_latencies(case))
    findings = [*_slow(case, latencies), *_memory(case), *_lag(case)]
    return result("limits", len(latencies), findings)


def _latencies(case: Case) -> Iterator[float]:
    """Yield how long each delivery among people took, from when it was due, in seconds."""
    people = case.transcript.people
    for conn, listener in case.transcript.listeners.items():
        if people[conn].role is Role.PERSON and people[conn].froze is None:
            for message, at in zip(listener.messages, listener.times, strict=True):
                if people[message.conn].role is Role.PERSON and message.step >= 0:
                    yield (at - message.due) / 1e9


def _slow(case: Case, latencies: list[float]) -> Iterator[Finding]:
    for name, share in QUANTILES.items():
        most = getattr(case.plan.limits, name)
        if most is None or not latencies:
            continue
        took = latencies[min(int(share * len(latencies)), len(latencies) - 1)]
        limit = most * case.plan.patience
        if took > limit:
            finding = Finding(
                check="limits",
                requirement="",
                says=f"{share:.0%} of {len(latencies):,} deliveries should have taken at most "
                f"{limit:g} s, and took up to {took:.3f} s.",
                cause=f"the scenario's limit {name.replace('_', '-')}",
                deadline=limit,
            )
            yield unless_late(finding, case.worst_wait)


def _memory(case: Case) -> Iterator[Finding]:
    most = case.plan.limits.memory if case.plan.limits else None
    used = max((one.rss for one in case.transcript.samples), default=0)
    if most is not None and used > most:
        yield Finding(
            check="limits",
            requirement="",
            says=f"The server's processes used {used >> 20} MiB of memory, and the scenario allows "
            f"{most >> 20} MiB.",
            cause="the scenario's limit memory",
        )


def _lag(case: Case) -> Iterator[Finding]:
    most = case.plan.limits.lag if case.plan.limits else None
    if most is not None and case.worst_lag > most:
        yield Finding(
            check="limits",
            requirement="",
            says=f"The harness itself ran {case.worst_lag:.2f} s behind, and the scenario allows "
            f"{most:g} s.",
            outcome=Outcome.INCONCLUSIVE,
        )
