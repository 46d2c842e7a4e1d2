"""Recovery: what to make of bytes that no reading explains, and where to go on.

The text that is left is cut into forms: in a stream without frames from one relayed prefix to the
next, with frames from one frame end to the next. Each form is given to the first class that fits:
own token: echo; another's name; already delivered; lower number: order; known bytes changed; else
invented. Messages skipped are no anomaly: they are missing from the deliveries. Pure.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from harness.anomalies import Fault
from harness.faults import Faults
from harness.forms import Form, find_form
from harness.readings import NOBODY
from harness.speech import Message, Speech
from harness.tokens import PATTERN

if TYPE_CHECKING:
    from harness.attribution import Listener

# So many bytes of a message are enough to tell where in a speech they belong.
CLUE = 8


class Resumption(NamedTuple):
    """Go on at `position`, with `message` from `offset` of its speech, or between messages."""

    position: int
    message: Message | None
    offset: int


class Recovery(Faults):
    """The unexplained `text` of `listener` from `position` on; `conn` was being heard.

    `suspect` is the message that the text seemed to begin with, and how many bytes of it fit.
    """

    def __init__(
        self,
        listener: "Listener",
        position: int,
        text: bytearray,
        conn: int,
        suspect: tuple[Message, int] | None,
    ) -> None:
        super().__init__(listener, position, text, conn)
        self.suspect = suspect
        self._mid_frame = self.voices.framed and self._inside_message() is not None

    def next(self, final: bool) -> Resumption | None:
        """Classify form after form; return where to go on, or None to wait for more bytes."""
        while self.text:
            own = self.listener.conn
            form = find_form(self.voices, self.text, final=final, inside=self._mid_frame, own=own)
            if form is None:
                return None
            if form.notice and self.position != self.listener.resumed_at:
                break  # that is in order
            settled = self._judge(form) if form.conns else self._stray(form)
            if isinstance(settled, Resumption):
                return settled
            if not settled:
                return None
            whole = settled == form.end
            self.pardoned = self.pardoned or not self._is_judged(form, None)
            self._drop(settled)
            if self.pardoned and whole:
                # What stands behind is another's, and known: it may be read in several ways.
                break
        return Resumption(self.position, None, 0)

    def _drop(self, count: int) -> None:
        del self.text[:count]
        self.position += count
        self._mid_frame = False
        self.suspect = None

    # -- forms -------------------------------------------------------------------------------

    def _tokens(self, form: Form) -> Iterator[tuple[Message, int]]:
        """Yield the known messages whose tokens stand in `form`, and where."""
        for found in PATTERN.finditer(self.text, form.body, form.end):
            message = self.voices.tokens.get(found[0])
            if message is not None:
                yield message, found.start()

    # -- bytes behind no known prefix ----------------------------------------------------------

    def _stray(self, form: Form) -> Resumption | int:
        """Settle bytes behind no prefix: where to go on, or how many are done with; 0 to wait."""
        inside = self._inside_message()
        for message, at in self._tokens(form):
            if inside and message is inside[0]:
                continue
            begin = at - message.data.index(message.token)
            goes_on = begin >= 0 and self._goes_on(message, begin)
            if not goes_on and not form.whole:
                return 0
            if message.conn == self.conn and not self.voices.framed:
                self._altered_before(form, inside, message, begin if goes_on else -1)
            elif message.conn == self.listener.conn and not self.voices.echoes:
                self._note_echo(form, message)
            else:
                self._note(Fault.NO_PREFIX, form, message)
            if goes_on:
                return Resumption(self.position + begin, message, message.start)
            self._pass_over(message)
            return at + len(message.token)
        if not form.whole:
            return 0
        self._strange(form, inside)
        return form.end

    def _altered_before(
        self, form: Form, inside: tuple[Message, int] | None, message: Message, begin: int
    ) -> None:
        """Note what is wrong before `message`, which begins at `begin`, -1 where it is altered too.

        The same speaker goes on under one prefix, as glued messages do: nothing is wrong with that.
        """
        wrong = inside or (self.suspect if begin else None)
        if wrong is None and begin:
            wrong = (message, 0) if begin < 0 else self._skipped(message)
        if wrong is not None:
            self._note(Fault.ALTERED, form, *wrong)
            self._pass_over(wrong[0])
        elif begin and self._unfinished(message.conn) is None:
            self._note(Fault.INVENTED, form)

    def _skipped(self, message: Message) -> tuple[Message, int] | None:
        """Return the message that was to come before `message`, where one was."""
        place = max(self.listener.matcher.places.get(message.conn, message.head))
        return (self.voices.speeches[message.conn].at(place), 0) if place < message.start else None

    def _pass_over(self, message: Message) -> None:
        self.listener.damaged.add(message)
        self.listener.matcher.places[message.conn] = message.tail

    def _strange(self, form: Form, inside: tuple[Message, int] | None) -> None:
        self._unexplained(form)
        inside = inside or self.suspect
        if inside is None:
            # The rest of what is known to be damaged is no news.
            if self.conn == NOBODY or self._unfinished(self.conn) is None:
                self._note(Fault.INVENTED, form)
            return
        message, offset = inside
        only_end = bytes(self.text[: form.end]) == self.voices.dialect.ending
        fault = Fault.CUT_SHORT if self.voices.framed and only_end else Fault.ALTERED
        self._note(fault, form, message, offset)
        self.listener.matcher.places[message.conn] = message.tail

    def _inside_message(self) -> tuple[Message, int] | None:
        if self.conn == NOBODY:
            return None
        return self.listener.partly_heard(self.conn)

    # -- bytes behind a known prefix -----------------------------------------------------------

    def _judge(self, form: Form) -> Resumption | int:
        """Settle bytes behind a known prefix, as `_stray` does."""
        message, at = next(self._tokens(form), (None, 0))
        if message is None or self._is_continued(form):
            return self._without_token(form)
        form = self._as_named(form, at - message.data.index(message.token))
        goes_on = self._goes_on(message, form.body)
        if not goes_on and not form.whole:
            return 0
        self._leave_off(message, form)
        self._classify(message, form)
        self.conn = message.conn
        if goes_on:
            return Resumption(self.position + form.body, message, message.start)
        partly = self._unfinished(message.conn)
        if message not in self.listener.damaged:
            offset = partly[1] if partly and partly[0] is message else 0
            self._note(Fault.ALTERED, form, message, offset)
        self._pass_over(message)
        return form.end if self.voices.framed else at + len(message.token)

    def _is_continued(self, form: Form) -> bool:
        """Tell whether one of those named goes on, in the middle of a message."""
        for conn in form.conns:
            place = self._continued(conn, form)
            if place is not None and not self.voices.speeches[conn].is_boundary(place):
                return True
        return False

    def _continued(self, conn: int, form: Form) -> int | None:
        """Return where `conn` left off, if the body of `form` goes on there, however short."""
        body = bytes(self.text[form.body : form.end])
        if not body or self.voices.framed:
            return None
        places = self.listener.matcher.places.get(conn, (0,))
        data = self.voices.speeches[conn].data
        return next((at for at in places if data.startswith(body, at)), None)

    def _as_named(self, form: Form, body: int) -> Form:
        """Return `form` with those whose prefix ends at `body`, of two that begin alike."""
        prefix = bytes(self.text[form.begin : max(body, form.begin)])
        speeches = self.voices.speeches
        named = tuple(
            conn
            for conn in form.conns
            if prefix in (speeches[conn].prefix, speeches[conn].heard_by(self.listener.conn))
        )
        return form._replace(body=body, conns=named) if named else form

    def _goes_on(self, message: Message, at: int) -> bool:
        return self.text[at : at + 1] == message.data[:1]

    def _leave_off(self, message: Message, form: Form) -> None:
        """Note that the message before `message` was never finished, where that is so."""
        if message.conn not in self.listener.matcher.places:
            return
        unfinished = self.listener.partly_heard(message.conn)
        known = message in self.listener.damaged
        if unfinished and not (unfinished[0] is message and known):
            self._note(Fault.CUT_SHORT, form, *unfinished)

    def _without_token(self, form: Form) -> Resumption | int:
        for conn in self._as_named(form, form.body).conns:
            place = self._place_of(conn, form)
            if place is not None:
                message = self.voices.speeches[conn].at(place)
                if place not in self.listener.matcher.places.get(conn, ()):
                    self._leave_off(message, form)
                    if self._is_hole(message, place):
                        self._note(Fault.ALTERED, form, message)
                self._classify(message, form)
                self.conn = conn
                return Resumption(self.position + form.body, message, place)
        if not form.whole:
            return 0
        self._unknown(form)
        return form.end

    def _is_hole(self, message: Message, place: int) -> bool:
        own = message.conn == self.listener.conn and not self.voices.echoes
        known = message in self.listener.damaged or own
        return place > message.start and not known

    def _place_of(self, conn: int, form: Form) -> int | None:
        """Return where in the speech of `conn` the body of `form` belongs, where that is plain."""
        speech = self.voices.speeches[conn]
        body = bytes(self.text[form.body : form.end])
        continued = self._continued(conn, form)
        if continued is not None:
            plain = form.whole or not speech.is_boundary(continued)
            return continued if plain else _only_start(speech, body)
        place = max(self.listener.matcher.places.get(conn, (0,)))
        for message in speech.messages[self._index(conn, place) :]:
            told = self.voices.table.shared is None or self.voices.is_judged(message)
            if told and not message.token and body.startswith(message.data):
                return message.start
        clue = body[: 4 * CLUE]
        if self.voices.framed or len(clue) < CLUE:
            return None
        if not form.whole:
            return _only_start(speech, clue)
        later = speech.data.find(clue, place)
        earlier = speech.data.rfind(clue, 0, place)
        return next((at for at in (later, earlier) if at >= 0), None)

    def _index(self, conn: int, place: int) -> int:
        speech = self.voices.speeches[conn]
        return speech.at(place).number if place < len(speech.data) else len(speech.messages)

    def _unknown(self, form: Form) -> None:
        self._unexplained(form, min(self.suspect[1], form.end) if self.suspect else 0)
        if self.suspect is not None:
            self._note(Fault.ALTERED, form, *self.suspect)
            self._pass_over(self.suspect[0])
            return
        # A prefix that is everybody's tells of nobody's message.
        for conn in form.conns if self.voices.table.shared is None else ():
            unfinished = self._unfinished(conn)
            if unfinished is not None:
                # More of a message that is known to be damaged is no news.
                if unfinished[0] not in self.listener.damaged:
                    self._note(Fault.ALTERED, form, *unfinished)
                self.listener.matcher.places[conn] = unfinished[0].tail
                return
        self._note(Fault.INVENTED, form)

    def _unfinished(self, conn: int) -> tuple[Message, int] | None:
        partly = self.listener.partly_heard(conn)
        place = self.listener.matcher.places.get(conn)
        if partly or not place or not place[0]:
            return partly
        last = self.voices.speeches[conn].at(place[0] - 1)
        return (last, len(last.data)) if last in self.listener.damaged else None


def _only_start(speech: Speech, clue: bytes) -> int | None:
    """Return where the one message begins that begins so; None where none does, or several do.

    What has only begun may go on as any message that has these words.
    """
    starts, at = list[int](), speech.data.find(clue)
    while at >= 0 and len(starts) < 2:
        starts += [at] if speech.is_boundary(at) else []
        at = speech.data.find(clue, at + 1)
    return starts[0] if len(starts) == 1 else None
