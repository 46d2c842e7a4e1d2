"""Echo: the sender of a message gets no copy of it, in a dialect that does not echo."""

from harness.anomalies import Anomaly, Fault
from harness.attendance import Attendance
from harness.case import Case, into, merged, quoted, result
from harness.verdict import CheckResult, Finding


def check(case: Case) -> CheckResult:
    """Find senders who heard themselves."""
    found = [_finding(case, who, anomaly) for who, anomaly in case.anomalies(Fault.ECHO)]
    said = sum(len(speech.messages) for speech in case.transcript.voices.speeches.values())
    return result("echo", said, merged(found, lambda one: one.requirement))


def _finding(case: Case, receiver: Attendance, anomaly: Anomaly) -> Finding:
    assert anomaly.message is not None
    return Finding(
        check="echo",
        requirement="RELAY-3",
        says=f"{receiver.person} was sent a copy of what {receiver.person} had said: "
        f"{quoted(anomaly.message)}.",
        cause="the server relays a message to everyone, its sender included",
        moments=(
            case.said(anomaly.message),
            into(anomaly.at, receiver, f"hears {quoted(anomaly.message)}"),
        ),
    )
