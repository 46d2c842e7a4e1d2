"""Intact: the text arrives byte for byte, and no prefix stands inside a character."""

from harness.anomalies import Anomaly, Fault
from harness.attendance import Attendance
from harness.case import Case, into, merged, quoted, quoted_bytes, result
from harness.speech import Message
from harness.verdict import CheckResult, Finding

# What a decoder puts in the place of bytes that it cannot read.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}".encode()
# No common read buffer is smaller.
LONG = 512


def check(case: Case) -> CheckResult:
    """Find messages that were changed on their way."""
    wrong = case.anomalies(Fault.ALTERED, Fault.CUT_SHORT)
    found = [_finding(case, *pair) for pair in wrong if _was_whole(case, pair[1])]
    cuts = [
        _cut(case, case.transcript.people[conn], *cut)
        for conn, listener in case.transcript.listeners.items()
        for cut in (listener.cut_characters if case.has_wide_characters else ())
    ]
    return result("intact", case.deliveries, merged(found + cuts, lambda one: one.requirement))


def _was_whole(case: Case, anomaly: Anomaly) -> bool:
    """Tell whether the server surely had all of the message: its sender may have been cut off.

    It had where somebody heard it whole, or anything of what the same sender said later.
    """
    message = anomaly.message
    assert message is not None
    damaged = (one for listener in case.listeners for one in listener.damaged)
    numbers = [one.number for one in damaged if one.conn == message.conn]
    latest = max([*numbers, case.membership.highest_received(message.conn)])
    return message.number < latest or case.membership.committed(message)


def _finding(case: Case, receiver: Attendance, anomaly: Anomaly) -> Finding:
    message = anomaly.message
    assert message is not None
    sender = case.sender(message)
    if case.has_wide_characters and _is_replaced(message, anomaly):
        return _replaced(case, receiver, anomaly, message)
    rest = message.data[anomaly.offset :]
    if not rest.strip():
        says = f"without the blanks at its end ({len(rest)} bytes)"
    elif anomaly.fault is Fault.CUT_SHORT:
        says = f"cut short: only {anomaly.offset} of its {len(message.data)} bytes came"
    else:
        says = (
            f"altered: after {anomaly.offset} bytes {case.shown(anomaly)} came "
            f"instead of {quoted_bytes(rest)}"
        )
    long = anomaly.fault is Fault.CUT_SHORT and len(message.data) > LONG
    requirement = "RELAY-7" if long else "RELAY-4"
    if receiver.froze is not None:
        requirement = "LOAD-2"
    elif case.has_lines and case.was_cut(message):
        requirement = "RELAY-9"
    return Finding(
        check="intact",
        requirement=requirement,
        says=f"{sender.person}'s message {quoted(message)} reached {receiver.person} {says}.",
        moments=(
            case.said(message),
            into(anomaly.at, receiver, f"reads {case.shown(anomaly)}"),
        ),
    )


def _is_replaced(message: Message, anomaly: Anomaly) -> bool:
    expected = message.data[anomaly.offset : anomaly.offset + 1]
    return REPLACEMENT in anomaly.text and expected >= b"\x80" and REPLACEMENT not in message.data


def _replaced(case: Case, receiver: Attendance, anomaly: Anomaly, message: Message) -> Finding:
    sender = case.sender(message)
    return Finding(
        check="intact",
        requirement="INPUT-2",
        says=f"In {sender.person}'s message {quoted(message)} a character of "
        f"{receiver.person}'s copy was replaced by U+FFFD, after {anomaly.offset} bytes.",
        cause="the server decodes each read by itself, and a read ended inside a character",
        moments=(
            case.said(message),
            into(anomaly.at, receiver, f"reads {case.shown(anomaly)}"),
        ),
    )


def _cut(case: Case, receiver: Attendance, message: Message, offset: int, at: int) -> Finding:
    sender = case.sender(message)
    inside = offset - message.start
    return Finding(
        check="intact",
        requirement="INPUT-2",
        says=f"{sender.person}'s message {quoted(message)} reached {receiver.person} with a "
        f"prefix inside a character, after {inside} bytes.",
        cause="the server relays each read as it comes, and a read ended inside a character",
        moments=(case.said(message), into(at, receiver, "reads a prefix inside a character")),
    )
