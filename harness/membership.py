"""Membership: who must, may, and must not hear what, from who was in the room when.

An accepted send proves nothing, and an announcement does not make a member. What follows is in the
table of `docs/verdicts.md`; here it is code. Pure: everything comes from a finished transcript.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from harness.attendance import Attendance
from harness.attribution import Listener
from harness.deadlines import RELAY_GRACE
from harness.events import Ending, Failure, Kind, Role, Stage
from harness.speech import Message, Speech
from harness.transcript import Transcript

_AT = attrgetter("at")


@dataclass(frozen=True, slots=True)
class Miss:
    """`message` had to reach `receiver` and did not; `certain` where no deadline was needed."""

    receiver: Attendance
    message: Message
    certain: bool


@dataclass(frozen=True, slots=True)
class Unlawful:
    """`message` reached `receiver` at `at` although it had been said before it joined."""

    receiver: Attendance
    message: Message
    at: int
    certain: bool


class Membership:
    """The rights of everyone in one finished transcript."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.people = transcript.people
        self.roll_call = transcript.stage_began(Stage.ROLL_CALL)
        self.complete = transcript.stage_began(Stage.CLEANUP) is not None
        self.obligations = 0
        self.of_the_cast = 0
        self._misses: list[Miss] | None = None
        self._heard: dict[int, dict[int, set[int]]] = {}
        self._received: dict[int, set[int]] = {}
        # Since when text without a token may be anyone's: of bytes that are no text, under the
        # prefix of everybody.
        spoilt = [one.untext for one in self.people.values() if one.untext is not None]
        shared = transcript.voices.table.shared is not None
        self._murky = min(spoilt, default=None) if shared else None
        for conn, listener in transcript.listeners.items():
            listener.count()
            heard = {**listener.numbers, **self._proved(listener)}
            for speaker, numbers in heard.items():
                self._received.setdefault(speaker, set()).update(numbers)
            history = transcript.dialect.history > 0
            self._heard[conn] = self._live(conn, heard) if history else heard

    def _live(self, conn: int, heard: dict[int, set[int]]) -> dict[int, set[int]]:
        """Return what of `heard` was said after `conn` was surely in.

        Before that it may have been told again what was said before, from any message on, and
        something may have been said between that and its coming in.
        """
        joined = self.people[conn].joined
        since = self.transcript.end if joined is None else joined
        speeches = self.transcript.voices.speeches
        after = {one: bisect_right(speeches[one].messages, since, key=_AT) for one in heard}
        return {one: {n for n in heard[one] if n >= after[one]} for one in heard}

    def _proved(self, listener: Listener) -> dict[int, set[int]]:
        """Return what was surely heard of those who have said what is no text."""
        unjudged = [conn for conn in listener.numbers if self._untext(conn) is not None]
        proved: dict[int, set[int]] = {conn: set() for conn in unjudged}
        pairs = zip(listener.messages, listener.times, strict=True) if proved else ()
        for message, at in pairs:
            if message.conn in proved and self._is_proved(message, at):
                proved[message.conn].add(message.number)
        return proved

    def _is_proved(self, message: Message, at: int) -> bool:
        """Tell whether what was heard at `at` is `message`, and no replaced bytes that look so."""
        untext = self._untext(message.conn)
        return untext is None or at < untext or bool(message.token)

    def _untext(self, conn: int) -> int | None:
        """Return since when what is heard as of `conn` may be made of bytes that are no text."""
        return self.people[conn].untext if self._murky is None else self._murky

    # -- who -----------------------------------------------------------------------------------

    def stayed(self, person: Attendance) -> bool:
        """Tell whether it was in the room until the closing roll call was over."""
        left = person.leaving is not None and person.how is not Ending.TEARDOWN
        here = not left and person.gone is None and not person.frozen
        return self.complete and person.joined is not None and here

    def committed(self, message: Message) -> bool:
        """Tell whether the server surely had all of `message`, or owed it to its sender to."""
        sender = self.people[message.conn]
        if message.number in self._received.get(message.conn, ()):
            return True
        if message.number > sender.accepted:
            return False
        return self.stayed(sender) or sender.in_good_order or sender.wronged

    def highest_received(self, conn: int) -> int:
        """Return the highest number that anyone has received of `conn`; -1 for none."""
        return max(self._received.get(conn, ()), default=-1)

    # -- what must arrive ----------------------------------------------------------------------

    def missing(self) -> list[Miss]:
        """Return every message that had to arrive somewhere and did not; counts obligations."""
        if self._misses is not None:
            return self._misses
        self.obligations = self.of_the_cast = 0
        found: list[Miss] = []
        for conn, listener in self.transcript.listeners.items():
            receiver = self.people[conn]
            if not (listener.overwhelmed or listener.deaf):
                for speech in self.transcript.voices.speeches.values():
                    if speech.messages and (speech.conn != conn or speech.echo_prefix is not None):
                        found += self._missing(receiver, listener, speech)
        self._misses = found
        return found

    def _missing(self, receiver: Attendance, listener: Listener, speech: Speech) -> Iterator[Miss]:
        heard = self._heard[receiver.conn].get(speech.conn, set())
        first, last = self._span(receiver, speech, heard)
        if first > last:
            return
        self._count(receiver, speech, last - first + 1)
        if speech.untext is None and len(heard) == last - first + 1:
            return
        closing_came = any(speech.messages[number].kind is Kind.CLOSING for number in heard)
        for number in range(first, last + 1):
            message = speech.messages[number]
            unproved = self._untext(speech.conn) is not None and not message.token
            excused = message in listener.damaged or message in listener.doubtful or unproved
            if number in heard or excused or message.optional:
                continue
            between = bool(heard) and min(heard) < number < max(heard)
            if between or (self._owed(message) and self.committed(message)):
                yield Miss(receiver, message, certain=between or closing_came)

    def _span(self, receiver: Attendance, speech: Speech, heard: set[int]) -> tuple[int, int]:
        """Return the first and the last number of `speech` that `receiver` may be owed."""
        first, last = (min(heard), max(heard)) if heard else (len(speech.messages), -1)
        if self.stayed(receiver):
            joined = receiver.joined or 0
            after = bisect_right(speech.messages, joined, key=_AT)
            if after < len(speech.messages):
                first, last = min(first, after), len(speech.messages) - 1
        if speech.untext is not None:
            last = min(last, speech.untext - 1)
        return first, last

    def _count(self, receiver: Attendance, speech: Speech, obligations: int) -> None:
        self.obligations += obligations
        roles = {receiver.role, self.people[speech.conn].role}
        if Role.PERSON in roles:
            self.of_the_cast += obligations

    def _owed(self, message: Message) -> bool:
        # What was said after the roll call was not waited for.
        if self.roll_call is None:
            return False
        return message.kind is Kind.CLOSING or message.at < self.roll_call

    # -- what must not arrive ------------------------------------------------------------------

    def unlawful(self, patience: float = 1.0) -> Iterator[Unlawful]:
        """Yield what was heard by someone who joined too late to hear it.

        So much history as the dialect has is lawful before the first message that is none.
        """
        grace = int(RELAY_GRACE * patience * 1e9)
        for conn, listener in self.transcript.listeners.items():
            receiver, history = self.people[conn], self.transcript.dialect.history
            joining = receiver.joining or 0
            for message, at in zip(listener.messages, listener.times, strict=True):
                if message.at >= joining:
                    history = 0
                elif message.conn != conn and self._is_proved(message, at):
                    certain = self._is_replayed(message, receiver, joining, grace)
                    if certain is not None and history <= 0:
                        yield Unlawful(receiver, message, at, certain)
                    history -= certain is not None

    def _is_replayed(
        self, message: Message, receiver: Attendance, joining: int, grace: int
    ) -> bool | None:
        """Tell whether it is certain (True), depends on the grace (False), or lawful (None)."""
        latest = joining - grace
        all_had_it = []
        for conn, listener in self.transcript.listeners.items():
            if conn in (receiver.conn, message.conn):
                continue
            times = self._times(listener, message.conn)
            if any(number > message.number and at < joining for number, at in times.items()):
                return True
            if self._could_hear(self.people[conn], message):
                all_had_it.append(times.get(message.number, joining) < latest)
        return False if all_had_it and all(all_had_it) else None

    @staticmethod
    def _could_hear(person: Attendance, message: Message) -> bool:
        joined = person.joined is not None and person.joined < message.at
        return joined and person.leaving is None and person.gone is None

    def _times(self, listener: Listener, speaker: int) -> dict[int, int]:
        pairs = zip(listener.messages, listener.times, strict=True)
        heard = ((message, at) for message, at in pairs if message.conn == speaker)
        return {message.number: at for message, at in heard if self._is_proved(message, at)}

    # -- how late it was -----------------------------------------------------------------------

    def roll_call_failure(self) -> tuple[float, float]:
        """Return the deadline that the roll call ran into, and how late everything ran then."""
        for failure in self.transcript.failures:
            if failure.failure is Failure.ROLL_CALL:
                return failure.deadline, failure.late
        return 0.0, 0.0
