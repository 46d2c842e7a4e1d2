"""Announcements: everyone's coming and going is told once, to whom it is to be told, and no more.

Violated by a notice that had to come and did not, by one that came again, or of nobody who came or
went, or on another occasion, or to others than the dialect says. Where in the talk a notice stands
is free. A greeting comes once at most, and so does a farewell: to one who leaves; an answer comes
once at most for each message.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness import deadlines
from harness.announcement import Audience, Occasion
from harness.attendance import Attendance
from harness.attribution import Listener
from harness.case import (
    Case,
    beside,
    into,
    merged,
    not_applicable,
    out,
    result,
    seconds,
    unless_late,
)
from harness.notices_owed import Act, Announcing, Key, Turn, beyond, owed_to
from harness.personal import Personal
from harness.verdict import CheckResult, Finding, Moment

NAME = "announcements"
_WORDS = {Turn.COMES: "came", Turn.GOES: "left"}
_AUDIENCES = {
    Audience.ALL: "all",
    Audience.OTHERS: "the others",
    Audience.NEWCOMER: "the one whom it is about",
}


def check(case: Case) -> CheckResult:
    """Find notices that did not come, or came and should not have."""
    if not case.dialect.notices:
        return not_applicable(NAME, "this dialect announces nobody")
    room = _Room(case)
    findings: list[Finding] = []
    looked_at = 0
    for conn, listener in case.transcript.listeners.items():
        if listener.overwhelmed or listener.deaf or listener.doubtful:
            continue
        receiver = case.transcript.people[conn]
        looked_at += len(listener.notices)
        for kind in room.kinds:
            found = list(kind(receiver, listener))
            looked_at += len(found) if kind == room.missing else 0
            findings += found
    return result(NAME, looked_at, merged(findings, _alike))


def _alike(finding: Finding) -> object:
    return finding.requirement, finding.cause, finding.timed


@dataclass(frozen=True, slots=True)
class _Heard:
    """How one receiver was told of one kind of thing: when."""

    receiver: Attendance
    key: Key
    times: list[int]


class _Room:
    """Who came and went in one run, and who was told."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.announcing = Announcing(case.dialect)
        self.acts = self.announcing.acts(case.transcript)
        self.by_key: dict[Key, list[Act]] = defaultdict(list)
        for act in self.acts:
            self.by_key[act.key].append(act)
        self._strange = sorted(self._of_no_name())
        self._first = self._first_told()
        self._over: dict[Key, int | None] = {}
        alone = Personal(case, NAME)
        self.kinds = (
            *(self.missing, self.excessive, self.of_another_occasion),
            *(alone.greetings, alone.answers, alone.farewells),
        )

    def _of_no_name(self) -> Iterator[int]:
        """Yield when somebody may have come to a name that nobody knows."""
        for person in self.case.transcript.people.values():
            # Whoever sent something else than a nickname may have been let in by that name.
            if person.strange is not None:
                yield person.strange
            elif self.announcing.is_renamed(person, self.case.transcript):
                yield person.joining or 0

    def _first_told(self) -> dict[Key, dict[int, int]]:
        """Return when each connection was first told of each kind of thing."""
        first: dict[Key, dict[int, int]] = defaultdict(dict)
        for conn, listener in self.case.transcript.listeners.items():
            for key, notice in self.announcing.heard(listener.notices):
                first[key].setdefault(conn, notice.at)
        return first

    # -- what did not come -----------------------------------------------------------------------

    def missing(self, receiver: Attendance, listener: Listener) -> Iterator[Finding]:
        """Find what `receiver` had to be told, and was not."""
        case = self.case
        if not case.membership.stayed(receiver):
            return
        # What may have been somebody's text is never called missing.
        told = (*listener.notices, *listener.doubtful_notices)
        heard = Counter(key for key, _ in self.announcing.heard(told))
        for act in owed_to(receiver, self.acts, case.membership.roll_call):
            if heard[act.key] > 0:
                heard[act.key] -= 1
                continue
            deadline, late = case.membership.roll_call_failure()
            if not deadline:
                deadline = deadlines.ROLL_CALL_SILENCE * case.plan.patience
                late = case.worst_wait
            yield unless_late(_never_told(receiver, act, self._end(), deadline), late)

    def _end(self) -> int:
        return self.case.membership.roll_call or self.case.transcript.end

    # -- what came and should not have -----------------------------------------------------------

    def excessive(self, receiver: Attendance, listener: Listener) -> Iterator[Finding]:
        """Find what `receiver` was told of nobody, or again, or against the audience."""
        told: dict[Key, list[int]] = defaultdict(list)
        for key, notice in self.announcing.heard(listener.notices):
            told[key].append(notice.at)
        for key, times in told.items():
            yield from self._excess(_Heard(receiver, key, times))

    def _excess(self, heard: _Heard) -> Iterator[Finding]:
        acts = self.by_key.get(heard.key, [])
        own = heard.receiver.conn
        lawful = [act for act in acts if True in act.told.to(act.person.conn == own)]
        begins = [act.begin for act in lawful] if acts else self._strange
        over = list(beyond(heard.times, begins))
        for at in over:
            yield self._too_many(heard, at, acts, lawful)
        if over or not lawful:
            return
        timely = [act.begin for act in lawful if not self._was_over(act, heard.receiver)]
        for at in beyond(heard.times, timely):
            yield self._too_late(heard, at, lawful[0])

    def _too_many(self, heard: _Heard, at: int, acts: list[Act], lawful: list[Act]) -> Finding:
        receiver, turn = heard.receiver, heard.key[0]
        what = _what(heard.key)
        if acts and not lawful:
            says = f"{receiver.person} was told that {what}, and is not to be told of it."
            cause = f"the dialect tells this to {self._audience(turn)}, and the server to more"
        elif any(act.begin < at for act in lawful):
            says = f"{receiver.person} was told again that {what}."
            cause = f"the server announces more than once who {turn}"
        else:
            says = f"{receiver.person} was told that {what}, and nobody had."
            cause = f"the server announces that somebody {turn} who does not"
        moments = [_moment(act) for act in acts if act.begin < at][-1:]
        moments.append(into(at, receiver, f"is told that {what}"))
        return _finding(says, cause, moments)

    def _audience(self, turn: Turn) -> str:
        comes = turn is Turn.COMES
        occasion = Occasion.JOIN if comes else Occasion.LEAVE
        return _AUDIENCES[self.announcing.audiences.get(occasion, Audience.OTHERS)]

    # -- what was over before one came -----------------------------------------------------------

    def _was_over(self, act: Act, receiver: Attendance) -> bool:
        """Tell whether everyone had long been told of `act` when `receiver` came."""
        if act.key not in self._over:
            self._over[act.key] = self._last_told(act.key)
        last = self._over[act.key]
        grace = int(deadlines.RELAY_GRACE * self.case.plan.patience * 1e9)
        return last is not None and (receiver.joining or 0) > last + grace

    def _last_told(self, key: Key) -> int | None:
        """Return when the last one was told of the only act that `key` counts; None: not known."""
        transcript = self.case.transcript
        if len(self.by_key[key]) != 1 or _is_open(self.case):
            return None
        act, times = self.by_key[key][0], []
        for conn in transcript.listeners:
            own = conn == act.person.conn
            there = own or _is_there(transcript.people[conn], act.begin)
            if there and True in act.told.to(own):
                times.append(self._first[key].get(conn))
        told = [at for at in times if at is not None]
        return max(told) if told and len(told) == len(times) else None

    def _too_late(self, heard: _Heard, at: int, act: Act) -> Finding:
        receiver, what = heard.receiver, _what(heard.key)
        joining = receiver.joining or 0
        moments = [_moment(act), out(joining, receiver, "joins")]
        moments.append(into(at, receiver, f"is told that {what}"))
        finding = _finding(
            f"{receiver.person} was told that {what} at {seconds(act.begin)}, although "
            f"{receiver.person} joined only at {seconds(joining)}.",
            "the server tells newcomers what it had announced before they came",
            moments,
            deadlines.RELAY_GRACE * self.case.plan.patience,
        )
        return unless_late(finding, self.case.worst_wait)

    # -- on another occasion ---------------------------------------------------------------------

    def of_another_occasion(self, receiver: Attendance, listener: Listener) -> Iterator[Finding]:
        """Find who was told that a connection was lost that had ended as it should."""
        if not self.announcing.tells_losses:
            return
        told: dict[Key, list[int]] = defaultdict(list)
        for key, notice in self.announcing.heard(listener.notices):
            if notice.occasion is Occasion.LOST:
                told[key].append(notice.at)
        for key, times in told.items():
            acts = self.by_key.get(key, [])
            if len(times) <= len(acts) and len(times) > sum(not act.clean for act in acts):
                act = next(act for act in acts if act.clean)
                yield _finding(
                    f"{receiver.person} was told that the connection of {act.person.person} was "
                    f"lost, who had left ({act.person.how}).",
                    "the server takes the end of a stream for a loss",
                    [_moment(act), into(times[-1], receiver, "is told of a loss")],
                )


def _is_open(case: Case) -> bool:
    """Tell whether it cannot be known what is over: somebody did not read, or history is told."""
    return bool(case.transcript.freezes) or case.dialect.history > 0


def _is_there(person: Attendance, at: int) -> bool:
    joined = person.joined is not None and person.joined < at
    return joined and person.leaving is None and person.gone is None


# -- words -----------------------------------------------------------------------------------------


def _what(key: Key) -> str:
    turn, nick = key
    return f"“{nick}” {_WORDS[turn]}" if nick else f"somebody {_WORDS[turn]}"


def _never_told(receiver: Attendance, act: Act, end: int, deadline: float) -> Finding:
    moments = [_moment(act), into(max(end, act.begin), receiver, "is told", missing=True)]
    turn = act.key[0]
    if act.person.conn == receiver.conn:
        says = f"{receiver.person} came, and was never told so."
        return _finding(says, "the server tells only the others who comes", moments, deadline)
    how = f"left ({act.person.how})" if act.begin != act.person.joining else "came"
    says = (
        f"{receiver.person} was never told that {act.person.person} {how}, though "
        f"{receiver.person} was in the room since {seconds(receiver.joined or 0)}."
    )
    return _finding(says, f"the server does not announce everyone who {turn}", moments, deadline)


def _moment(act: Act) -> Moment:
    if act.key[0] is Turn.COMES and act.begin == act.person.joining:
        return out(act.begin, act.person, "joins")
    return beside(act.begin, act.person, f"leaves ({act.person.how or 'thrown out'})")


def _finding(says: str, cause: str, moments: Iterable[Moment], deadline: float = 0.0) -> Finding:
    ordered = tuple(sorted(moments, key=lambda moment: moment.at))
    return Finding(NAME, "LEAVE-7", says, cause=cause, moments=ordered, deadline=deadline)
