"""Cleanup: nothing is left of those who have gone.

On the wire: a half-closer reads the end of the stream, and a nickname can be used again. Of a
server that the harness started: its open connections are those of its members, rounds of joins and
departures leave nothing behind, and it is idle when nobody talks.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, pairwise

from harness import deadlines
from harness.attendance import Attendance
from harness.case import Case, beside, counted, into, merged, out, result, unless_late
from harness.events import Ending, Failure, Sampled
from harness.verdict import CheckResult, Finding, Moment, Outcome

ROUNDS = 5
ROUND_MEMORY = 64 << 10
# What an allocator, or a collector of garbage that takes its time, may come to by itself.
LEAST_MEMORY = 16 << 20
COLLECTED_MEMORY = 256 << 20
COUNTED_MEMORY = 1 << 20


def check(case: Case) -> CheckResult:
    """Find what the server keeps of those who have gone."""
    departures = [one for one in case.transcript.departures() if not one.thrown_out]
    findings = [
        *_half_closed(case),
        *_refused_nicknames(case),
        *_open_sockets(case, bool(departures)),
        *_rounds(case),
        *_busy(case),
    ]
    looked_at = len(departures) + len(case.transcript.samples)
    return result("cleanup", looked_at, merged(findings, lambda one: (one.requirement, one.cause)))


# -- on the wire -----------------------------------------------------------------------------------


def _half_closed(case: Case) -> Iterator[Finding]:
    failures = {one.conn: one for one in case.transcript.failures if one.failure is Failure.EOF}
    for conn, failure in failures.items():
        person = case.transcript.people[conn]
        ended = person.how in (Ending.HALF_CLOSE, Ending.LEAVE) and person.joining is not None
        # Who does not read sees no end.
        if ended and person.gone is None and not person.frozen:
            yield unless_late(_never_ended(person, failure.deadline), failure.late)


def _never_ended(person: Attendance, deadline: float) -> Finding:
    begun = person.leaving or 0
    return Finding(
        check="cleanup",
        requirement="LEAVE-1",
        says=f"{person.person} half-closed the connection and did not read the end of the "
        f"stream within {deadline:g} s.",
        cause="the server does not close the socket of a member who has gone",
        moments=(
            out(begun, person, "half-closes"),
            into(begun + int(deadline * 1e9), person, "reads the end", missing=True),
        ),
        deadline=deadline,
    )


def _refused_nicknames(case: Case) -> Iterator[Finding]:
    deadline = deadlines.NICKNAME_FREE * case.plan.patience
    for failure in case.transcript.failures:
        person = case.transcript.people.get(failure.conn)
        if failure.failure is Failure.REFUSED and person and case.is_reused(person):
            finding = Finding(
                check="cleanup",
                requirement="LEAVE-4",
                says=f"{person.person} left and came back under the same nickname, and was "
                f"still refused {deadline:g} s later.",
                cause="the server does not forget the nickname of a member who has gone",
                moments=_return(case, person),
                deadline=deadline,
            )
            yield unless_late(finding, failure.late)


def _return(case: Case, person: Attendance) -> tuple[Moment, ...]:
    earlier = [one for one in case.namesakes(person) if one.leaving is not None]
    gone = [beside(one.leaving or 0, one, f"leaves ({one.how})") for one in earlier[:1]]
    back = out(person.joining or 0, person, f"joins again as {person.nick}")
    return (*gone, back, into(person.gone or 0, person, "is disconnected"))


# -- in the server's process ---------------------------------------------------------------------


def _open_sockets(case: Case, departed: bool) -> Iterator[Finding]:
    for sample in case.transcript.samples:
        if sample.label == "after" and departed and sample.sockets > sample.expected:
            left = sample.sockets - sample.expected
            gone = f", {sample.close_wait} of them in CLOSE_WAIT" if sample.close_wait > 0 else ""
            finding = Finding(
                check="cleanup",
                requirement="LEAVE-6",
                says=f"{counted(sample.expected, 'connection')} should have been open, and the "
                f"server held {sample.sockets}: {left} of members who had gone{gone}.",
                cause="the server does not close the sockets of members who have gone",
                deadline=deadlines.SOCKETS_CLOSED * case.plan.patience,
            )
            yield unless_late(finding, _late(case, sample))


def _late(case: Case, sample: Sampled) -> float:
    """Return how late it was at most where sockets had not settled in time, up to `sample`."""
    failures = (one for one in case.transcript.failures if one.failure is Failure.SOCKETS)
    return max((one.late for one in failures if one.at <= sample.at), default=0.0)


def _rounds(case: Case) -> Iterator[Finding]:
    rounds = [one for one in case.transcript.samples if one.label.startswith("round ")]
    for _, group in groupby(rounds, key=lambda one: one.label.split("/")[0]):
        samples = list(group)
        if len(samples) >= ROUNDS:
            yield from _sockets_kept(case, samples)
            yield from _growth(samples, _least_growth(case))


def _least_growth(case: Case) -> int:
    """Return how many bytes a leak has to come to: garbage is collected late."""
    if case.collects_late:
        return COLLECTED_MEMORY
    counted = case.transcript.programs and all(map(_counts_references, case.transcript.programs))
    return COUNTED_MEMORY if counted else LEAST_MEMORY


def _counts_references(program: str) -> bool:
    # What is not referred to any more is given back at once.
    return program.startswith(("python", "perl"))


def _sockets_kept(case: Case, samples: list[Sampled]) -> Iterator[Finding]:
    kept = [one.sockets - one.expected for one in (samples[1], *samples[-3:])]
    if min(kept[1:]) > max(kept[0], 0):
        finding = _grows("open connections", kept[0], kept[-1], len(samples))
        deadline = deadlines.SOCKETS_CLOSED * case.plan.patience
        yield unless_late(replace(finding, deadline=deadline), _late(case, samples[-1]))


def _growth(samples: list[Sampled], least: int) -> Iterator[Finding]:
    base, last = samples[1], samples[-3:]
    threads = [one.threads - one.expected for one in (base, *last)]
    if threads[0] < threads[1] < threads[2] < threads[3]:
        yield _grows("threads beyond its members", threads[0], threads[-1], len(samples))
    grown = min(one.rss for one in last) - base.rss
    memory = grown / (len(samples) - 2)
    rises = all(one.rss < two.rss for one, two in pairwise(samples[1:]))
    if grown > least and memory > ROUND_MEMORY and rises:
        yield _grows("bytes of memory", base.rss, last[-1].rss, len(samples))


def _grows(what: str, before: int, after: int, rounds: int) -> Finding:
    return Finding(
        check="cleanup",
        requirement="LEAVE-6",
        says=f"Over {rounds} equal rounds of joins and departures the server's {what} grew from "
        f"{before} (second round) to {after} (last round).",
        cause=f"each departure leaves something behind: {what}",
    )


def _busy(case: Case) -> Iterator[Finding]:
    begins = [one for one in case.transcript.samples if one.label == "idle begins"]
    ends = [one for one in case.transcript.samples if one.label == "idle ends"]
    looks = list(zip(begins, ends, strict=False))
    shares = [_share(begin, end, end.cpu - begin.cpu) for begin, end in looks]
    wanted = [_share(begin, end, _wanted(begin, end)) for begin, end in looks]
    used = sum(end.cpu - begin.cpu for begin, end in looks)
    starved = min(wanted, default=0.0) > deadlines.BUSY_SHARE
    # One quiet look is enough: what goes round and round never stops.
    if looks and (min(shares) > deadlines.IDLE_SHARE or (starved and used > deadlines.IDLE_USED)):
        span = (ends[-1].at - begins[0].at) / 1e9
        yield Finding(
            check="cleanup",
            requirement="LEAVE-6",
            says=f"Nobody talked for {span:.2f} s after the departures, and the server used "
            f"{used / span:.0%} of a processor all the while.",
            cause="after a departure something in the server goes round and round",
        )
    elif starved:
        yield Finding(
            check="cleanup",
            requirement="LEAVE-6",
            says="Nobody talked after the departures, and the server wanted a processor all the "
            f"while, and got {used:.1f} s of one: the machine was too busy to tell.",
            outcome=Outcome.INCONCLUSIVE,
        )


def _wanted(begin: Sampled, end: Sampled) -> float:
    """Return for how many seconds the server ran, or waited to."""
    return end.cpu - begin.cpu + end.run_delay - begin.run_delay


def _share(begin: Sampled, end: Sampled, seconds: float) -> float:
    return seconds / ((end.at - begin.at) / 1e9)
