"""Stalled reader: while somebody does not read, nobody else feels it, and the server stays small.

How fast words reach everyone who reads is measured before the freeze and before the thaw, in the
same run. That the stalled one hears a stream without a hole afterwards is for `delivery`.
"""

from collections.abc import Iterator
from statistics import median

from harness.attendance import Attendance
from harness.case import Case, beside, failure_words, result, seconds, unless_late
from harness.events import Failure, Kind, Sampled, StepFailed
from harness.verdict import CheckResult, Finding

TIMES_BASELINE = 10
ALWAYS_FINE = 0.25
# What harness and server may wait for a processor, unrecorded, while one word is on its way.
UNNOTICED = 0.1
MANY_BYTES = 64 << 20
SHARE = 4


def check(case: Case) -> CheckResult:
    """Find that others felt a stall, or that the server keeps everything for whoever stalls."""
    if not case.transcript.freezes:
        return result("stalled reader", 0, ())
    findings = [*_unheard(case), *_slow(case), *_memory(case)]
    return result("stalled reader", len(case.transcript.freezes), findings)


def _frozen(case: Case, at: int) -> Attendance:
    begun = [conn for conn, begin, _ in case.transcript.freezes if begin <= at]
    return case.transcript.people[begun[-1] if begun else case.transcript.freezes[0][0]]


def _unheard(case: Case) -> Iterator[Finding]:
    for failure in case.transcript.failures:
        if failure.failure is Failure.STALL:
            finding = _finding(case, failure.at, f": {failure_words(failure)}", failure)
            yield unless_late(finding, failure.late)


def _finding(case: Case, at: int, words: str, failure: StepFailed | None = None) -> Finding:
    person = _frozen(case, at)
    return Finding(
        check="stalled reader",
        requirement="LOAD-1",
        says=f"{person.person} stopped reading at {seconds(person.froze or 0)}, and the others "
        f"felt it{words}.",
        cause=f"the server waits for {person.person}, who does not read",
        moments=(beside(person.froze or 0, person, "stops reading"),),
        deadline=failure.deadline if failure else ALWAYS_FINE,
    )


def _slow(case: Case) -> Iterator[Finding]:
    """Compare the median latency of the harness's own words before and during each stall."""
    heard = _latencies(case)
    for conn, begin, end in case.transcript.freezes:
        until = case.transcript.end if end is None else end
        before = [latency for at, latency in heard.items() if at < begin]
        during = [latency for at, latency in heard.items() if begin <= at < until]
        if not before or not during:
            continue
        most = max(TIMES_BASELINE * median(before), ALWAYS_FINE)
        if median(during) > most:
            words = (
                f": a word took {median(during) * 1000:.0f} ms to reach them (median), and "
                f"{median(before) * 1000:.1f} ms before"
            )
            finding = _finding(case, case.transcript.people[conn].froze or begin, words)
            waited = case.waited(begin, until)
            yield unless_late(finding, waited if _may_explain(waited, during, most) else 0.0)


def _may_explain(waited: float, latencies: list[float], most: float) -> bool:
    """Tell whether the median were at `most` if nobody had waited for a processor so long.

    One word is said after the other, so each moment of waiting made one of them late.
    """
    late = sorted(latency for latency in latencies if latency > most)
    too_many = late[: (len(latencies) + 1) // 2 - (len(latencies) - len(late))]
    return waited >= sum(latency - most - UNNOTICED for latency in too_many)


def _latencies(case: Case) -> dict[int, float]:
    """Return by when each word of measure was said how long (seconds) it took to the last."""
    found: dict[int, float] = {}
    for conn, listener in case.transcript.listeners.items():
        if case.transcript.people[conn].froze is None:
            for message, at in zip(listener.messages, listener.times, strict=True):
                if message.kind is Kind.GAUGE:
                    found[message.at] = max((at - message.at) / 1e9, found.get(message.at, 0.0))
    return found


def _memory(case: Case) -> Iterator[Finding]:
    begins = [one for one in case.transcript.samples if one.label == "freeze"]
    ends = [one for one in case.transcript.samples if one.label == "frozen"]
    for begin, end in zip(begins, ends, strict=False):
        said = _said_between(case, begin, end)
        grown = end.rss - begin.rss
        # Where garbage is collected late, whoever let the sleeper go keeps nothing for it.
        let_go = case.collects_late and end.sockets < end.expected
        if said >= MANY_BYTES and grown > said // SHARE and not let_go:
            person = _frozen(case, end.at)
            yield Finding(
                check="stalled reader",
                requirement="LOAD-3",
                says=f"{person.person} did not read while {said >> 20} MiB were said, and the "
                f"server's memory grew by {grown >> 20} MiB.",
                cause=f"the server keeps all that {person.person} does not read: set a bound, and "
                "disconnect whoever passes it",
                moments=(beside(begin.at, person, "stops reading"),),
            )


def _said_between(case: Case, begin: Sampled, end: Sampled) -> int:
    return sum(
        len(message.data)
        for speech in case.transcript.voices.speeches.values()
        for message in speech.messages
        if begin.at <= message.at <= end.at
    )
