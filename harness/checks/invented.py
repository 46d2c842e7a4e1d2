"""Nothing invented: nothing arrives that nobody said, or that was said before one joined."""

from collections.abc import Iterator

from harness.announcement import PERSONAL
from harness.anomalies import Anomaly, Fault
from harness.attendance import Attendance
from harness.blame import is_like, of_strange_text
from harness.case import (
    Case,
    beside,
    into,
    merged,
    out,
    quoted,
    quoted_bytes,
    result,
    seconds,
    unless_late,
)
from harness.deadlines import RELAY_GRACE
from harness.events import Ending
from harness.membership import Unlawful
from harness.tokens import PATTERN
from harness.verdict import CheckResult, Finding


def check(case: Case) -> CheckResult:
    """Find text that no one said, and words from before the receiver's time."""
    found = [
        _invented(case, *pair)
        for pair in case.anomalies(Fault.INVENTED)
        if not _is_of_a_stranger(case, pair[1])
    ]
    found += [_replayed(case, one) for one in case.membership.unlawful(case.plan.patience)]
    found += [_noise(case)] if case.transcript.noise and not _is_explained(case) else []
    found = merged(found, lambda one: (one.requirement, one.timed, one.cause))
    door = merged(_at_the_door(case), lambda one: one.requirement)
    return result("nothing invented", case.deliveries, found + door)


def _is_of_a_stranger(case: Case, anomaly: Anomaly) -> bool:
    """Tell whether it may announce one who had sent something else than a nickname."""
    strange = [one.strange for one in case.transcript.people.values() if one.strange is not None]
    notices = [one for one in case.dialect.notices if one.occasion not in PERSONAL]
    came = any(at < anomaly.at for at in strange)
    return came and any(is_like(one, anomaly.text, case.dialect) for one in notices)


def _invented(case: Case, receiver: Attendance, anomaly: Anomaly) -> Finding:
    return Finding(
        check="nothing invented",
        requirement=of_strange_text(case, anomaly, "RELAY-6"),
        says=f"{receiver.person} read {case.shown(anomaly)}, which nobody had said.",
        cause=_guess(anomaly.text) if not case.dialect.framed else "",
        moments=(into(anomaly.at, receiver, f"reads {case.shown(anomaly)}"),),
    )


def _guess(text: bytes) -> str:
    if not text.strip(b"\r\n"):
        return "the server ends each message with a line end, which this dialect has not"
    return ""


def _is_explained(case: Case) -> bool:
    # What ended the run was then more than bytes: each has a finding of its own.
    noise = case.transcript.noise
    return noise is not None and bool(case.transcript.listeners[noise.conn].anomalies)


def _noise(case: Case) -> Finding:
    noise = case.transcript.noise
    assert noise is not None
    receiver = case.transcript.people[noise.conn]
    return Finding(
        check="nothing invented",
        requirement="RELAY-6",
        says=f"{receiver.person} was sent {noise.unexplained} bytes that nobody had said.",
        moments=(into(noise.at, receiver, f"has read {noise.unexplained} unexplained bytes"),),
    )


def _replayed(case: Case, one: Unlawful) -> Finding:
    sender, receiver = case.sender(one.message), one.receiver
    assert receiver.joining is not None
    finding = Finding(
        check="nothing invented",
        requirement="RELAY-6",
        says=f"{receiver.person} heard {sender.person}'s {quoted(one.message)}, said at "
        f"{seconds(one.message.at)}, although {receiver.person} joined only at "
        f"{seconds(receiver.joining)}.",
        cause="the server sends newcomers what was said before they came",
        moments=(
            case.said(one.message),
            out(receiver.joining, receiver, "joins"),
            into(one.at, receiver, f"hears {quoted(one.message)}"),
        ),
        deadline=0.0 if one.certain else RELAY_GRACE * case.plan.patience,
    )
    return unless_late(finding, case.worst_wait)


def _at_the_door(case: Case) -> list[Finding]:
    found = []
    for person in case.transcript.people.values():
        more = _more_than_prompt(case, bytes(person.doorstep))
        if more and case.dialect.nickname is not None:
            extra = quoted_bytes(more)
            moment = beside(person.connected or 0, person, "connects, and gives no name")
            requirement, cause = _of_the_door(case, person, more)
            found.append(
                Finding(
                    check="nothing invented",
                    requirement=requirement,
                    cause=cause,
                    says=f"{person.person} had not given a name yet and was sent {extra}.",
                    moments=(moment, into(person.connected or 0, person, f"reads {extra}")),
                )
            )
    return found


def _of_the_door(case: Case, person: Attendance, more: bytes) -> tuple[str, str]:
    """Return the requirement that is violated by sending `more`, and the cause."""
    if case.dialect.prompt is not None and not more.strip():
        return "JOIN-1", ""
    if person.how is Ending.HALF_CLOSE:
        return "JOIN-6", "it had ended its direction, and the server took that for an empty name"
    return "JOIN-5", ""


def _more_than_prompt(case: Case, door: bytes) -> bytes:
    """Return what was sent to somebody without a name and is not the prompt."""
    prompt = case.dialect.prompt
    if prompt is None:
        return door
    if prompt.exact:
        return door[len(case.dialect.prompt_bytes) :] if case.dialect.has_prompted(door) else b""
    # Any words may stand before the end of such a prompt: but nobody's message, and no notice.
    token = PATTERN.search(door)
    if token and token[0] in case.transcript.voices.tokens:
        return door[token.start() :]
    return next((text for text in _notices(case) if text in door), b"")


def _notices(case: Case) -> Iterator[bytes]:
    """Yield what is told of somebody who came or went, where it can be known beforehand."""
    nicks = {one.nick for one in case.transcript.people.values() if one.joining is not None}
    for notice in case.dialect.notices:
        if not notice.template.varies and "nick" in notice.template.fields:
            for nick in nicks:
                yield case.dialect.encode(notice.template.render({"nick": nick}))
