"""Prefix: each relayed message carries the nickname of who said it, in the dialect's form."""

from collections.abc import Iterator

from harness.anomalies import Anomaly, Fault
from harness.attendance import Attendance
from harness.blame import of_strange_text
from harness.case import (
    Case,
    into,
    listed,
    merged,
    not_applicable,
    quoted,
    quoted_bytes,
    result,
)
from harness.requirements.scope import NOBODY_MARKED, marks_speaker
from harness.speech import Message
from harness.verdict import CheckResult, Finding


def check(case: Case) -> CheckResult:
    """Find messages under another's name, or under none."""
    wrong = [_wrong_name(case, *pair) for pair in _of_others(case, Fault.WRONG_NAME)]
    none = [_no_prefix(case, *pair) for pair in _of_others(case, Fault.NO_PREFIX)]
    if not (wrong or none or marks_speaker(case.dialect)):
        return not_applicable("prefix", NOBODY_MARKED)
    return result("prefix", case.deliveries, merged(wrong + none, lambda one: one.requirement))


def _of_others(case: Case, fault: Fault) -> Iterator[tuple[Attendance, Anomaly]]:
    """Yield what is wrong with another's words: one's own are for `echo`."""
    for who, anomaly in case.anomalies(fault):
        if anomaly.message is not None and anomaly.message.conn != who.conn:
            yield who, anomaly


def _wrong_name(case: Case, receiver: Attendance, anomaly: Anomaly) -> Finding:
    message = anomaly.message
    assert message is not None
    sender, names = case.sender(message), listed(anomaly.names)
    return Finding(
        check="prefix",
        requirement="RELAY-8",
        says=f"{sender.person} said {quoted(message)}, and {receiver.person} heard it "
        f"under the name of {names}.",
        cause="the server keeps the name of who is speaking where another's thread changes it",
        moments=(
            case.said(message),
            into(anomaly.at, receiver, f"hears {case.shown(anomaly)}"),
        ),
    )


def _no_prefix(case: Case, receiver: Attendance, anomaly: Anomaly) -> Finding:
    message = anomaly.message
    assert message is not None
    sender = case.sender(message)
    expected = case.transcript.voices.speeches[message.conn].prefix
    behind = case.has_lines and _is_behind_another(case, receiver, message)
    return Finding(
        check="prefix",
        requirement="RELAY-9" if behind else of_strange_text(case, anomaly, "RELAY-2"),
        says=f"{sender.person} said {quoted(message)}; {receiver.person} should have read "
        f"{quoted_bytes(expected) if expected else 'nothing'} before it, and read "
        f"{case.shown(anomaly)}.",
        cause="the server takes lines that share a segment for one line" if behind else "",
        moments=(
            case.said(message),
            into(anomaly.at, receiver, f"reads {case.shown(anomaly)}"),
        ),
    )


def _is_behind_another(case: Case, receiver: Attendance, message: Message) -> bool:
    """Tell whether it came in one read with an earlier one of its sender that has its prefix."""
    listener = case.transcript.listeners[receiver.conn]
    bare = {one.message for one in listener.anomalies if one.fault is Fault.NO_PREFIX}
    times = dict(zip(listener.messages, listener.times, strict=True))
    return any(
        other.conn == message.conn
        and other.number < message.number
        and other not in bare
        and at == times.get(message)
        for other, at in times.items()
    )
