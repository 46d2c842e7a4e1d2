"""Stays: who keeps to the dialect is not disconnected.

Violated by an end of stream or an error on a member's connection that the harness had not begun to
end. Not looked at: who was refused at the door, who had stopped reading or sent what is no text,
and what goes down with the server itself.
"""

from harness.attendance import Attendance, departed_at
from harness.blame import is_after_bad_bytes, of_throw_out
from harness.case import Case, beside, into, merged, result, seconds
from harness.scenario import Verb
from harness.verdict import CheckResult, Finding, Moment

# When the server dies, its connections may be seen to end a little before it is.
DYING = 1_000_000_000


def check(case: Case) -> CheckResult:
    """Find members who were thrown out."""
    members = [one for one in case.transcript.people.values() if one.joined is not None]
    died = min((one.at for one in case.transcript.exits), default=None)
    told = _told_to_be_refused(case)
    out = [one for one in members if one.wronged and not _with_server(one, died)]
    out = [one for one in out if one.conn not in told]
    findings = [_finding(case, one) for one in out]
    if "INPUT-2" in case.plan.requirements:
        findings += [_not_whole(case, one) for one in out if _says_wide(case, one)]
    return result("stays", len(members), merged(findings, lambda one: one.cause))


def _told_to_be_refused(case: Case) -> set[int]:
    """Return the connections that the scenario wants the server to end."""
    deeds = (deed for step in case.plan.steps() for deed in step.deeds)
    return {deed.life for deed in deeds if deed.verb is Verb.REFUSED}


def _with_server(person: Attendance, died: int | None) -> bool:
    return died is not None and person.gone is not None and person.gone > died - DYING


def _finding(case: Case, person: Attendance) -> Finding:
    assert person.gone is not None
    how = f"with an error ({person.error})" if person.error else "by the server"
    return Finding(
        check="stays",
        requirement=of_throw_out(case, person),
        says=f"{person.person} kept to the protocol and was disconnected {how} at "
        f"{seconds(person.gone)}.",
        cause=_cause(case, person),
        moments=_moments(case, person),
    )


def _cause(case: Case, person: Attendance) -> str:
    if _says_wide(case, person):
        size = case.read_size()
        told = f" of {size} bytes" if size else ""
        return f"a read{told} ended inside a character, and the server could not decode it"
    if is_after_bad_bytes(case, person.gone):
        return "somebody else had just said what is no text, and it reached the wrong one"
    other = _last_departure(case, person)
    if other is not None and (person.gone or 0) - departed_at(other) < DYING // 2:
        return "somebody else had just left: the server may have removed the wrong member"
    return ""


def _says_wide(case: Case, person: Attendance) -> bool:
    """Tell whether somebody was thrown out over letters of several bytes."""
    speech = case.transcript.voices.speeches[person.conn]
    said = [message for message in speech.messages if message.at < (person.gone or 0)]
    return bool(said and case.has_wide_characters and any(byte >= 0x80 for byte in said[-1].data))


def _not_whole(case: Case, person: Attendance) -> Finding:
    return Finding(
        check="stays",
        requirement="INPUT-2",
        says=f"A letter of {person.person}'s that was cut in two was not relayed whole: "
        f"{person.person} was disconnected instead.",
        cause=f"{_cause(case, person)}: keep the begun letter until the rest of it comes",
        moments=_moments(case, person),
    )


def _last_departure(case: Case, person: Attendance) -> Attendance | None:
    before = [
        one
        for one in case.transcript.departures()
        if one.conn != person.conn and departed_at(one) <= (person.gone or 0) and not one.thrown_out
    ]
    return before[-1] if before else None


def _moments(case: Case, person: Attendance) -> tuple[Moment, ...]:
    assert person.gone is not None
    moments = [*case.joined(person)]
    speech = case.transcript.voices.speeches[person.conn]
    moments += [case.said(one) for one in speech.messages if one.at < person.gone][-1:]
    other = _last_departure(case, person)
    if other is not None:
        moments.append(beside(departed_at(other), other, f"leaves ({other.how})"))
    moments.append(into(person.gone, person, "is disconnected"))
    return tuple(sorted(moments, key=lambda moment: moment.at))
