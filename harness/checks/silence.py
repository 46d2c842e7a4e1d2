"""Hears nothing: what was said before reaches nobody who is to hear nothing.

A member is looked at by what it heard; a stranger, who sent something else than a nickname, or
nothing, by the tokens in what it read. It is proved by the roll call: had they been in the room,
the closing words would have come.
"""

from collections.abc import Iterator

from harness.attendance import Attendance
from harness.case import Case, into, merged, quoted, result
from harness.events import Role, Silent
from harness.policies import allows
from harness.speech import Message
from harness.tokens import PATTERN
from harness.verdict import CheckResult, Finding


def check(case: Case) -> CheckResult:
    """Find words that reached somebody who was to hear nothing."""
    findings = [one for silent in case.transcript.silences for one in _heard(case, silent)]
    alike = merged(findings, lambda one: (one.requirement, one.cause))
    return result("hears nothing", len(case.transcript.silences), alike)


def _heard(case: Case, silent: Silent) -> Iterator[Finding]:
    person = case.transcript.people[silent.conn]
    if person.joining is None:
        if not allows(case, person):
            yield from _stranger(case, person)
        return
    listener = case.transcript.listeners[silent.conn]
    for message, at in zip(listener.messages, listener.times, strict=True):
        if message.at < silent.at and case.sender(message).role is Role.PERSON:
            yield _finding(case, person, message, at, "RELAY-6", "")


def _stranger(case: Case, person: Attendance) -> Iterator[Finding]:
    sent = person.strange is not None
    read = bytes(person.answer if sent else person.doorstep)
    requirement = "JOIN-6" if sent else "JOIN-5"
    cause = "the server took what it sent for a nickname" if sent else "it had not given a nickname"
    for token in PATTERN.findall(read):
        message = case.transcript.voices.tokens.get(token)
        if message is not None:
            at = case.transcript.end
            yield _finding(case, person, message, at, requirement, cause)
            return


def _finding(
    case: Case, person: Attendance, message: Message, at: int, requirement: str, cause: str
) -> Finding:
    sender = case.sender(message)
    return Finding(
        check="hears nothing",
        requirement=requirement,
        says=f"{person.person} was to hear nothing, and heard {sender.person}'s {quoted(message)}.",
        cause=cause,
        moments=(case.said(message), into(at, person, f"hears {quoted(message)}")),
    )
