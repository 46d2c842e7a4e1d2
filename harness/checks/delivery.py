"""Delivery: everyone who was in the room for the whole of a message heard it.

Violated by a message that had to arrive and did not, and by a hole inside what one sender's stream
gave a receiver. What is missing behind a later word of the same sender is lost for certain.
"""

from harness.attendance import Attendance, departed_at
from harness.blame import Lost, departures_beside, of_losses
from harness.case import (
    Case,
    into,
    listed,
    merged,
    out,
    quoted,
    result,
    seconds,
    unless_late,
)
from harness.events import Role
from harness.membership import Miss
from harness.speech import Message
from harness.verdict import CheckResult, Finding, Moment

MOST_DEPARTURES = 5  # in one picture


def check(case: Case) -> CheckResult:
    """Find messages that did not arrive where they had to."""
    by_message: dict[Message, list[Miss]] = {}
    for miss in case.membership.missing():
        if miss.receiver.conn == miss.message.conn:
            continue  # a copy, which is for `echo`
        by_message.setdefault(miss.message, []).append(miss)
    lost = [Lost(message, tuple(misses)) for message, misses in by_message.items()]
    lost.sort(key=lambda one: one.message.at)
    requirement = of_losses(case, lost)
    findings = [_finding(case, one, requirement) for one in lost]
    findings = merged(findings, lambda one: (one.requirement, one.timed))
    return result("delivery", case.membership.obligations, findings)


# -- one lost message --------------------------------------------------------------------------


def _finding(case: Case, lost: Lost, requirement: str) -> Finding:
    message = lost.message
    people = [miss for miss in lost.misses if miss.receiver.role is Role.PERSON]
    first = (people or lost.misses)[0]
    sender = case.sender(message)
    certain = any(miss.certain for miss in lost.misses)
    deadline, late = (0.0, 0.0) if certain else case.membership.roll_call_failure()
    finding = Finding(
        check="delivery",
        requirement=requirement,
        says=_says(case, lost, sender),
        cause=_cause(case, message, requirement),
        moments=_moments(case, first, sender),
        deadline=deadline,
    )
    return unless_late(finding, late)


def _says(case: Case, lost: Lost, sender: Attendance) -> str:
    message = lost.message
    receivers = [miss.receiver for miss in lost.misses]
    names = listed(one.person for one in receivers)
    since = seconds(max(one.joined or 0 for one in receivers))
    verb = "was" if len(receivers) == 1 else "were"
    partly = _partly(case, lost)
    return (
        f"{names} never heard {sender.person}'s message {quoted(message)}, said at "
        f"{seconds(message.at)}, though {names} {verb} in the room since {since}{partly}."
    )


def _partly(case: Case, lost: Lost) -> str:
    listener = case.transcript.listeners[lost.misses[0].receiver.conn]
    if lost.message.conn not in listener.matcher.places:
        return ""
    partly = listener.partly_heard(lost.message.conn)
    if partly is None or partly[0] is not lost.message:
        return ""
    return f": only the first {partly[1]} of its {len(lost.message.data)} bytes came"


def _cause(case: Case, message: Message, requirement: str) -> str:
    sender = case.sender(message)
    if requirement == "LOAD-2":
        return "the receiver had stopped reading for a while; what it missed then is gone"
    if sender.thrown_out and requirement in ("RELAY-7", "INPUT-2"):
        return _read_boundary(case, message)
    if requirement != "LEAVE-3":
        return ""
    gone = departures_beside(case, message)
    return listed(_departed(one, message) for one in gone)


def _departed(person: Attendance, message: Message) -> str:
    milliseconds = (message.at - departed_at(person)) / 1e6
    if milliseconds < 0:
        return f"{person.person} left ({person.how}) while it was on its way"
    return f"{person.person} had left ({person.how}) {milliseconds:.1f} ms before it was said"


def _read_boundary(case: Case, message: Message) -> str:
    if not (case.has_wide_characters and any(byte >= 0x80 for byte in message.data)):
        return "the server disconnected its sender"
    size = case.read_size()
    told = f" (its reads seem to be {size} bytes long)" if size else ""
    return (
        "the server disconnected its sender: it decodes each read by itself, and a read ended "
        f"inside a character{told}"
    )


def _moments(case: Case, miss: Miss, sender: Attendance) -> tuple[Moment, ...]:
    message, receiver = miss.message, miss.receiver
    moments = [*case.joined(receiver), *case.joined(sender), *_departure(case, message)]
    moments.append(case.said(message))
    moments += case.heard_by_another(message, receiver.conn)
    if sender.thrown_out and sender.gone is not None:
        moments.append(into(sender.gone, sender, "is disconnected"))
    end = max(case.membership.roll_call or 0, *(moment.at for moment in moments))
    moments.append(into(end, receiver, f"never hears {quoted(message)}", missing=True))
    return tuple(sorted(moments, key=lambda moment: moment.at))


def _departure(case: Case, message: Message) -> list[Moment]:
    gone = [one for one in departures_beside(case, message) if one.conn != message.conn]
    return [out(departed_at(one), one, f"leaves ({one.how})") for one in gone[-MOST_DEPARTURES:]]
