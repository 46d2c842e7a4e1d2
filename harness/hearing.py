"""Hearing: what both decoders of one receiver have in common. Pure."""

from collections.abc import Iterable, Iterator

from harness.announcement import Audience, HeardNotice
from harness.lexicon import MARK, Form, Lexicon, Told
from harness.speech import Message


class Hearing:
    """What the connection `conn` has heard so far, as far as its decoder has to know.

    `at` is when it last read, in nanoseconds since the run began.
    """

    def __init__(self, lexicon: Lexicon, conn: int) -> None:
        self.lexicon = lexicon
        self.conn = conn
        self.voices = lexicon.voices
        self.ending = lexicon.dialect.ending
        self.at = 0
        speeches = self.voices.speeches.values()
        # The latest message heard of each; what was said before nobody waits for.
        self._latest = {speech.conn: len(speech.messages) - 1 for speech in speeches}

    def hear(self, message: Message) -> None:
        """Keep that `message` was heard."""
        if message.number > self._latest.get(message.conn, -1):
            self._latest[message.conn] = message.number

    def is_new(self, message: Message) -> bool:
        """Tell whether neither `message` nor a later one of its speaker was heard."""
        return message.number > self._latest.get(message.conn, -1)

    def is_plainly_relayed(self, message: Message) -> bool:
        """Tell whether `message` comes as it is judged, but for what ends it."""
        return self.lexicon.literal and message.conn != self.conn

    def is_due(self, form: Form, kept: bytes, message: Message) -> bool:
        """Tell whether `message` may lawfully come now, with `kept` before it in this `form`."""
        if form.own or message.conn == self.conn:
            return form.own and message.conn == self.conn and self.is_new(message)
        return self.is_new(message) and message.relayed.startswith(kept + message.data)

    def is_for_me(self, told: Told, nick: str | None) -> bool:
        """Tell whether this receiver may be told this of `nick`."""
        own = self.voices.speeches[self.conn].nick
        match told.notice.audience:
            case Audience.NEWCOMER:
                return nick in (None, own)
            case Audience.OTHERS:
                return nick != own
            case _:
                return True

    def likeliest(self, options: list[tuple[Told, str | None]]) -> tuple[Told, str | None]:
        """Return the first of `options` that this receiver may be told, or the first."""
        return next((one for one in options if self.is_for_me(*one)), options[0])

    def notice(self, told: Told, nick: str | None) -> HeardNotice:
        """Return a notice as heard now."""
        return HeardNotice(told.notice.occasion, nick or "", self.at)

    def guard(self, payload: bytes) -> bytes:
        """Return `payload` so that an end in it makes no two frames that look right."""
        return payload.replace(self.ending, self.ending + MARK)


def joined(found: Iterable[bytes | HeardNotice]) -> Iterator[bytes | HeardNotice]:
    """Yield `found` with the bytes that follow each other put together."""
    pieces: list[bytes] = []
    for one in found:
        if isinstance(one, bytes):
            pieces += [one] if one else []
            continue
        if pieces:
            yield b"".join(pieces)
            pieces = []
        yield one
    if pieces:
        yield b"".join(pieces)
