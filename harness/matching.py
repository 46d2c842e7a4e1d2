"""Matching: every way in which a stream without frames can be read, kept until one is left.

At each byte, either the stream goes on with what the current connection said, or a prefix begins
and another connection's bytes go on where they were left. A reading is one such explanation of
all bytes so far. With frames the same holds, but a piece is exactly one message; a notice of the
server is a piece of which nothing is said. Positions count bytes of the receiver's stream, offsets
bytes of a speaker's speech. Pure; knows no receiver's rights, only bytes.
"""

from harness.readings import (
    NOBODY,
    Doubt,
    Piece,
    Places,
    Reading,
    Trace,
    agree,
    distinct,
    pieces_of,
)
from harness.speech import Speech, Voices
from harness.starts import NEEDLE, TooAmbiguousError, common, resumed, starts_of

MOST_READINGS = 10_000
# About half a second, and what a stream that is read in one way alone never comes near.
MOST_EFFORT = 300_000
FORK, FEW = 8, 4
EFFORT_PER_BYTE = 4
# So many readings are kept from read to read.
MOST_KEPT = 24


class Matcher:
    """Follows one receiver's stream; `own` is its connection, whose words it must not hear.

    In a dialect with echoes it hears them, behind its own prefix.
    """

    def __init__(self, voices: Voices, own: int) -> None:
        self.voices = voices
        self.hearer = own
        self.own = NOBODY if voices.echoes else own
        # Since when the receiver is surely in; None for not yet.
        self.since: int | None = None
        self.places: Places = {}
        self.base = 0
        self.window = bytearray()
        self.readings: list[Reading] = [self._fresh(0)]
        self.pieces: list[Piece] = []
        self.doubts: list[Doubt] = []
        self._furthest: Reading | None = None
        self._misplaced: set[int] = set()
        self._effort = 0
        self._text = b""
        self._turns: list[int] = []

    @property
    def end(self) -> int:
        """The position behind the last byte read."""
        return self.base + len(self.window)

    @staticmethod
    def _fresh(position: int) -> Reading:
        return Reading(NOBODY, position, [0], [position], True, position)

    def restart(self, position: int, conn: int = NOBODY, offset: int = 0) -> None:
        """Forget the open readings; go on at `position` with `conn`'s speech from `offset`."""
        self.base, self.window = position, bytearray()
        if conn == NOBODY:
            self.readings = [self._fresh(position)]
            return
        self.places[conn] = (offset,)
        # Not yet read: a prefix may not follow at once, the piece has no byte so far.
        self.readings = [Reading(conn, position, [offset], [position], False, position)]

    def skip(self, position: int, conn: int) -> None:
        """Go on at `position`, where a message of `conn` has just ended; `places` is up to date."""
        self.base, self.window = position, bytearray()
        if self.voices.framed or conn == NOBODY:
            self.readings = [self._fresh(position)]
            return
        starts = list(self.places[conn])
        self.readings = [Reading(conn, position, starts, [position], True, position)]

    def feed(self, data: bytes, final: bool = False) -> Reading | None:
        """Take the next bytes; return None, or the reading that came furthest where none is left.

        `final` says that these are the last. Raises `TooAmbiguousError`. After a failure only
        `restart` makes sense.
        """
        old = self.end
        self.window += data
        self._text = bytes(self.window)
        prefixes = self.voices.find_prefixes(self._text, old - self.base, self.hearer, final)
        unfinished = self.voices.unfinished_prefixes(self._text, final)
        self._turns = sorted({at for at, _, _ in prefixes} | set(unfinished))
        for reading in self.readings:
            self._extend(reading, old)
        self._furthest = None
        for begin, end, conns in prefixes:
            self._leave_behind(self.base + min([begin, *unfinished[:1]]))
            self._turn(self.base + begin, self.base + end, conns)
        self._measure(self.readings)
        awaited = [self.base + at for at in unfinished]
        self.readings = self._alive(awaited)
        if not self.readings:
            return self._furthest
        self._settle(awaited)
        return None

    # -- following ---------------------------------------------------------------------------

    def _extend(self, reading: Reading, old: int) -> None:
        if reading.starts is None:
            self._find_starts(reading)
            # None of its starts has been followed yet, however much has come meanwhile.
            old = reading.begin
        if reading.conn == NOBODY or reading.starts is None:
            return
        self._spend(len(reading.starts) - 1)
        speech = self.voices.speeches[reading.conn]
        for index, start in enumerate(reading.starts):
            # What stuck earlier stays stuck: later words cannot explain earlier bytes.
            if reading.reaches[index] >= old:
                reading.reaches[index] += self._run(reading, speech, start, reading.reaches[index])

    def _spend(self, steps: int) -> None:
        """Count what ambiguity costs: a hostile stream must not keep a judge for long.

        Where there is one reading, nothing is counted, however long the stream.
        """
        self._effort += max(steps, 0)
        if self._effort > MOST_EFFORT + EFFORT_PER_BYTE * self.end:
            raise TooAmbiguousError

    def _run(self, reading: Reading, speech: Speech, start: int, reach: int) -> int:
        offset = start + reach - reading.begin
        limit = len(speech.data)
        if self.voices.framed:
            limit = speech.frame_end(start)
        text = self._text[reach - self.base :]
        return common(speech.data[offset : min(limit, offset + len(text))], text)

    def _find_starts(self, reading: Reading) -> None:
        # Heard for the first time: anywhere in what it said before the receiver was surely in.
        here = reading.begin - self.base
        turn = next((at for at in self._turns if at > here), len(self._text))
        speech = self.voices.speeches[reading.conn]
        # What is said to one who is in is heard from the beginning of a message; of whom something
        # was heard, and it cannot be told what, anything may come.
        since = None if speech.conn in self._misplaced else self.since
        late = 0 if self.voices.framed else speech.said_by(since)
        ended = turn < len(self._text)
        found = starts_of(speech, self._text[here:turn], late, ended)
        if found is not None:
            reading.starts, reading.reaches = found, [reading.begin] * len(found)

    def _leave_behind(self, position: int) -> None:
        """Drop the readings that stuck before `position`: no turn can save them any more."""
        kept = [one for one in self.readings if one.starts is None or one.best() >= position]
        if len(kept) < len(self.readings):
            self._measure(self.readings)
            self.readings = kept

    def _measure(self, readings: list[Reading]) -> None:
        for one in readings:
            best = self._furthest
            if best is None or one.worth >= best.worth:
                self._furthest = one

    def _turn(self, begin: int, end: int, conns: list[int]) -> None:
        self._spend(len(self.readings) - 1)
        for reading in list(self.readings):
            valid = self._valid(reading, begin)
            if valid:
                for conn in conns:
                    if conn != self.own:
                        self._fork(reading, valid, begin, end, conn)
        if len(self.readings) > MOST_KEPT:
            self._agree()
            if len(self.readings) > MOST_READINGS:
                raise TooAmbiguousError

    def _valid(self, reading: Reading, turn: int) -> list[int]:
        if turn < self._first_turn(reading):
            return []
        starts = reading.starts or []
        self._spend(len(starts) - 1)
        valid = [
            start for start, reach in zip(starts, reading.reaches, strict=True) if reach >= turn
        ]
        if not self.voices.framed or reading.conn == NOBODY:
            return valid
        speech = self.voices.speeches[reading.conn]
        length = turn - reading.begin
        return [start for start in valid if speech.ends_frame(start + length)]

    def _first_turn(self, reading: Reading) -> int:
        """Return where a prefix may come first: a piece has a byte, but for what is no text."""
        speech = self.voices.speeches.get(reading.conn)
        may_be_empty = reading.resumed or (speech is not None and speech.untext is not None)
        return reading.begin if may_be_empty else reading.begin + 1

    def _fork(self, parent: Reading, valid: list[int], begin: int, end: int, conn: int) -> None:
        places, trace = self._closed(parent, valid, begin)
        if conn < NOBODY:
            # Behind a notice nothing goes on: there must be a prefix.
            trace = Trace.of(trace, Piece(conn, begin, end, (0,), closed=True))
            self.readings.append(Reading(NOBODY, end, [0], [end], True, end, False, places, trace))
            return
        starts = self._resume(conn, places)
        reaches = [end] * len(starts or ())
        child = Reading(conn, end, starts, reaches, False, end, True, places, trace)
        self.readings.append(child)
        self._extend(child, end)

    def _closed(self, parent: Reading, valid: list[int], begin: int) -> tuple[Places, Trace | None]:
        """Return the places and pieces of `parent`, whose last piece ends at `begin`."""
        self._spend(FORK if len(self.readings) > FEW else 0)
        if parent.conn == NOBODY:
            return parent.places, parent.trace
        ends = tuple(start + begin - parent.begin for start in valid)
        piece = Piece(parent.conn, parent.begin, begin, ends, closed=True)
        return {**parent.places, parent.conn: ends}, Trace.of(parent.trace, piece)

    def _resume(self, conn: int, places: Places) -> list[int] | None:
        place = places.get(conn) or self.places.get(conn)
        if place is None:
            return None
        return resumed(self.voices.speeches[conn], place)

    # -- keeping -----------------------------------------------------------------------------

    def _alive(self, unfinished: list[int]) -> list[Reading]:
        alive = [
            reading
            for reading in self.readings
            if reading.starts is None or self._thin(reading, unfinished)
        ]
        return alive if len(alive) < 2 else list(distinct(alive))

    def _thin(self, reading: Reading, unfinished: list[int]) -> bool:
        """Keep the starts that still explain everything, or may with a turn; tell if one does."""
        pairs = [
            (start, reach)
            for start, reach in zip(reading.starts or (), reading.reaches, strict=True)
            if reach == self.end or self._may_turn(reading, reach, unfinished)
        ]
        if len(pairs) < len(reading.reaches) and pairs:
            reading.starts, reading.reaches = map(list, zip(*pairs, strict=True))
        # A reading that is dropped is left as it was: it may be the one that came furthest.
        return bool(pairs)

    def _may_turn(self, reading: Reading, reach: int, unfinished: list[int]) -> bool:
        first = self._first_turn(reading)
        return any(first <= at <= reach for at in unfinished)

    def _settle(self, unfinished: list[int]) -> None:
        only = self.readings[0] if len(self.readings) == 1 else None
        # Where a notice ends as one begins, what may begin there is not of this reading.
        settled = only and not self._may_turn(only, only.best(), unfinished)
        if only and settled and only.starts is not None:
            self._commit(only)
            self.base, self.window = self.end, bytearray()
            return
        if len(self.readings) > MOST_KEPT or any(one.is_long for one in self.readings):
            self._agree()
        # What lies before the oldest place where a turn may still come is not needed again.
        keep = self.voices.longest + NEEDLE
        pending = min((r.begin for r in self.readings if r.starts is None), default=self.end)
        if unfinished:
            pending = min(pending, unfinished[0])
        drop = min(self.end - keep, pending) - self.base
        if drop > 0:
            del self.window[:drop]
            self.base += drop

    def _commit(self, reading: Reading) -> None:
        self.take(reading.trace)
        self.places.update(reading.places)
        reading.places, reading.trace = {}, None
        if reading.conn == NOBODY:
            return
        length = self.end - reading.begin
        ends = [start + length for start in reading.starts or ()]
        self.places[reading.conn] = tuple(ends)
        if length:
            self.pieces.append(
                Piece(reading.conn, reading.begin, self.end, tuple(ends), closed=False)
            )
        reading.begin, reading.starts, reading.reaches = self.end, ends, [self.end] * len(ends)
        reading.resumed = reading.resumed or length > 0
        if self.voices.framed and length and self._between_frames(reading):
            self.readings = [self._fresh(self.end)]

    def finish(self) -> None:
        """Hold what all open readings agree on: nothing more will come to tell them apart."""
        for reading in self.readings:
            reach = reading.best()
            if reading.conn != NOBODY and reach > reading.begin:
                pairs = zip(reading.starts or (), reading.reaches, strict=True)
                ends = tuple(start + reach - reading.begin for start, far in pairs if far == reach)
                piece = Piece(reading.conn, reading.begin, reach, ends, closed=False)
                reading.places = {**reading.places, reading.conn: ends}
                reading.trace = Trace.of(reading.trace, piece)
        self._agree()

    def _agree(self) -> None:
        heard = {*self.places, *(conn for reading in self.readings for conn in reading.places)}
        agreement = agree(self.readings, self.places)
        self._misplaced |= heard - agreement.places.keys()
        self.pieces += agreement.pieces
        self.doubts += agreement.doubts
        self.places, self.readings = agreement.places, agreement.readings

    def _between_frames(self, reading: Reading) -> bool:
        speech = self.voices.speeches[reading.conn]
        return all(speech.ends_frame(start) for start in reading.starts or ())

    def take(self, trace: Trace | None) -> None:
        """Hold the pieces of `trace` as certain."""
        self.pieces += pieces_of(trace)

    def take_doubts(self) -> list[Doubt]:
        """Hand over what has become doubtful since the last call."""
        doubts, self.doubts = self.doubts, []
        return doubts

    def take_pieces(self) -> list[Piece]:
        """Hand over the pieces that have become certain since the last call."""
        pieces, self.pieces = self.pieces, []
        return pieces
