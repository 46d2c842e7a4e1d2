"""Policies: what a dialect says becomes of a nickname that is taken, or empty, and what did.

Only what is certain: whoever was let in, was asked again, or was disconnected. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from harness.attendance import Attendance, is_asked_again
from harness.case import Case
from harness.dialect import Policy
from harness.events import Ending, Role
from harness.tokens import PATTERN


class Fate(StrEnum):
    """What became of somebody who gave a nickname, as the end of a sentence."""

    LET_IN = "let in"
    REFUSED = "disconnected"
    ASKED_AGAIN = "asked again"


_LAWFUL = {
    Policy.LET_IN: Fate.LET_IN,
    Policy.REPLACE: Fate.LET_IN,
    Policy.REFUSE: Fate.REFUSED,
    Policy.ASK_AGAIN: Fate.ASKED_AGAIN,
}


@dataclass(frozen=True, slots=True)
class Breach:
    """`person` met another fate than the dialect says, `lawful`."""

    person: Attendance
    requirement: str
    nickname: str
    fate: Fate
    lawful: Fate


def breaches(case: Case) -> Iterator[Breach]:
    """Yield who met another fate than the dialect says of such a nickname."""
    # What ends with a server, or for want of room, says nothing of nicknames.
    if case.transcript.exits or case.transcript.told or case.dialect.most is not None:
        return
    for person in case.transcript.people.values():
        if person.role is Role.PERSON:
            yield from _of_duplicate(case, person)
            yield from _of_empty(case, person)


def allows(case: Case, person: Attendance) -> bool:
    """Tell whether the dialect lets `person` in, who sent an empty nickname."""
    return _is_empty(case, person) and _LAWFUL.get(case.dialect.empty) is Fate.LET_IN


def _of_duplicate(case: Case, person: Attendance) -> Iterator[Breach]:
    lawful, fate = _LAWFUL.get(case.dialect.duplicate), _fate(case, person)
    if lawful is None or fate in (None, lawful) or not _is_taken(case, person):
        return
    assert fate is not None
    yield Breach(person, "JOIN-7", "one that another had", fate, lawful)


def _of_empty(case: Case, person: Attendance) -> Iterator[Breach]:
    lawful = _LAWFUL.get(case.dialect.empty)
    if lawful is None or not _is_empty(case, person):
        return
    fate = _fate_of_stranger(case, person)
    if fate not in (None, lawful):
        assert fate is not None
        yield Breach(person, "JOIN-6", "an empty one", fate, lawful)


def _fate(case: Case, person: Attendance) -> Fate | None:
    if person.joining is None:
        return None
    if person.joined is not None:
        return Fate.LET_IN
    if person.was_asked_again(case.dialect):
        return Fate.ASKED_AGAIN
    return Fate.REFUSED if person.thrown_out else None


def _fate_of_stranger(case: Case, person: Attendance) -> Fate | None:
    answer = bytes(person.answer)
    if any(token in case.transcript.voices.tokens for token in PATTERN.findall(answer)):
        return Fate.LET_IN
    if is_asked_again(case.dialect, answer):
        return Fate.ASKED_AGAIN
    return Fate.REFUSED if person.thrown_out else None


def _is_taken(case: Case, person: Attendance) -> bool:
    """Tell whether somebody had the nickname of `person` before, and has kept it."""
    joining = person.joining or 0
    return any(
        one.joined is not None
        and one.joined < joining
        and (one.leaving is None or one.how is Ending.TEARDOWN)
        and one.gone is None
        for one in case.namesakes(person)
    )


def _is_empty(case: Case, person: Attendance) -> bool:
    sent, nickname = bytes(person.sent), case.dialect.nickname
    if nickname is None or person.strange is None or not sent:
        return False
    payload = nickname.ends.unwrap(sent)
    return payload is not None and not payload.strip(b"\r\n")
