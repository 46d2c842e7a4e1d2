"""Attribution: one receiver's bytes -> who said what, and what nobody can have said.

A `Listener` follows one connection. What comes as whole messages is looked up by token and compared
once per read (the fast path); the rest is matched forward (`harness.matching`); what no reading
explains is classified, and the stream taken up again at the next relayed form (`harness.recovery`).
Pure: bytes and times come in, deliveries and anomalies are kept.
"""

from harness.anomalies import MOST_TEXT, Fault
from harness.deliveries import Deliveries
from harness.matching import Matcher
from harness.readings import NOBODY, Doubt, Piece, Reading
from harness.recovery import Recovery, Resumption
from harness.speech import Message, Voices
from harness.starts import TooAmbiguousError
from harness.tokens import PATTERN

# More unexplained bytes than this, at all receivers, prove enough: nobody listens any more.
MOST_NOISE = 1 << 16
SLICE = 1 << 14
# Of what is read again after an anomaly, so much at once: all that is left, each time anew, would
# cost the square of it.
PORTION = 1 << 9


class Listener(Deliveries):
    """Understands what the connection `conn` reads, from its nickname on."""

    def __init__(self, conn: int, voices: Voices) -> None:
        super().__init__(conn, voices)
        self.unexplained = 0
        self.overwhelmed = False
        self.matcher = Matcher(voices, conn)
        self._recovery: Recovery | None = None
        self.resumed_at = self._read_again = -1

    # -- reading -------------------------------------------------------------------------------

    def read(self, data: bytes, at: int) -> None:
        """Take bytes that were read at `at`."""
        if not data or self.overwhelmed or self.deaf:
            return
        try:
            for begin in range(0, len(data), SLICE):
                if self.voices.unexplained > MOST_NOISE:
                    self.deaf = True
                    return
                self._go_on(data[begin : begin + SLICE], at, final=False)
        except TooAmbiguousError:
            self.overwhelmed = True

    def finish(self) -> None:
        """Explain what can be explained now that nothing more will come."""
        if self.overwhelmed or self.deaf or not self._ats:
            return
        try:
            self._go_on(b"", self._ats[-1], final=True)
            self.matcher.finish()
            self._settle()
            for conn in list(self._held):
                self._doubt(Doubt(conn, len(self.voices.speeches[conn].data), 0))
        except TooAmbiguousError:
            self.overwhelmed = True

    def _go_on(self, data: bytes, at: int, final: bool) -> None:
        self._stamp(len(data), at)
        portion = len(data)
        while True:
            now, data = data[:portion], data[portion:]
            if self._recovery is None:
                failed = self._advance(now, final and not data)
                if failed is None:
                    if not data:
                        return
                    portion *= 2
                    continue
                self._recovery = self._give_up(failed)
            else:
                self._recovery.text += now
            position, text = self._recovery.position, bytes(self._recovery.text[:MOST_TEXT])
            suspect = self._recovery.suspect
            resumption = self._recovery.next(final and not data)
            if resumption is None:
                if not data:
                    return
                continue
            # A message that is read again from its beginning is not done with.
            again = suspect is not None and resumption.message is suspect[0]
            told = again or self._recovery.pardoned
            left = text[: resumption.position - position]
            if not told and self._is_untold(resumption, left):
                fault = Fault.ALTERED if resumption.message else Fault.INVENTED
                self.note(fault, position, text, resumption.message)
            data, portion = self._resume(resumption) + data, PORTION

    def _advance(self, data: bytes, final: bool) -> Reading | None:
        taken = self._look_up(data)
        # A frame without its end is understood at the end only, where nothing else tells whose.
        if taken == len(data) and not (final and self.voices.table.shared is not None):
            return None
        if self.matcher.since is None and self.times:
            self.matcher.since = self.times[0]
        failed = self.matcher.feed(data[taken:] if taken else data, final)
        self._settle()
        return failed

    def _settle(self) -> None:
        for doubt in self.matcher.take_doubts():
            self._doubt(doubt)
        self._keep(self.matcher.take_pieces())

    # -- the fast path -------------------------------------------------------------------------

    def _look_up(self, data: bytes) -> int:
        """Take as many whole messages as `data` begins with; return how many bytes those are."""
        taken = self._rest_of_message(data)
        if taken is None:
            return 0
        run = self.voices.run
        if data and not taken and data == run[0] and self.conn not in run[2]:
            messages = list(run[1])
            self._follow(messages)
            if len(messages) == len(run[1]):
                self.messages += messages
                self.times += [self._ats[-1]] * len(messages)
                self.matcher.skip(self.matcher.end + len(data), messages[-1].conn)
                return len(data)
            # The first that is not next is for the matcher, as below.
            return self._take(data, 0, messages)
        messages, relayed = self._known(data, taken), b""
        while messages:
            relayed = self._relayed(messages)
            if data.startswith(relayed, taken):
                if not self.voices.may_turn(relayed, len(relayed)):
                    break
                # Its last bytes may be the beginning of a name: that is for the matcher.
                messages.pop()
                continue
            # The last one may still be on its way; anything else is no matter for lookups.
            if len(relayed) <= len(data) - taken:
                return taken
            messages.pop()
        if messages and taken == 0 and len(relayed) == len(data):
            others = frozenset([m.conn for m in messages if m.echo is not m.relayed])
            if self.conn not in others:
                self.voices.run = (data, tuple(messages), others)
        self._follow(messages)
        return self._take(data, taken, messages)

    def _take(self, data: bytes, taken: int, messages: list[Message]) -> int:
        """Deliver `messages`, which begin at `taken`; return where they end."""
        if not messages:
            return taken
        self.messages += messages
        self.times += [self._ats[-1]] * len(messages)
        length = len(self._relayed(messages))
        self.matcher.skip(self.matcher.end + length, messages[-1].conn)
        return taken + length

    def _relayed(self, messages: list[Message]) -> bytes:
        """Return `messages` as they should be heard."""
        if not self.voices.echoes:
            return b"".join([message.relayed for message in messages])
        own = self.conn
        return b"".join([m.echo if m.conn == own else m.relayed for m in messages])

    def _follow(self, messages: list[Message]) -> None:
        """Move each speaker's place; drop the messages from the first that is not next."""
        places = self.matcher.places
        for index, message in enumerate(messages):
            place = places.get(message.conn)
            if place is None:
                self._origins[message.conn] = message.start
            elif place != message.head:
                del messages[index:]
                return
            places[message.conn] = message.tail

    def _known(self, data: bytes, begin: int) -> list[Message]:
        plain, known = self.voices.plain, []
        for token in PATTERN.findall(data, begin):
            message = plain.get(token)
            if message is None or (message.conn == self.conn and not message.echo):
                break
            known.append(message)
        return known

    def _rest_of_message(self, data: bytes) -> int | None:
        """Take the rest of the message that is being heard; None where it must be matched."""
        readings = self.matcher.readings
        if len(readings) != 1 or self.matcher.window or readings[0].starts is None:
            return None
        if self._held or len(readings[0].starts) != 1:
            return None
        conn, offset = readings[0].conn, readings[0].starts[0]
        if conn == NOBODY:
            return 0 if readings[0].resumed else None
        speech = self.voices.speeches[conn]
        if speech.is_boundary(offset):
            return 0 if readings[0].resumed else None
        message = speech.at(offset)
        rest = message.data[offset - message.start :]
        # Looking through a long message takes longer than finding that it goes on.
        if not (data.startswith(rest) and self.voices.table.is_plain(message.data)):
            return None
        # What was said without its end goes on in the same frame.
        if not message.data.endswith(self.voices.dialect.ending):
            return None
        if self.voices.may_turn(rest, len(rest)):
            return None
        self.matcher.places[conn] = message.tail
        if message.start >= self._origins.get(conn, offset):
            self._deliver(message, self._ats[-1])
        self.matcher.skip(self.matcher.end + len(rest), conn)
        return len(rest)

    # -- what cannot be explained --------------------------------------------------------------

    def _give_up(self, failed: Reading) -> Recovery:
        """Keep what `failed` explained, and hand over the rest of the text.

        A message that was begun and does not go on is handed over from its beginning: two tokens
        begin alike, so it may well be another one.
        """
        matcher, reach, conn = self.matcher, failed.best(), failed.conn
        matcher.take(failed.trace)
        matcher.places.update(failed.places)
        suspect = self._begun(failed, reach)
        if suspect is not None:
            reach -= suspect[1]
            matcher.places[conn] = suspect[0].head
        if conn != NOBODY and reach > failed.begin:
            ends = _ends(failed, failed.best(), reach)
            matcher.places[conn] = ends
            matcher.pieces.append(Piece(conn, failed.begin, reach, ends, closed=False))
        self._keep(matcher.take_pieces())
        known = suspect[0].data if suspect else b""
        if failed.opened and reach == failed.since and reach != self.resumed_at:
            prefix = self.voices.speeches[conn].heard_by(self.conn)
            reach, known = reach - len(prefix), prefix + known
        # What the matcher holds no more was explained, so it is known.
        text = bytearray(known[: max(matcher.base - reach, 0)])
        text += matcher.window[max(reach - matcher.base, 0) :]
        return Recovery(self, reach, text, conn, suspect)

    def _begun(self, failed: Reading, reach: int) -> tuple[Message, int] | None:
        """Return the message that broke off at `reach`, and how many bytes of it had come.

        None where it began in an earlier piece, or is being read for the second time.
        """
        if failed.conn == NOBODY or reach == failed.since:
            return None
        ends = _ends(failed, reach, reach)
        speech = self.voices.speeches[failed.conn]
        if len(ends) > 1 or speech.is_boundary(ends[0]):
            return None
        message = speech.at(ends[0])
        count = ends[0] - message.start
        begin = reach - count
        return (message, count) if begin >= failed.since and begin != self._read_again else None

    def _is_untold(self, resumption: Resumption, left: bytes) -> bool:
        """Tell whether nothing would be said of bytes that no lawful relay explains.

        Where messages were skipped, those are missing, and that is told. Where nothing is `left`
        out but the name of somebody who is heard for the first time, what comes later is at fault.
        """
        message = resumption.message
        if self.anomalies or message is None:
            return not self.anomalies
        if self.voices.is_murky(message.conn):
            return False
        first = message.conn not in self.matcher.places and resumption.offset == message.start
        if first and left == self.voices.speeches[message.conn].heard_by(self.conn):
            return False
        self.count()
        latest = max(self.numbers[message.conn], default=message.number)
        skipped = self.voices.speeches[message.conn].messages[latest + 1 : message.number]
        return all(one.optional or one in self.doubtful for one in skipped)

    def _resume(self, resumption: Resumption) -> bytes:
        """Take the stream up again; return the bytes from there on."""
        assert self._recovery is not None
        text = bytes(self._recovery.text[resumption.position - self._recovery.position :])
        self._recovery = None
        self.resumed_at = resumption.position
        if resumption.message is None:
            self.matcher.restart(resumption.position)
        else:
            self._read_again = resumption.position
            conn = resumption.message.conn
            if resumption.offset not in self.matcher.places.get(conn, ()):
                self._origins[conn] = resumption.offset
                self._held.pop(conn, None)
            self.matcher.restart(resumption.position, conn, resumption.offset)
        return text

    # -- asked while it runs -------------------------------------------------------------------

    def has_heard(self, message: Message) -> bool:
        """Tell whether some reading of the bytes so far holds the whole of `message`."""
        return any(end >= message.end for end in self._furthest(message.conn))

    @property
    def undecided(self) -> bool:
        """Whether bytes were read that are not yet attributed to one speaker for certain."""
        return len(self.matcher.window) > 0 or len(self.matcher.readings) > 1

    def _furthest(self, conn: int) -> list[int]:
        ends = list(self.matcher.places.get(conn, ()))
        for reading in self.matcher.readings:
            ends += reading.places.get(conn, ())
            if reading.conn == conn:
                pairs = zip(reading.starts or (), reading.reaches, strict=False)
                ends += [start + reach - reading.begin for start, reach in pairs]
        return ends

    def partly_heard(self, conn: int) -> tuple[Message, int] | None:
        """Return the message of `conn` that was heard in part, and how many bytes of it."""
        place = self.matcher.places.get(conn)
        speech = self.voices.speeches[conn]
        if not place or len(place) > 1 or speech.is_boundary(place[0]):
            return None
        message = speech.at(place[0])
        return message, place[0] - message.start


def _ends(reading: Reading, reach: int, position: int) -> tuple[int, ...]:
    """Return the offsets at `position` of the starts of `reading` that came as far as `reach`."""
    return tuple(
        start + position - reading.begin
        for start, furthest in zip(reading.starts or (), reading.reaches, strict=True)
        if furthest == reach
    )
