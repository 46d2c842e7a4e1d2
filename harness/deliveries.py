"""Deliveries: what one receiver has heard for certain, when, and what was wrong with it.

Pieces of the stream come in once it is certain whose they are; here they become messages. Knows
nothing of how that became certain. Pure.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict

from harness.announcement import HeardNotice
from harness.anomalies import MOST_TEXT, Anomaly, Fault
from harness.readings import Doubt, Piece
from harness.speech import Message, Voices

MOST_ANOMALIES = 500
# Anomalies cost time too: after so many nobody listens any more.
MOST_NOTED = 4000


class Deliveries:
    """What the connection `conn` has heard, from its nickname on.

    `messages` and `times` are its deliveries: each message, and when its last byte was read. Of
    those in `doubtful` it cannot be told; those in `damaged` came, but not as they were said.
    `splits` are offsets inside messages at which a piece began: they show the server's reads.
    `notices` are what the server said of its own accord, in the order of reading; of those in
    `doubtful_notices` it cannot be told whether it did, or whether somebody's text reads so.
    """

    def __init__(self, conn: int, voices: Voices) -> None:
        self.conn = conn
        self.voices = voices
        self.messages: list[Message] = []
        self.times: list[int] = []
        self.numbers: dict[int, set[int]] = defaultdict(set)
        self.anomalies: list[Anomaly] = []
        self.damaged: set[Message] = set()
        self.doubtful: set[Message] = set()
        self.echoed: set[Message] = set()
        self.cut_characters: list[tuple[Message, int, int]] = []
        self.splits: list[tuple[int, int]] = []
        self.notices: list[HeardNotice] = []
        self.doubtful_notices: list[HeardNotice] = []
        self.deaf = False
        self._counted = 0
        self._noted = 0
        self._origins: dict[int, int] = {}
        self._held: dict[int, list[Piece]] = {}
        self._ends: list[int] = []
        self._ats: list[int] = []

    def _stamp(self, count: int, at: int) -> None:
        self._ends.append((self._ends[-1] if self._ends else 0) + count)
        self._ats.append(at)

    def _doubt(self, doubt: Doubt) -> None:
        """Say of no message in `doubt`, and in what was held before it, whether it was heard."""
        conn, begin, end = doubt
        if conn in self.voices.notices:
            self.doubtful_notices.append(HeardNotice(*self.voices.notices[conn], self._ats[-1]))
            return
        for piece in self._held.pop(conn, ()):
            begin = min(begin, min(piece.ends) - (piece.end - piece.begin))
            end = max(end, *piece.ends)
        speech = self.voices.speeches[conn]
        for message in speech.messages[max(bisect_right(speech.starts, begin) - 1, 0) :]:
            if message.start >= end:
                return
            self.doubtful.add(message)

    def _keep(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            if piece.conn in self.voices.notices:
                occasion, nick = self.voices.notices[piece.conn]
                self.notices.append(HeardNotice(occasion, nick, self.time_of(piece.end)))
                continue
            held = self._held.get(piece.conn)
            if len(piece.ends) > 1:
                self._held.setdefault(piece.conn, []).append(piece)
                continue
            if held:
                del self._held[piece.conn]
                for earlier, end in self._resolve(held, piece):
                    self._hear(earlier, end)
            self._hear(piece, piece.ends[0])

    def _resolve(self, held: list[Piece], piece: Piece) -> list[tuple[Piece, int]]:
        """Tell where the `held` pieces ended, now that a later one is certain."""
        start, resolved = piece.ends[0] - (piece.end - piece.begin), []
        for earlier in reversed(held):
            end = max((end for end in earlier.ends if end <= start), default=start)
            resolved.append((earlier, end))
            start = end - (earlier.end - earlier.begin)
        return resolved[::-1]

    def _hear(self, piece: Piece, end: int) -> None:
        speech = self.voices.speeches[piece.conn]
        begin = end - (piece.end - piece.begin)
        origin = self._origins.setdefault(piece.conn, begin)
        for message in speech.ended_by(begin, end):
            if message.start >= origin:
                self._deliver(message, self.time_of(piece.begin + message.end - begin))
        if piece.end > piece.begin and not speech.is_boundary(begin):
            self._note_split(piece.conn, begin)
        if piece.closed and speech.cuts_character(end) and speech.is_judged(speech.at(end)):
            self.cut_characters.append((speech.at(end), end, self.time_of(piece.end)))

    def _note_split(self, conn: int, offset: int) -> None:
        if len(self.splits) < MOST_ANOMALIES:
            self.splits.append((conn, offset))

    def _deliver(self, message: Message, at: int) -> None:
        self.messages.append(message)
        self.times.append(at)
        if message.conn == self.conn and not (message.echo or message in self.echoed):
            self.echoed.add(message)
            self.note(Fault.ECHO, self._ends[-1] - 1, message.relayed, message)

    def time_of(self, position: int) -> int:
        """Return when the byte before `position` of the stream was read."""
        index = min(bisect_left(self._ends, position), len(self._ats) - 1)
        return self._ats[index]

    def count(self) -> None:
        """Bring `numbers`, the numbers heard of each connection, up to date."""
        for message in self.messages[self._counted :]:
            self.numbers[message.conn].add(message.number)
        self._counted = len(self.messages)

    def note(
        self,
        fault: Fault,
        position: int,
        text: bytes,
        message: Message | None = None,
        offset: int = 0,
        names: tuple[str, ...] = (),
    ) -> None:
        """Keep an anomaly."""
        if message is not None and fault in (Fault.ALTERED, Fault.CUT_SHORT):
            self.damaged.add(message)
        self._noted += 1
        self.deaf = self.deaf or self._noted > MOST_NOTED
        if len(self.anomalies) < MOST_ANOMALIES:
            at = self.time_of(position + 1)
            excerpt = bytes(text[:MOST_TEXT])
            self.anomalies.append(Anomaly(fault, position, at, message, offset, names, excerpt))
