"""Echo: the sender of a message gets no copy of it; in a dialect that echoes it gets exactly one.

Whoever stays hears each of his own words once, in the form that the dialect gives to a copy.
"""

from collections.abc import Iterator

from harness.anomalies import Anomaly, Fault
from harness.attendance import Attendance
from harness.case import Case, into, merged, quoted, quoted_bytes, result, unless_late
from harness.membership import Miss
from harness.verdict import CheckResult, Finding

OTHER_FORM = (Fault.ECHO, Fault.NO_PREFIX, Fault.WRONG_NAME)


def check(case: Case) -> CheckResult:
    """Find senders who heard themselves, or did not, as the dialect has it."""
    found = [*_echoing(case)] if case.dialect.echo else [*_unwanted(case)]
    said = sum(len(speech.messages) for speech in case.transcript.voices.speeches.values())
    return result("echo", said, merged(found, lambda one: (one.cause, one.timed)))


def _unwanted(case: Case) -> Iterator[Finding]:
    for who, anomaly in case.anomalies(Fault.ECHO):
        assert anomaly.message is not None
        yield _finding(
            f"{who.person} was sent a copy of what {who.person} had said: "
            f"{quoted(anomaly.message)}.",
            "the server relays a message to everyone, its sender included",
            case,
            who,
            anomaly,
        )


def _echoing(case: Case) -> Iterator[Finding]:
    for miss in case.membership.missing():
        if miss.message.conn == miss.receiver.conn:
            yield _missing(case, miss)
    for who, anomaly in case.anomalies(Fault.REPEATED):
        if (message := anomaly.message) and message.conn == who.conn:
            says = f"{who.person} heard the copy of {quoted(message)} again."
            yield _finding(says, "the server echoes a message twice", case, who, anomaly)
    for who, anomaly in case.anomalies(*OTHER_FORM):
        if (message := anomaly.message) and message.conn == who.conn:
            copy = message.echo.removesuffix(case.dialect.ending)
            says = (
                f"{who.person} said {quoted(message)}, and the copy should have been "
                f"{quoted_bytes(copy)}; {who.person} read {case.shown(anomaly)}."
            )
            yield _finding(says, "the server writes a copy in another form", case, who, anomaly)


def _finding(says: str, cause: str, case: Case, who: Attendance, anomaly: Anomaly) -> Finding:
    assert anomaly.message is not None
    heard = into(anomaly.at, who, f"hears {quoted(anomaly.message)}")
    moments = (case.said(anomaly.message), heard)
    return Finding("echo", "RELAY-3", says, cause=cause, moments=moments)


def _missing(case: Case, miss: Miss) -> Finding:
    message, who = miss.message, miss.receiver
    deadline, late = (0.0, 0.0) if miss.certain else case.membership.roll_call_failure()
    end = max(case.membership.roll_call or 0, message.at)
    finding = Finding(
        check="echo",
        requirement="RELAY-3",
        says=f"{who.person} heard no copy of its own {quoted(message)}, and this dialect sends "
        "one.",
        cause="the server does not echo every message",
        moments=(
            case.said(message),
            *case.heard_by_another(message, who.conn),
            into(end, who, f"never hears {quoted(message)}", missing=True),
        ),
        deadline=deadline,
    )
    return unless_late(finding, late)
