"""Transcript: a history, read event by event, as what everyone said, heard and did.

The same object follows a run while it goes on and a stored history afterwards, so both see the
same. It derives and does not judge. Times are nanoseconds since the run began. Pure.
"""

from collections.abc import Iterable

from harness import events
from harness.announcement import HeardNotice
from harness.attendance import MOST_ANSWER, MOST_AT_THE_DOOR, Attendance, departed_at
from harness.attribution import Listener
from harness.decoding import Decoder, Decoding
from harness.dialect import NOWHERE, Address, Dialect
from harness.events import Ending, Event, Kind
from harness.speech import Message, Voices
from harness.verbs import ServerAct

# What a server may be told that ends it, or starts it again.
ENDING_ACTS = (ServerAct.INTERRUPT, ServerAct.TERMINATE, ServerAct.KILL, ServerAct.RESTART)


class Transcript:
    """What is known of everyone after the events that were observed so far."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.voices = Voices(dialect)
        self.people: dict[int, Attendance] = {}
        self.listeners: dict[int, Listener] = {}
        self.decoders: dict[int, Decoder | None] = {}
        self._decoding = Decoding(self.voices)
        self.steps: dict[int, tuple[int, int | None]] = {}
        self.stages: list[tuple[int, events.Stage]] = []
        self.failures: list[events.StepFailed] = []
        self.skipped: list[events.Skipped] = []
        self.samples: list[events.Sampled] = []
        self.lags: list[events.Lagged] = []
        self.starved: list[events.Starved] = []
        # Ends of the server's process: unasked, as it was told, and instead of a new beginning.
        self.exits: list[events.Exited] = []
        self.ends: list[events.Exited] = []
        self.false_starts: list[events.Exited] = []
        self.refused: list[events.ConnectFailed] = []
        self.cuts: list[events.Cut] = []
        self.silences: list[events.Silent] = []
        self.bites: list[events.Bitten] = []
        self.freezes: list[tuple[int, int, int | None]] = []
        self.told: list[events.ServerTold] = []
        self.done: list[events.ServerDone] = []
        self.addresses: list[str] = []
        self.programs: set[str] = set()
        self.noise: events.Noise | None = None
        self.interrupted = False
        self.overran = ""
        self.end = 0
        self._unproven: set[int] = set()
        self._seen: dict[int, int] = {}
        self._from: dict[int, Address] = {}

    @classmethod
    def of(cls, dialect: Dialect, history: Iterable[Event]) -> "Transcript":
        """Return the finished transcript of a whole history."""
        transcript = cls(dialect)
        for event in history:
            transcript.observe(event)
        for conn, listener in transcript.listeners.items():
            if decoder := transcript.decoders[conn]:
                _hear(listener, decoder.finish(decoder.at), decoder.at)
            listener.finish()
            transcript._prove(conn, listener)
        return transcript

    def observe(self, event: Event) -> None:
        """Take one more event; events come in the order in which they happened."""
        self.end = max(self.end, event.at)
        match event:
            case events.Read(at, conn, data):
                self._read(at, conn, data)
            case events.Said(at, conn):
                self._say(at, conn, event)
            case events.Accepted(_, conn, number):
                self.people[conn].accepted = number
            case _:
                self._attend(event)

    def _read(self, at: int, conn: int, data: bytes) -> None:
        listener, person = self.listeners.get(conn), self.people[conn]
        if listener is None:
            door = person.doorstep if person.strange is None else person.answer
            door += data[: max(MOST_AT_THE_DOOR - len(door), 0)]
            return
        if person.joined is None and len(person.answer) < MOST_ANSWER:
            person.answer += data[:MOST_ANSWER]
        if decoder := self.decoders[conn]:
            _hear(listener, decoder.feed(data, at), at)
        else:
            listener.read(data, at)
        self._prove(conn, listener)

    def _say(self, at: int, conn: int, said: events.Said) -> None:
        person = self.people[conn]
        if said.kind is Kind.UNTEXT and person.untext is None:
            person.untext = at
            self.voices.speeches[conn].untext = said.number
        self.voices.say(said)

    def _prove(self, conn: int, listener: Listener) -> None:
        """Find out who is now known to be in the room."""
        first = self._seen.get(conn, 0)
        self._seen[conn] = len(listener.messages)
        if not self._unproven:
            return
        for index in range(first, len(listener.messages)):
            message, at = listener.messages[index], listener.times[index]
            if message.conn in self._unproven:
                self._is_in(message.conn, at)
            if conn in self._unproven and message.at > self._joining(conn):
                self._is_in(conn, at)

    def _joining(self, conn: int) -> int:
        """Return after when something must be said that proves `conn` in by being heard.

        What is told again of earlier was said before the first of it was heard.
        """
        times = self.listeners[conn].times
        return times[0] if self.dialect.history else self.people[conn].joining or 0

    def _is_in(self, conn: int, at: int) -> None:
        self.people[conn].joined = at
        self._unproven.discard(conn)

    def _attend(self, event: Event) -> None:
        match event:
            case events.Connect(at, conn, person, nick, role):
                self.people[conn] = Attendance(conn, person, nick, role, at)
            case events.Connected(at, conn, host, port):
                self.people[conn].connected = at
                self._from[conn] = host, port
            case events.Named(at, conn):
                self._name(at, conn)
            case events.Left(at, conn, how):
                self._leave(at, conn, how)
            case events.Eof(at, conn):
                self._go(at, conn).eof = True
            case events.Broken(at, conn, error):
                self._go(at, conn).error = error
            case events.Closed(at, conn):
                self.people[conn].closed = at
            case _:
                self._freeze(event)

    def _freeze(self, event: Event) -> None:
        match event:
            case events.Sent(at, conn, data):
                person = self.people[conn]
                if person.joining is None:
                    person.strange = at if person.strange is None else person.strange
                    person.sent += data[: MOST_ANSWER - len(person.sent)]
            case events.Froze(at, conn):
                self.people[conn].froze = self.people[conn].froze or at
                self.people[conn].thawed = None
                self.freezes.append((conn, at, None))
            case events.Thawed(at, conn):
                self.people[conn].thawed = at
                spans = self.freezes
                self.freezes = [(c, b, at if c == conn and e is None else e) for c, b, e in spans]
            case _:
                self._note(event)

    def _name(self, at: int, conn: int) -> None:
        person = self.people[conn]
        # Where nobody has a nickname, the server lets somebody in before the client knows of it.
        person.joining = person.connecting if self.dialect.nickname is None else at
        person.named += 1
        person.answer.clear()
        self.voices.admit(conn, person.nick, self._from.get(conn, NOWHERE))
        self.listeners[conn] = Listener(conn, self.voices)
        self.decoders[conn] = self._decoding.decoder(conn)
        self._seen[conn] = 0
        self._unproven.add(conn)

    def _leave(self, at: int, conn: int, how: Ending) -> None:
        person = self.people[conn]
        if person.leaving is None:
            person.leaving, person.how = at, how

    def _go(self, at: int, conn: int) -> Attendance:
        person = self.people[conn]
        if person.gone is None:
            person.gone = at
        return person

    def _note(self, event: Event) -> None:
        match event:
            case events.StepBegun(at, step):
                self.steps[step] = (at, None)
            case events.StepEnded(at, step):
                self.steps[step] = (self.steps[step][0], at)
            case events.StageBegun(at, stage):
                self.stages.append((at, stage))
            case events.Noise():
                self.noise = event
            case events.Interrupted():
                self.interrupted = True
            case events.Overran(_, what):
                self.overran = what
            case _:
                self._collect(event)

    def _collect(self, event: Event) -> None:
        match event:
            case events.StepFailed():
                self.failures.append(event)
            case events.Skipped():
                self.skipped.append(event)
            case events.Sampled():
                self.samples.append(event)
            case events.Lagged():
                self.lags.append(event)
            case events.Starved():
                self.starved.append(event)
            case events.Exited():
                self._exits().append(event)
            case events.ConnectFailed():
                self.refused.append(event)
            case _:
                self._prove_fault(event)

    def _exits(self) -> list[events.Exited]:
        """Return where the end belongs that has just been seen."""
        told = [one for one in self.told if one.act in ENDING_ACTS]
        if not told:
            return self.exits
        last = told[-1]
        done = any(one.at >= last.at for one in self.done if one.act == last.act)
        if last.act == ServerAct.RESTART:
            return self.exits if done else self.false_starts
        return self.ends if not any(one.at >= last.at for one in self.ends) else self.exits

    def _prove_fault(self, event: Event) -> None:
        match event:
            case events.Cut():
                self.cuts.append(event)
            case events.Silent():
                self.silences.append(event)
            case events.Bitten():
                self.bites.append(event)
            case events.ServerTold():
                self.told.append(event)
            case events.ServerDone():
                self.done.append(event)
            case events.Listening():
                self.addresses.append(event.addresses)
            case events.Programs():
                self.programs.update(event.names.split())

    # -- asked by those who act and those who judge --------------------------------------------

    def stage_began(self, stage: events.Stage) -> int | None:
        """Return when `stage` began."""
        return next((at for at, name in self.stages if name is stage), None)

    def closings(self) -> list[Message]:
        """Return the closing messages that were said."""
        speeches = self.voices.speeches.values()
        return [m for speech in speeches for m in speech.messages if m.kind is Kind.CLOSING]

    def last_owed(self, conn: int) -> int:
        """Return the number of the last message of `conn` that its server surely had; -1 for none.

        Somebody heard it, or it was accepted and its sender left in good order or was thrown out.
        """
        person, heard = self.people[conn], -1
        if person.untext is not None:
            return -1
        for listener in self.listeners.values():
            listener.count()
            heard = max(heard, max(listener.numbers.get(conn, ()), default=-1))
        surely = person.in_good_order or person.wronged
        return max(heard, person.accepted) if surely else heard

    def departures(self) -> list[Attendance]:
        """Return who left or was thrown out before the end, in the order of their going."""
        gone = [p for p in self.people.values() if p.leaving is not None or p.gone is not None]
        real = [p for p in gone if p.how is not Ending.TEARDOWN or p.thrown_out]
        return sorted(real, key=departed_at)


def _hear(listener: Listener, decoded: Iterable[bytes | HeardNotice], at: int) -> None:
    """Let `listener` have what was decoded of a read at `at`."""
    for one in decoded:
        if isinstance(one, HeardNotice):
            listener.notices.append(one)
        else:
            listener.read(one, at)
