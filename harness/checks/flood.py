"""Flood: one member that says very much does not keep the others' words from arriving.

No clock decides, only order: what others said while the flood rose (from its first MiB, or
fifth, to its half) must not all arrive behind the flood's last word, at everyone.
"""

from collections.abc import Iterator
from itertools import accumulate

from harness.case import Case, counted, out, result
from harness.events import Kind
from harness.speech import Message, Speech
from harness.verdict import CheckResult, Finding, Outcome

FLOOD_BYTES = 1 << 20
FLOOD_MESSAGES = 100
ENOUGH = 5


def check(case: Case) -> CheckResult:
    """Find words that had to wait for the end of somebody's flood."""
    speeches = case.transcript.voices.speeches.values()
    judged = [pair for one in speeches if _flood(one) for pair in _beside(case, _flood(one))]
    findings = [_finding(case, *pair) for pair in judged if _is_all_behind(case, *pair)]
    if not judged and "LOAD-4" in case.plan.requirements:
        findings = [_nothing_beside()]
    return result("flood", len(judged), findings[:1])


def _flood(speech: Speech) -> list[Message]:
    """Return the messages of the step in which most was said, where that is a flood."""
    steps: dict[int, list[Message]] = {}
    for message in speech.messages:
        if message.kind is Kind.STORY:
            steps.setdefault(message.step, []).append(message)
    most = max(steps.values(), key=lambda step: sum(len(m.data) for m in step), default=[])
    large = sum(len(message.data) for message in most) >= FLOOD_BYTES
    return most if large and len(most) >= FLOOD_MESSAGES else []


def _beside(case: Case, flood: list[Message]) -> Iterator[tuple[list[Message], Message]]:
    """Yield what each of the others said while the flood rose, with the flood's last word."""
    # Whoever spoke as it began may have been heard before it was a flood.
    said = accumulate(len(message.data) for message in flood)
    early = sum(1 for total in said if total < FLOOD_BYTES)
    begin = flood[min(early, len(flood) // 5)].at
    middle, last = flood[len(flood) // 2].at, flood[-1]
    for other in case.transcript.voices.speeches.values():
        if other.conn == last.conn or other.untext is not None or _flood(other):
            continue
        words = [one for one in other.messages if begin < one.at < middle]
        if len(words) >= ENOUGH:
            yield words, last


def _is_all_behind(case: Case, words: list[Message], last: Message) -> bool:
    """Tell whether everyone who heard both heard all of `words` behind `last`."""
    seen = False
    for listener in case.listeners:
        if last not in listener.messages or words[0] not in listener.messages:
            continue
        seen = True
        if listener.messages.index(words[0]) < listener.messages.index(last):
            return False
    return seen


def _nothing_beside() -> Finding:
    return Finding(
        check="flood",
        requirement="LOAD-4",
        says="Nobody said enough while the flood rose, so nothing is known of who had to wait.",
        outcome=Outcome.INCONCLUSIVE,
    )


def _finding(case: Case, words: list[Message], last: Message) -> Finding:
    flooder, other = case.sender(last), case.sender(words[0])
    return Finding(
        check="flood",
        requirement="LOAD-4",
        says=f"While {flooder.person} said very much, {other.person} said "
        f"{counted(len(words), 'message')}, and everyone heard all of them only after the last "
        f"word of {flooder.person}.",
        cause="the server serves one member for as long as more of it comes",
        moments=(
            case.said(words[0]),
            out(last.at, flooder, "says the last word of the flood"),
        ),
    )
