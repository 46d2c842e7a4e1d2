"""Faults: to which class a form belongs that no reading explains, and whether that matters.

The first class that fits: own words where they should not be; another's name; already delivered;
a lower number. Own words under another's name are under a wrong name where a dialect has echoes;
in the form in which the others hear them they are an echo that should not be. Of who has said what
is no text only that counts which a token proves. Pure.
"""

from typing import TYPE_CHECKING

from harness.anomalies import Fault
from harness.forms import Form
from harness.readings import NOBODY
from harness.speech import Message, Voices

if TYPE_CHECKING:
    from harness.attribution import Listener


# What is known is no noise; but a server may send it for ever.
LITTLE = 64


class Faults:
    """What is wrong in the unexplained `text` of `listener` from `position` on.

    `conn` was being heard.
    """

    def __init__(self, listener: "Listener", position: int, text: bytearray, conn: int) -> None:
        self.listener = listener
        self.voices: Voices = listener.voices
        self.position = position
        self.text = text
        self.conn = conn
        # Whether something was passed over because its speaker is not judged.
        self.pardoned = False

    def _classify(self, message: Message, form: Form) -> None:
        listener = self.listener
        listener.count()
        heard = listener.numbers[message.conn]
        if message.conn == listener.conn and not self._is_echo(form):
            self._note_echo(form, message)
        elif message.conn not in form.conns:
            self._note(Fault.WRONG_NAME, form, message)
        elif message.number in heard:
            self._note(Fault.REPEATED, form, message)
            self._add_noise(len(message.relayed))
        elif message.number < max(heard, default=-1):
            if self._is_proved_late(form, message, heard):
                self._note(Fault.ORDER, form, message)
            else:
                self.pardoned = True

    def _is_proved_late(self, form: Form, message: Message, heard: set[int]) -> bool:
        """Tell whether what was `heard` after `message` was surely its speaker's.

        Where a prefix is everybody's, text without a token may be what somebody is not judged for.
        """
        if self.voices.table.shared is None or self._is_judged(form, None):
            return True
        said = self.voices.speeches[message.conn].messages
        return any(number > message.number and said[number].token for number in heard)

    def _is_echo(self, form: Form) -> bool:
        """Tell whether own words in `form` would be what the dialect gives their speaker.

        Under another's name they are under a wrong name, like anyone's; under their own name in
        the form in which the others hear them they are an echo that should not be.
        """
        own = self.listener.conn
        right = self.voices.speeches[own].heard_by(own)
        rightly = bytes(self.text[form.begin : form.body]) == right
        return self.voices.echoes and (rightly or own not in form.conns)

    def _note_echo(self, form: Form, message: Message) -> None:
        # From here on its own words are read like anyone's; the listener notes each of them.
        self.listener.matcher.own = NOBODY
        if message not in self.listener.echoed:
            self.listener.echoed.add(message)
            self._note(Fault.ECHO, form, message)
        else:
            self._add_noise(len(message.relayed))

    def _unexplained(self, form: Form, known: int = 0) -> None:
        """Count `form` as noise; `known` bytes of it are of a message, and count for little."""
        self._add_noise(form.end - known + known // LITTLE)

    def _add_noise(self, size: int) -> None:
        # What is known may be noise all the same: a server may repeat it for ever.
        self.listener.unexplained += size
        self.voices.unexplained += size

    def _is_judged(self, form: Form, message: Message | None) -> bool:
        """Tell whether this matters: of who has said what is no text, only what a token proves."""
        token = message.token if message else b""
        proved = bool(token) and token in self.text[form.begin : form.end]
        # Where a prefix is everybody's, only a token tells whose it is.
        if message is not None and (proved or self.voices.table.shared is None):
            clean = self.voices.speeches[message.conn].untext is None
            return clean or (proved and self.voices.is_judged(message))
        conns = form.conns or ((self.conn,) if self.conn != NOBODY else ())
        return all(self.voices.speeches[conn].untext is None for conn in conns)

    def _note(
        self, fault: Fault, form: Form, message: Message | None = None, offset: int = 0
    ) -> None:
        # What of such a speaker came otherwise than it was said cannot be told any more.
        known = None if fault in (Fault.ALTERED, Fault.CUT_SHORT) else message
        if not (self._is_judged(form, message) and self._is_judged(form, known)):
            self.pardoned = True
            return
        names = sorted({self.voices.speeches[conn].nick for conn in form.conns})
        text = bytes(self.text[form.begin : form.end])
        self.listener.note(fault, self.position, text, message, offset, tuple(names))
