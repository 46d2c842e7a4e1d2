"""Once: nobody hears the same message twice. Violated by a token that comes again."""

from harness.anomalies import Anomaly, Fault
from harness.attendance import Attendance
from harness.case import Case, into, merged, quoted, result
from harness.verdict import CheckResult, Finding


def check(case: Case) -> CheckResult:
    """Find what was delivered again."""
    # A copy of one's own that comes twice is for `echo`.
    found = [
        _finding(case, who, anomaly)
        for who, anomaly in case.anomalies(Fault.REPEATED)
        if anomaly.message is None or anomaly.message.conn != who.conn
    ]
    return result("once", case.deliveries, merged(found, lambda one: one.requirement))


def _finding(case: Case, receiver: Attendance, anomaly: Anomaly) -> Finding:
    message = anomaly.message
    assert message is not None
    sender = case.sender(message)
    listener = case.transcript.listeners[receiver.conn]
    pairs = zip(listener.messages, listener.times, strict=True)
    first = next((at for heard, at in pairs if heard is message), message.at)
    return Finding(
        check="once",
        requirement="RELAY-1",
        says=f"{receiver.person} heard {sender.person}'s message {quoted(message)} again.",
        moments=(
            case.said(message),
            into(first, receiver, f"hears {quoted(message)}"),
            into(anomaly.at, receiver, "hears it again"),
        ),
    )
