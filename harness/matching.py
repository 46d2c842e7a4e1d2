"""Matching: every way in which a stream without frames can be read, kept until one is left.

At each byte, either the stream goes on with what the current connection said, or a prefix begins
and another connection's bytes go on where they were left. A reading is one such explanation of
all bytes so far. With frames the same holds, but a piece is exactly one message. Positions count
bytes of the receiver's stream, offsets bytes of a speaker's speech. Pure; knows no receiver's
rights, only bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from harness.speech import Speech, Voices

NOBODY = -1
MOST_READINGS = 10_000
NEEDLE = 16
# About half a second, and what a stream that is read in one way alone never comes near.
MOST_EFFORT = 300_000
FORK = 8
EFFORT_PER_BYTE = 4
# So many readings are kept from read to read, each so many pieces from what is certain.
MOST_KEPT = 24
MOST_OPEN = 16


class Piece(NamedTuple):
    """A stretch of the stream that is `conn`'s: from position `begin` to `end`.

    `ends` are the offsets in its speech where the stretch may end, one unless it is ambiguous.
    `closed` says that a prefix followed, so that a character cut here was cut by the server.
    """

    conn: int
    begin: int
    end: int
    ends: tuple[int, ...]
    closed: bool


class Trace(NamedTuple):
    """The `length` pieces of a reading, the last one first."""

    earlier: "Trace | None"
    piece: Piece
    length: int

    @staticmethod
    def of(earlier: "Trace | None", piece: Piece) -> "Trace":
        """Return `earlier` with one more piece."""
        return Trace(earlier, piece, earlier.length + 1 if earlier else 1)


class Doubt(NamedTuple):
    """Which bytes of `conn` were heard is open: any of its speech from `begin` to `end`."""

    conn: int
    begin: int
    end: int


Places = dict[int, tuple[int, ...]]


@dataclass(slots=True, eq=False)
class Reading:
    """One explanation: since `begin` the stream is `conn`'s speech from one of `starts` on.

    `reaches` tells for each start up to which position that holds. `starts` is None as long as
    nothing tells where in its speech a connection is heard for the first time. `resumed` means
    that the piece began before `begin`, so that a prefix may come at once. Its bytes are one
    stretch from `since` on, and `opened` says that a prefix stands right before that.
    """

    conn: int
    begin: int
    starts: list[int] | None
    reaches: list[int]
    resumed: bool
    since: int
    opened: bool = False
    places: Places = field(default_factory=dict)
    trace: Trace | None = None

    def best(self) -> int:
        """Return the furthest position that it explains."""
        return max(self.reaches, default=self.begin)


class TooAmbiguousError(Exception):
    """More readings are open than can be followed: nothing can be said of this receiver."""


class Matcher:
    """Follows one receiver's stream; `own` is its connection, whose words it must not hear."""

    def __init__(self, voices: Voices, own: int) -> None:
        self.voices = voices
        self.own = own
        self.places: Places = {}
        self.base = 0
        self.window = bytearray()
        self.readings: list[Reading] = [self._fresh(0)]
        self.pieces: list[Piece] = []
        self.doubts: list[Doubt] = []
        self._furthest: Reading | None = None
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

    def feed(self, data: bytes) -> Reading | None:
        """Take the next bytes; return None, or the reading that came furthest where none is left.

        Raises `TooAmbiguousError`. After a failure only `restart` makes sense.
        """
        old = self.end
        self.window += data
        self._text = bytes(self.window)
        prefixes = self.voices.find_prefixes(self._text, old - self.base)
        unfinished = self.voices.unfinished_prefixes(self._text)
        self._turns = sorted({at for at, _, _ in prefixes} | set(unfinished))
        for reading in self.readings:
            self._extend(reading, old)
        self._furthest = None
        for begin, end, conns in prefixes:
            self._leave_behind(self.base + min([begin, *unfinished[:1]]))
            self._turn(self.base + begin, self.base + end, conns)
        self._measure(self.readings)
        self.readings = self._alive([self.base + at for at in unfinished])
        if not self.readings:
            return self._furthest
        self._settle(bool(unfinished))
        return None

    # -- following ---------------------------------------------------------------------------

    def _extend(self, reading: Reading, old: int) -> None:
        if reading.starts is None:
            self._find_starts(reading)
        if reading.conn == NOBODY or reading.starts is None:
            return
        self._spend(len(reading.starts))
        speech = self.voices.speeches[reading.conn]
        for index, start in enumerate(reading.starts):
            # What stuck earlier stays stuck: later words cannot explain earlier bytes.
            if reading.reaches[index] >= old:
                reading.reaches[index] += self._run(reading, speech, start, reading.reaches[index])

    def _spend(self, steps: int) -> None:
        """Count what ambiguity costs: a hostile stream must not keep a judge for long."""
        self._effort += steps
        if self._effort > MOST_EFFORT + EFFORT_PER_BYTE * self.end:
            raise TooAmbiguousError

    def _run(self, reading: Reading, speech: Speech, start: int, reach: int) -> int:
        offset = start + reach - reading.begin
        limit = len(speech.data)
        if self.voices.framed:
            limit = self._frame_end(speech, start)
        text = self._text[reach - self.base :]
        return common(speech.data[offset : min(limit, offset + len(text))], text)

    @staticmethod
    def _frame_end(speech: Speech, start: int) -> int:
        if not speech.messages or start >= len(speech.data):
            return start
        return speech.at(start).end

    def _find_starts(self, reading: Reading) -> None:
        # Heard for the first time: anywhere in its speech, as the receiver may have come late.
        here = reading.begin - self.base
        turn = next((at for at in self._turns if at > here), len(self._text))
        needle = self._text[here : min(turn, here + NEEDLE)]
        if not needle:
            return
        speech = self.voices.speeches[reading.conn]
        reading.starts = [
            at
            for at in occurrences(speech.data, needle)
            if not self.voices.framed or speech.is_boundary(at)
        ]
        reading.reaches = [reading.begin] * len(reading.starts)

    def _leave_behind(self, position: int) -> None:
        """Drop the readings that stuck before `position`: no turn can save them any more."""
        kept = [one for one in self.readings if one.starts is None or one.best() >= position]
        if len(kept) < len(self.readings):
            self._measure(self.readings)
            self.readings = kept

    def _measure(self, readings: list[Reading]) -> None:
        for one in readings:
            best = self._furthest
            if best is None or (one.best(), one.begin) >= (best.best(), best.begin):
                self._furthest = one

    def _turn(self, begin: int, end: int, conns: list[int]) -> None:
        self._spend(len(self.readings))
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
        if turn < reading.begin or (turn == reading.begin and not reading.resumed):
            return []
        starts = reading.starts or []
        self._spend(len(starts))
        valid = [
            start for start, reach in zip(starts, reading.reaches, strict=True) if reach >= turn
        ]
        if not self.voices.framed or reading.conn == NOBODY:
            return valid
        speech = self.voices.speeches[reading.conn]
        return [start for start in valid if speech.is_boundary(start + turn - reading.begin)]

    def _fork(self, parent: Reading, valid: list[int], begin: int, end: int, conn: int) -> None:
        self._spend(FORK)
        places, trace = parent.places, parent.trace
        if parent.conn != NOBODY:
            ends = tuple(start + begin - parent.begin for start in valid)
            places = {**places, parent.conn: ends}
            trace = Trace.of(trace, Piece(parent.conn, parent.begin, begin, ends, closed=True))
        starts = self._resume(conn, places)
        reaches = [end] * len(starts or ())
        child = Reading(conn, end, starts, reaches, False, end, True, places, trace)
        self.readings.append(child)
        self._extend(child, end)

    def _resume(self, conn: int, places: Places) -> list[int] | None:
        place = places.get(conn) or self.places.get(conn)
        if place is None:
            return None
        speech = self.voices.speeches[conn]
        starts = set(place)
        for begin in place:
            offset = begin
            while offset < len(speech.data) and speech.at(offset).optional:
                offset = speech.at(offset).end
                starts.add(offset)
        return sorted(starts)

    # -- keeping -----------------------------------------------------------------------------

    def _alive(self, unfinished: list[int]) -> list[Reading]:
        alive = [
            reading
            for reading in self.readings
            if reading.starts is None or self._thin(reading, unfinished)
        ]
        return alive if len(alive) < 2 else list(_distinct(alive))

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

    @staticmethod
    def _may_turn(reading: Reading, reach: int, unfinished: list[int]) -> bool:
        first = reading.begin if reading.resumed else reading.begin + 1
        return any(first <= at <= reach for at in unfinished)

    def _settle(self, unfinished: bool) -> None:
        if len(self.readings) == 1 and not unfinished and self.readings[0].starts is not None:
            self._commit(self.readings[0])
            self.base, self.window = self.end, bytearray()
            return
        if len(self.readings) > MOST_KEPT or any(_is_long(one.trace) for one in self.readings):
            self._agree()
        # What lies before the oldest place where a turn may still come is not needed again.
        keep = self.voices.longest + NEEDLE
        pending = min((r.begin for r in self.readings if r.starts is None), default=self.end)
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
        """Hold what all open readings agree on, and doubt the rest.

        Namesakes who said the same can never be told apart: to keep every combination would take
        ever more time, and to wait for certainty would hold back everything that came since.
        """
        told = [_pieces(reading.trace) for reading in self.readings]
        agreed = set(told[0]).intersection(*told[1:])
        places = dict(self.places)
        for conn in {piece.conn: None for pieces in told for piece in pieces}:
            places[conn] = self._common_place(conn)
        doubted: dict[int, list[Piece]] = {}
        for piece in {piece: None for pieces in told for piece in pieces}:
            if piece not in agreed:
                doubted.setdefault(piece.conn, []).append(piece)
        self.doubts += [_doubt(conn, pieces) for conn, pieces in doubted.items()]
        self.pieces += [piece for piece in told[0] if piece in agreed]
        # Without a place it may never have been heard: then anything of it may come first.
        self.places = {conn: place for conn, place in places.items() if place}
        for reading in self.readings:
            reading.places, reading.trace = {}, None
        self.readings = list(_united(self.readings))

    def _common_place(self, conn: int) -> tuple[int, ...]:
        every = [reading.places.get(conn) or self.places.get(conn) for reading in self.readings]
        return tuple(sorted({at for place in every for at in place or ()})) if all(every) else ()

    def _between_frames(self, reading: Reading) -> bool:
        speech = self.voices.speeches[reading.conn]
        return all(speech.is_boundary(start) for start in reading.starts or ())

    def take(self, trace: Trace | None) -> None:
        """Hold the pieces of `trace` as certain."""
        self.pieces += _pieces(trace)

    def take_doubts(self) -> list[Doubt]:
        """Hand over what has become doubtful since the last call."""
        doubts, self.doubts = self.doubts, []
        return doubts

    def take_pieces(self) -> list[Piece]:
        """Hand over the pieces that have become certain since the last call."""
        pieces, self.pieces = self.pieces, []
        return pieces


def common(left: bytes | bytearray, right: bytes | bytearray) -> int:
    """Return how many bytes `left` and `right` have in common from the front."""
    most = min(len(left), len(right))
    if left[:most] == right[:most]:
        return most
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle
    return low


def occurrences(text: bytearray, needle: bytes) -> Iterator[int]:
    """Yield each offset at which `needle` stands in `text`, overlapping ones too."""
    at = text.find(needle)
    for _ in range(MOST_READINGS):
        if at < 0:
            return
        yield at
        at = text.find(needle, at + 1)
    raise TooAmbiguousError


def _pieces(trace: Trace | None) -> list[Piece]:
    pieces = []
    while trace is not None:
        pieces.append(trace.piece)
        trace = trace.earlier
    return pieces[::-1]


def _doubt(conn: int, pieces: list[Piece]) -> Doubt:
    begin = min(min(piece.ends) - (piece.end - piece.begin) for piece in pieces)
    return Doubt(conn, begin, max(max(piece.ends) for piece in pieces))


def _is_long(trace: Trace | None) -> bool:
    return trace is not None and trace.length >= MOST_OPEN


def _united(readings: list[Reading]) -> Iterator[Reading]:
    """Yield one reading for all that have the same speaker since the same position."""
    alike: dict[tuple[int, int, bool, bool], list[Reading]] = {}
    for one in readings:
        key = (one.conn, one.begin, one.resumed, one.starts is None)
        alike.setdefault(key, []).append(one)
    for first, *others in alike.values():
        if first.starts is not None and others:
            reaches: dict[int, int] = {}
            for one in (first, *others):
                reaches.update(zip(one.starts or (), one.reaches, strict=True))
            first.starts = sorted(reaches)
            first.reaches = [reaches[start] for start in first.starts]
        yield first


def _distinct(readings: list[Reading]) -> Iterator[Reading]:
    seen = set()
    for reading in readings:
        starts = None if reading.starts is None else tuple(reading.starts)
        key = (reading.conn, reading.begin, starts, frozenset(reading.places.items()))
        if key not in seen:
            seen.add(key)
            yield reading
