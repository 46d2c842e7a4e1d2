"""Prefix: each relayed message carries the nickname of who said it, in the dialect's form."""

from harness.anomalies import Anomaly, Fault
from harness.attendance import Attendance
from harness.blame import of_strange_text
from harness.case import Case, into, listed, merged, quoted, quoted_bytes, result
from harness.speech import Message
from harness.verdict import CheckResult, Finding


def check(case: Case) -> CheckResult:
    """Find messages under another's name, or under none."""
    wrong = [_wrong_name(case, *pair) for pair in case.anomalies(Fault.WRONG_NAME)]
    none = [_no_prefix(case, *pair) for pair in case.anomalies(Fault.NO_PREFIX)]
    return result("prefix", case.deliveries, merged(wrong + none, lambda one: one.requirement))


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
            into(anomaly.at, receiver, f"hears {quoted_bytes(anomaly.text)}"),
        ),
    )


def _no_prefix(case: Case, receiver: Attendance, anomaly: Anomaly) -> Finding:
    message = anomaly.message
    assert message is not None
    sender = case.sender(message)
    expected = case.transcript.voices.speeches[message.conn].prefix
    behind = case.transcript.voices.framed and _is_behind_another(case, receiver, message)
    return Finding(
        check="prefix",
        requirement="RELAY-9" if behind else of_strange_text(case, anomaly, "RELAY-2"),
        says=f"{sender.person} said {quoted(message)}; {receiver.person} should have read "
        f"{quoted_bytes(expected)} before it, and read {quoted_bytes(anomaly.text)}.",
        cause="the server takes lines that share a segment for one line" if behind else "",
        moments=(
            case.said(message),
            into(anomaly.at, receiver, f"reads {quoted_bytes(anomaly.text)}"),
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
