"""Notices owed: which arrivals and departures have to be announced to whom, and which may be.

Whoever was surely in the room before somebody began to come or to go, and stays, is owed a notice
of it; whoever is just coming or going himself may hear one. What a server sees of a departure is
not always what was done: a reset may be read as an end of the stream, where its error met
somebody's words first, and a plain close as a reset, where something had not been read. Pure:
everything comes from a transcript, also while a run lasts.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from harness.announcement import PERSONAL, Audience, HeardNotice, Occasion
from harness.attendance import Attendance
from harness.dialect import Dialect, Policy
from harness.events import Ending, Stage
from harness.transcript import Transcript

_CLEAN = (Ending.LEAVE, Ending.HALF_CLOSE)
_TOLD = (*_CLEAN, Ending.CLOSE, Ending.RESET)


class Turn(StrEnum):
    """What is announced of somebody."""

    COMES = "comes"
    GOES = "goes"


Key = tuple[Turn, str]
"""By what notices are counted: the turn, and the nickname where a notice names somebody."""


@dataclass(frozen=True, slots=True)
class Told:
    """Whether something is told to the one it is about, and to the others.

    Each is a set: what is not the same on all occasions on which it may be told holds both.
    """

    own: frozenset[bool]
    others: frozenset[bool]

    def to(self, own: bool) -> frozenset[bool]:
        """Return whether it is told to the one it is about (`own`), or to another."""
        return self.own if own else self.others


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody's coming or going, announced at `begin` nanoseconds or later, if at all.

    `sure` where it has come to pass, and was not the server's own doing; `clean` where the server
    saw the end of the stream, and nothing else, and answered with its own.
    """

    person: Attendance
    key: Key
    begin: int
    told: Told
    sure: bool
    clean: bool = False


class Announcing:
    """What a dialect announces, by occasion, and how it is counted."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        notices = [one for one in dialect.notices if one.occasion not in PERSONAL]
        self.audiences = {one.occasion: one.audience for one in notices}
        self._nameless = {
            one.occasion
            for one in notices
            if dialect.nickname is None or "nick" not in one.template.fields
        }
        texts = {one.occasion: one.template.source for one in notices}
        going = {texts.get(Occasion.LEAVE), texts.get(Occasion.LOST)} - {None}
        # What is told in the same words cannot be told apart.
        self._one_turn = texts.get(Occasion.JOIN) in going
        self.tells_losses = Occasion.LOST in texts and len(going) > 1 and not self._one_turn

    def key(self, occasion: Occasion, nick: str) -> Key:
        """Return by what a notice of `occasion` that names `nick` is counted."""
        comes = occasion is Occasion.JOIN or self._one_turn
        turn = Turn.COMES if comes else Turn.GOES
        return turn, "" if occasion in self._nameless else nick

    def heard(self, notices: Iterable[HeardNotice]) -> Iterator[tuple[Key, HeardNotice]]:
        """Yield what was heard of comings and goings, with what it counts for."""
        for one in notices:
            if one.occasion in self.audiences:
                yield self.key(one.occasion, one.nick), one

    # -- who came and went -----------------------------------------------------------------------

    def acts(self, transcript: Transcript) -> list[Act]:
        """Return everyone's coming and going so far, in the order in which each began."""
        found: list[Act] = []
        for person in transcript.people.values():
            if person.joining is not None:
                sure = person.joined is not None and not self.is_renamed(person, transcript)
                found += self._coming(person, sure)
                found += self._going(person, sure)
        return sorted(found, key=lambda act: act.begin)

    def _coming(self, person: Attendance, sure: bool) -> Iterator[Act]:
        if Occasion.JOIN in self.audiences:
            key = self.key(Occasion.JOIN, person.nick)
            told = self._told({Occasion.JOIN}, silent=False)
            yield Act(person, key, person.joining or 0, told, sure)

    def _going(self, person: Attendance, sure: bool) -> Iterator[Act]:
        # Whoever does not read cannot tell whether the server has put it out.
        if person.leaving is None and person.gone is None and person.froze is None:
            return
        clean = _ended_cleanly(person)
        lost = Occasion.LOST if Occasion.LOST in self.audiences else Occasion.LEAVE
        seen = {Occasion.LEAVE} if clean else {Occasion.LEAVE, lost}
        occasions = seen & set(self.audiences)
        silent = occasions != seen or (self.dialect.silent_loss and not clean)
        by_client = not person.thrown_out and person.how in _TOLD
        keys = {self.key(one, person.nick) for one in occasions}
        told = self._told(occasions, silent)
        surely = sure and by_client
        begin = _earliest(person) if surely else person.joining or 0
        clean = clean and person.eof
        for key in keys:
            yield Act(person, key, begin, told, surely and len(keys) == 1, clean)

    def _told(self, occasions: set[Occasion], silent: bool) -> Told:
        audiences = {self.audiences[one] for one in occasions}
        never = {False} if silent else set()
        return Told(
            own=frozenset({one is not Audience.OTHERS for one in audiences} | never),
            others=frozenset({one is not Audience.NEWCOMER for one in audiences} | never),
        )

    def is_renamed(self, person: Attendance, transcript: Transcript) -> bool:
        """Tell whether the server may have given `person` another nickname."""
        if self.dialect.duplicate is not Policy.REPLACE:
            return False
        return any(
            one.nick == person.nick and one.conn != person.conn and one.joining is not None
            for one in transcript.people.values()
        )


def _ended_cleanly(person: Attendance) -> bool:
    given_up = person.thrown_out or person.froze is not None or person.untext is not None
    return person.how in _CLEAN and not given_up


def _earliest(person: Attendance) -> int:
    """Return when a server may have ended, at the earliest, whom the harness ended."""
    # Whoever does not read, or sends what is no text, may have been given up before.
    causes = (person.leaving, person.froze, person.untext)
    return min(at for at in causes if at is not None)


def owed_to(receiver: Attendance, acts: Iterable[Act], roll_call: int | None) -> Iterator[Act]:
    """Yield what `receiver`, who is in the room to the end, has to be told of."""
    joined = receiver.joined
    if roll_call is None or joined is None:
        return
    for act in acts:
        own = act.person.conn == receiver.conn
        before = own or joined < act.begin
        if act.sure and before and act.begin < roll_call and act.told.to(own) == {True}:
            yield act


def still_owed(transcript: Transcript, receivers: Iterable[int]) -> dict[int, Counter[Key]]:
    """Return how many notices each of `receivers`, all still in the room, has to be told.

    Connections that are owed nothing, or have heard it all, are left out.
    """
    announcing = Announcing(transcript.dialect)
    if not announcing.audiences:
        return {}
    acts = announcing.acts(transcript)
    roll_call = transcript.stage_began(Stage.ROLL_CALL)
    owed: dict[int, Counter[Key]] = {}
    for conn in receivers:
        due = Counter(act.key for act in owed_to(transcript.people[conn], acts, roll_call))
        if not is_told(transcript, conn, due):
            owed[conn] = due
    return owed


def is_told(transcript: Transcript, conn: int, owed: Counter[Key]) -> bool:
    """Tell whether `conn` has heard at least as many notices of each kind as it is `owed`."""
    if not owed:
        return True
    listener = transcript.listeners[conn]
    told = (*listener.notices, *listener.doubtful_notices)
    heard = Announcing(transcript.dialect).heard(told)
    return owed <= Counter(key for key, _ in heard)


def beyond(times: Iterable[int], begins: list[int]) -> Iterator[int]:
    """Yield those of `times` for which nothing is left that had begun by then."""
    used = 0
    for at in sorted(times):
        if used < len(begins) and begins[used] <= at:
            used += 1
        else:
            yield at
