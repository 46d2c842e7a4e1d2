"""Delivery: everyone who was in the room for the whole of a message heard it.

Violated by a message that had to arrive and did not, and by a hole inside what one sender's stream
gave a receiver. What is missing behind a later word of the same sender is lost for certain.
"""

from dataclasses import dataclass

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
from harness.events import Ending, Role
from harness.membership import Miss
from harness.speech import Message
from harness.transcript import Attendance, departed_at
from harness.verdict import CheckResult, Finding, Moment

# A longer message does not fit into the read buffer of an ordinary server.
LONG = 1000


@dataclass(frozen=True, slots=True)
class _Lost:
    """One message, and everyone who should have heard it."""

    message: Message
    misses: tuple[Miss, ...]


def check(case: Case) -> CheckResult:
    """Find messages that did not arrive where they had to."""
    by_message: dict[Message, list[Miss]] = {}
    for miss in case.membership.missing():
        by_message.setdefault(miss.message, []).append(miss)
    lost = [_Lost(message, tuple(misses)) for message, misses in by_message.items()]
    lost.sort(key=lambda one: one.message.at)
    requirement = _requirement(case, lost)
    findings = [_finding(case, one, requirement) for one in lost]
    findings = merged(findings, lambda one: (one.requirement, one.timed))
    return result("delivery", case.membership.obligations, findings)


# -- which requirement -------------------------------------------------------------------------


def _requirement(case: Case, lost: list[_Lost]) -> str:
    """Return the most telling requirement that explains all of `lost`."""
    messages = [one.message for one in lost]
    receivers = [miss.receiver for one in lost for miss in one.misses]
    if receivers and all(one.froze is not None for one in receivers):
        return "LOAD-2"
    if requirement := _of_segments(case, messages):
        return requirement
    if all(len(message.data) > LONG for message in messages):
        return "RELAY-7"
    if all(_is_last_word(case, message) for message in messages):
        return "LEAVE-5"
    if all(_is_beside_departure(case, message) for message in messages):
        return "LEAVE-3"
    return "RELAY-1"


def _of_segments(case: Case, messages: list[Message]) -> str:
    """Return what explains losses by how the words were cut or glued; empty where nothing does."""
    if not all(case.was_cut(message) for message in messages):
        return ""
    if all(case.is_greeting(message) for message in messages):
        return "JOIN-9"
    if case.transcript.voices.framed:
        return "RELAY-9"
    wide = all(any(byte >= 0x80 for byte in message.data) for message in messages)
    return "INPUT-2" if wide else ""


def _is_last_word(case: Case, message: Message) -> bool:
    sender = case.sender(message)
    heard = case.membership.highest_received(message.conn)
    return sender.how is Ending.LEAVE and sender.in_good_order and message.number > heard


def _is_beside_departure(case: Case, message: Message) -> bool:
    """Tell whether somebody went while `message` was under way, or just before it was said."""
    speech = case.transcript.voices.speeches[message.conn]
    before = speech.messages[message.number - 1].at if message.number else 0
    first_heard = _first_heard(case, message)
    return any(
        before <= departed_at(person) <= message.at
        or message.at <= departed_at(person) <= first_heard
        for person in case.transcript.departures()
        if person.joining is not None
    )


def _first_heard(case: Case, message: Message) -> int:
    """Return when the first of all heard `message`; when it was said where nobody did."""
    times = (
        listener.times[listener.messages.index(message)]
        for listener in case.listeners
        if message in listener.messages
    )
    return min(times, default=message.at)


# -- one lost message --------------------------------------------------------------------------


def _finding(case: Case, lost: _Lost, requirement: str) -> Finding:
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


def _says(case: Case, lost: _Lost, sender: Attendance) -> str:
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


def _partly(case: Case, lost: _Lost) -> str:
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
    first_heard = _first_heard(case, message)
    gone = [one for one in case.transcript.departures() if departed_at(one) <= first_heard]
    if not gone:
        return ""
    last = gone[-1]
    milliseconds = (message.at - departed_at(last)) / 1e6
    if milliseconds < 0:
        return f"{last.person} left ({last.how}) while it was on its way"
    return f"{last.person} had left ({last.how}) {milliseconds:.1f} ms before it was said"


def _read_boundary(case: Case, message: Message) -> str:
    if not any(byte >= 0x80 for byte in message.data):
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
    gone = [
        one
        for one in case.transcript.departures()
        if departed_at(one) <= _first_heard(case, message) and one.conn != message.conn
    ]
    if not gone or not _is_beside_departure(case, message):
        return []
    last = gone[-1]
    return [out(departed_at(last), last, f"leaves ({last.how})")]
