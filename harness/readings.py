"""Readings: explanations of a receiver's stream so far, and what several of them agree on.

A reading is a list of pieces, each a stretch of the stream that is one connection's, and a last
piece that is still being read. Positions count bytes of the receiver's stream, offsets bytes of a
speaker's speech. Pure; knows neither bytes nor names.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

NOBODY = -1
# A reading may be so many pieces from what is certain.
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

    @property
    def worth(self) -> tuple[int, int, int]:
        """How much it explains; of two that explain as much the one with fewer turns."""
        return self.best(), self.begin, -(self.trace.length if self.trace else 0)

    @property
    def is_long(self) -> bool:
        """Whether it is far from what is certain."""
        return self.trace is not None and self.trace.length >= MOST_OPEN


class Agreement(NamedTuple):
    """What several readings have in common, and the `readings` that go on from there."""

    pieces: list[Piece]
    doubts: list[Doubt]
    places: Places
    readings: list[Reading]


def agree(readings: list[Reading], known: Places) -> Agreement:
    """Return what all of `readings` hold, all else as doubtful; `known` are the places before.

    Namesakes who said the same can never be told apart: to keep every combination would take ever
    more time, and to wait for certainty would hold back everything that came since. The readings
    that are left may mix what these told apart, so the true one is always among them.
    """
    told = [pieces_of(reading.trace) for reading in readings]
    agreed = set(told[0]).intersection(*told[1:])
    places, doubted = dict(known), dict[int, list[Piece]]()
    for piece in {piece: None for pieces in told for piece in pieces}:
        if piece not in agreed:
            doubted.setdefault(piece.conn, []).append(piece)
        places[piece.conn] = _common_place(piece.conn, readings, known)
    for reading in readings:
        reading.places, reading.trace = {}, None
    return Agreement(
        pieces=[piece for piece in told[0] if piece in agreed],
        doubts=[_doubt(conn, pieces) for conn, pieces in doubted.items()],
        # Without a place it may never have been heard: then anything of it may come first.
        places={conn: place for conn, place in places.items() if place},
        readings=list(_united(readings)),
    )


def _common_place(conn: int, readings: list[Reading], known: Places) -> tuple[int, ...]:
    every = [reading.places.get(conn) or known.get(conn) for reading in readings]
    return tuple(sorted({at for place in every for at in place or ()})) if all(every) else ()


def pieces_of(trace: Trace | None) -> list[Piece]:
    """Return the pieces of `trace` in their order."""
    pieces = []
    while trace is not None:
        pieces.append(trace.piece)
        trace = trace.earlier
    return pieces[::-1]


def _doubt(conn: int, pieces: list[Piece]) -> Doubt:
    begin = min(min(piece.ends) - (piece.end - piece.begin) for piece in pieces)
    return Doubt(conn, begin, max(max(piece.ends) for piece in pieces))


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


def distinct(readings: list[Reading]) -> Iterator[Reading]:
    """Yield one of each kind of reading: two that go on alike are one."""
    seen = set()
    for reading in readings:
        starts = None if reading.starts is None else tuple(reading.starts)
        key = (reading.conn, reading.begin, starts, frozenset(reading.places.items()))
        if key not in seen:
            seen.add(key)
            yield reading
