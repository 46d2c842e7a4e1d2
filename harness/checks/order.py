"""Order: what one sender said arrives in the order in which it was said."""

from harness.anomalies import Anomaly, Fault
from harness.attendance import Attendance
from harness.case import Case, into, merged, quoted, result
from harness.verdict import CheckResult, Finding


def check(case: Case) -> CheckResult:
    """Find messages that came after a later one of the same sender."""
    found = [_finding(case, who, anomaly) for who, anomaly in case.anomalies(Fault.ORDER)]
    return result("order", case.deliveries, merged(found, lambda one: one.requirement))


def _finding(case: Case, receiver: Attendance, anomaly: Anomaly) -> Finding:
    message = anomaly.message
    assert message is not None
    sender = case.sender(message)
    listener = case.transcript.listeners[receiver.conn]
    pairs = zip(listener.messages, listener.times, strict=True)
    later, heard = next(
        (one, at) for one, at in pairs if one.conn == message.conn and one.number > message.number
    )
    return Finding(
        check="order",
        requirement="RELAY-5",
        says=f"{receiver.person} heard {sender.person}'s {quoted(later)} before "
        f"{quoted(message)}, which {sender.person} had said earlier.",
        moments=(
            case.said(message),
            case.said(later),
            into(heard, receiver, f"hears {quoted(later)}"),
            into(anomaly.at, receiver, f"hears {quoted(message)}"),
        ),
    )
