"""Story: every step of the scenario completes in time.

Who is to blame for a join that does not: another connection that is silent (JOIN-3), a room that
everyone had left (LEAVE-8), a prompt that did not come (JOIN-1), a namesake (JOIN-7), a nickname
that was cut (JOIN-9), somebody who does not read (LOAD-1), members who heard a beacon that the
joiner did not (RELAY-1), else JOIN-2.
"""

from dataclasses import replace

from harness.attendance import Attendance, departed_at
from harness.blame import of_sleepers
from harness.case import (
    Case,
    beside,
    failure_words,
    into,
    listed,
    merged,
    out,
    quoted_bytes,
    result,
    seconds,
    unless_late,
)
from harness.events import Failure, Kind, StepFailed
from harness.notices_owed import still_owed
from harness.policies import Breach, breaches
from harness.verbs import SEES
from harness.verdict import CheckResult, Finding, Moment, Outcome

_JOINING = (
    *(Failure.CONNECT, Failure.PROMPT, Failure.WRONG_PROMPT, Failure.JOIN),
    *(Failure.REFUSED, Failure.DISCONNECTED),
)
# Failures that other checks own.
_ELSEWHERE = (
    *(Failure.LISTENING, Failure.ROLL_CALL, Failure.EOF, Failure.STALL),
    *(Failure.STOP, Failure.CONNECTIONS, Failure.RESTART, Failure.SOCKETS),
)


def check(case: Case) -> CheckResult:
    """Find steps that did not complete."""
    if case.transcript.exits or case.transcript.false_starts:
        # Everything fails with a server that has died; that is one finding, of `alive`.
        return result("story", len(case.transcript.steps), ())
    missed = {miss.receiver.conn for miss in case.membership.missing()}
    findings = [
        _finding(case, failure)
        for failure in case.transcript.failures
        if failure.failure not in _ELSEWHERE
        and failure.person not in ("", "newcomer")
        and not _is_reuse(case, failure)
        and not _is_explained(case, failure, missed)
    ]
    told = (*_JOINING, Failure.NOT_REFUSED)
    failed = {one.conn for one in case.transcript.failures if one.failure in told}
    findings += [_breach(case, one) for one in breaches(case) if one.person.conn not in failed]
    findings = merged(findings, lambda one: (one.requirement, one.cause, one.outcome))
    return result("story", len(case.transcript.steps), findings)


def _breach(case: Case, breach: Breach) -> Finding:
    who = breach.person
    at = who.joined or who.gone or case.transcript.end
    return Finding(
        check="story",
        requirement=breach.requirement,
        says=f"{who.person} gave a nickname, {breach.nickname}, and was {breach.fate}; in this "
        f"dialect such a one is {breach.lawful}.",
        moments=(
            out(who.joining or who.strange or 0, who, "gives the name"),
            into(at, who, f"is {breach.fate}"),
        ),
    )


def _is_reuse(case: Case, failure: StepFailed) -> bool:
    person = case.transcript.people.get(failure.conn)
    refused = failure.failure is Failure.REFUSED and person is not None
    return refused and person is not None and case.is_reused(person)


def _is_explained(case: Case, failure: StepFailed, missed: set[int]) -> bool:
    """Tell whether a `hears` failed for a reason that another check reports with more proof."""
    if failure.failure is not Failure.HEARS:
        return False
    speakers = {
        name
        for step in case.plan.steps()
        if step.index == failure.step
        for deed in step.deeds
        if deed.person == failure.person
        for name in deed.hears_from
    }
    thrown_out = {one.person for one in case.transcript.people.values() if one.thrown_out}
    listener = case.transcript.listeners.get(failure.conn)
    damaged = {case.sender(message).person for message in listener.damaged} if listener else set()
    owed = failure.conn in missed or _is_owed_a_notice(case, failure.conn)
    return owed or bool(speakers & (thrown_out | damaged))


def _is_owed_a_notice(case: Case, conn: int) -> bool:
    stays = conn in case.transcript.people and case.membership.stayed(case.transcript.people[conn])
    return stays and bool(still_owed(case.transcript, [conn]))


def _finding(case: Case, failure: StepFailed) -> Finding:
    make = _join if failure.failure in _JOINING else _other
    if failure.failure is Failure.NOT_REFUSED:
        make = _let_in
    finding = unless_late(make(case, failure), failure.late)
    listener = case.transcript.listeners.get(failure.conn)
    if listener is None or not listener.overwhelmed:
        return finding
    why = f"what {failure.person} read can be read in too many ways, so this proves nothing"
    return replace(finding, outcome=Outcome.INCONCLUSIVE, cause=why)


def _other(case: Case, failure: StepFailed) -> Finding:
    step = next((one for one in case.plan.steps() if one.index == failure.step), None)
    words = step.words if step else ""
    person = case.transcript.people.get(failure.conn)
    sleepers = of_sleepers(case, failure)
    requirement, missing = "LOAD-1", "has its bytes accepted"
    if failure.failure is Failure.HEARS and step is not None and step.verb in SEES:
        requirement, missing, sleepers = "LEAVE-7", "is told", ""
    elif failure.failure is Failure.HEARS:
        # It came, or another check would say so: somebody only held it up.
        requirement, missing = "LOAD-1" if sleepers else "RELAY-1", "hears it"
    moments = (into(failure.at, person, missing, missing=True),) if person else ()
    return Finding(
        check="story",
        requirement=requirement,
        says=f"{failure.person} could not go on with “{words}”: {failure_words(failure)}.",
        cause=sleepers,
        moments=moments,
        deadline=failure.deadline,
    )


def _let_in(case: Case, failure: StepFailed) -> Finding:
    person = case.transcript.people.get(failure.conn)
    named = person is not None and person.joining is not None
    asked = case.plan.requirements[:1]
    if person is not None and named and _has_namesake(case, person):
        requirement = "JOIN-7"
    elif person is not None and person.strange is not None:
        requirement = "JOIN-6"
    elif person is not None and person.untext is not None:
        requirement = "INPUT-3"
    else:
        requirement = asked[0] if asked else "JOIN-6"
    moments = (into(failure.at, person, "is refused", missing=True),) if person else ()
    return Finding(
        check="story",
        requirement=requirement,
        says=f"{failure.person} should have been refused: {failure_words(failure)}.",
        moments=moments,
        deadline=failure.deadline,
    )


# -- a join --------------------------------------------------------------------------------------


def _join(case: Case, failure: StepFailed) -> Finding:
    person = case.transcript.people.get(failure.conn) or _first(case)
    silent = _silent(case, failure, person)
    says = f"{failure.person} could not join: {failure_words(failure)}"
    if failure.failure is Failure.WRONG_PROMPT and person is not None:
        says = (
            f"{failure.person} connected and read {quoted_bytes(bytes(person.doorstep))} "
            f"instead of the prompt {quoted_bytes(case.transcript.dialect.prompt_bytes)}"
        )
    # At the door, or behind it: what is asked first explains more.
    unserved = failure.failure not in (Failure.JOIN, Failure.REFUSED)
    requirement, cause = _of_a_place(case, failure, silent) or (
        _of_no_prompt(failure) if unserved else _of_no_place(case, failure, person)
    )
    may = failure.failure is Failure.REFUSED and requirement == "JOIN-7"
    breach = next((one for one in breaches(case) if one.person.conn == failure.conn), None)
    if may and breach is not None:
        says = f"{says}; in this dialect such a one is {breach.lawful}"
        may, cause = False, "the server does otherwise than the dialect says"
    return Finding(
        check="story",
        requirement=requirement,
        says=f"{says}.",
        outcome=Outcome.INCONCLUSIVE if may else Outcome.FAIL,
        cause=cause,
        moments=_moments(failure, person, silent),
        deadline=failure.deadline,
    )


def _of_a_place(
    case: Case, failure: StepFailed, silent: list[Attendance]
) -> tuple[str, str] | None:
    """Return the requirement and the cause where it is for what others do; None where not."""
    if _is_of_a_crowd(case, failure):
        return "JOIN-10", "others connected at the same moment, and some of them got in"
    if failure.failure not in (Failure.PROMPT, Failure.JOIN, Failure.CONNECT):
        return None
    if silent:
        return "JOIN-3", (
            f"{listed(one.person for one in silent)} had connected and not given a name: "
            "the server waits for the name before it serves anyone else"
        )
    if cause := of_sleepers(case, failure):
        return "LOAD-1", cause
    if _is_after_everyone_left(case, failure):
        return "LEAVE-8", "everyone had left before, and nobody has been let in since"
    return None


def _of_no_prompt(failure: StepFailed) -> tuple[str, str]:
    if failure.failure is Failure.WRONG_PROMPT:
        return "JOIN-1", "the server speaks another dialect"
    return "JOIN-2" if failure.failure is Failure.CONNECT else "JOIN-1", ""


def _of_no_place(case: Case, failure: StepFailed, person: Attendance | None) -> tuple[str, str]:
    """Return the requirement and the cause for somebody who gave a name and is no member."""
    if failure.failure is Failure.REFUSED:
        if _has_namesake(case, person):
            return "JOIN-7", "this server lets no two members have one name, which it may"
        if any(one.conn == failure.conn for one in case.transcript.cuts):
            return "JOIN-9", "its nickname came in pieces, or with a message behind it"
    elif _others_heard_beacon(case, person):
        if _has_namesake(case, person):
            return "JOIN-7", "another came under the same name, and others heard all the while"
        return "RELAY-1", "others in the room heard someone all the while"
    return "JOIN-2", ""


def _is_after_everyone_left(case: Case, failure: StepFailed) -> bool:
    """Tell whether all who had ever been in the room had gone, and nobody got in after that."""
    members = [one for one in case.transcript.people.values() if one.joined is not None]
    gone = [one for one in members if one.leaving is not None or one.gone is not None]
    began = failure.at - failure.deadline * 1e9
    return bool(members) and gone == members and all(departed_at(one) <= began for one in gone)


def _is_of_a_crowd(case: Case, failure: StepFailed) -> bool:
    """Tell whether it happened to some of many who came at once, and not to others of them."""
    step = next((one for one in case.plan.steps() if one.index == failure.step), None)
    if step is None or not step.at_once:
        return False
    people = case.transcript.people
    lives = {deed.life for deed in step.deeds}
    return any(one.conn in lives and one.joined is not None for one in people.values())


def _first(case: Case) -> Attendance | None:
    # The beacons' own beginning fails as a whole; show the one that came last.
    people = list(case.transcript.people.values())
    return people[-1] if people else None


def _silent(case: Case, failure: StepFailed, person: Attendance | None) -> list[Attendance]:
    """Return who was connected, and still owed its name, when the join failed."""
    return [
        one
        for one in case.transcript.people.values()
        if one.connected is not None
        and one is not person
        and (one.joining is None or one.joining >= failure.at)
        and (one.leaving is None or one.leaving >= failure.at)
        and one.connected < failure.at - failure.deadline * 1e9 / 2
        and (one.doorstep or case.dialect.prompt is None)
    ]


def _has_namesake(case: Case, person: Attendance | None) -> bool:
    people = case.transcript.people.values()
    return person is not None and any(
        one.nick == person.nick and one.conn != person.conn and one.present for one in people
    )


def _others_heard_beacon(case: Case, person: Attendance | None) -> bool:
    if person is None or person.joining is None:
        return False
    return any(
        message.kind is Kind.BEACON and message.at > person.joining
        for conn, listener in case.transcript.listeners.items()
        if conn != person.conn
        for message in listener.messages
    )


def _moments(
    failure: StepFailed, person: Attendance | None, silent: list[Attendance]
) -> tuple[Moment, ...]:
    moments = [
        beside(one.connected or 0, one, f"connects at {seconds(one.connected or 0)}, says nothing")
        for one in silent[:1]
    ]
    if person is not None:
        moments.append(out(person.connecting, person, "connects"))
        if person.doorstep:
            text = f"reads {quoted_bytes(bytes(person.doorstep))}"
            moments.append(into(person.connected or person.connecting, person, text))
        if person.joining is not None:
            moments.append(out(person.joining, person, "gives the name"))
        awaited = "hears anyone" if person.joining is not None else "reads the prompt"
        moments.append(into(failure.at, person, awaited, missing=True))
    return tuple(moments)
