"""Player: one person while a story is being planned, and the words that are put into their mouth.

Every message gets its token here, and its cuts. Random numbers come from the person's own streams,
so that one person more changes nothing for the others. Pure.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from harness.dialect import Dialect
from harness.ends import Ends
from harness.events import Ending
from harness.fakes import Fakes
from harness.feature import Feature
from harness.on import Cutting, Segments
from harness.plan import PlannedPerson, Presence, Utterance
from harness.scenario import Step
from harness.sent import completed, is_endless, is_text, payloads, segments_on_wire
from harness.texts import Text
from harness.tokens import PATTERN, mint

# A group of glued messages should fit into one read of a small server.
GLUED = 3
# A line that goes on for so long without its end may be refused.
ENDLESS = 1 << 14
MOST_RANDOM = 8
LOOKS_LIKE_TOKEN = "part of it looks like a token, by which the harness knows its messages"  # noqa: S105


@dataclass(slots=True)
class Player:
    """One person: where they are, which connection is theirs, and what they have said on it.

    `pending` is a message that was begun and has no end yet; after bytes that are `untext` nothing
    more of this connection is judged.
    """

    name: str
    nick: str
    random: Random
    cutter: Random
    dialect: Dialect
    fakes: Fakes
    segments: Segments = field(default_factory=lambda: Segments(Cutting.WHOLE))
    delay: float = 0.0
    presence: Presence = Presence.AWAY
    life: int = -1
    said: int = 0
    freezes: bool = False
    typed: str | None = None
    pending: bytes = b""
    untext: bool = False
    # In which scene this person came last and went last, and on which connection that was.
    came: int = -1
    came_life: int = -1
    went: int = -1
    went_life: int = -1
    went_how: Ending | None = None

    def begin(self, life: int) -> None:
        """Start anew on the connection `life`."""
        self.life, self.said = life, 0
        self.pending, self.untext = b"", False

    def planned(self) -> PlannedPerson:
        """Return what a plan says of this person."""
        return PlannedPerson(self.name, self.nick, self.freezes, self.typed)

    # -- saying --------------------------------------------------------------------------------

    def say(self, step: Step, text: Text, at: float, index: int) -> tuple[Utterance, str | None]:
        """Return message number `index` of a step, and why it cannot be said, if so."""
        said = self.fakes.render(text, self.random)
        token = b"" if step.bare else mint(self.life, self.said)
        behind = self.random.random() < 0.5
        body = _with_token(said, token.decode(), behind)
        problem = self.dialect.check_text(body, self.nick)
        if PATTERN.search(said.encode()):
            problem = LOOKS_LIKE_TOKEN
        if problem:
            return Utterance(at, said, b"", token), problem
        data = self.dialect.said_bytes(body, self.nick)
        messages = (self.pending + data,) if self.pending else None
        # A length that was begun counts what is said now in.
        self.untext = self.untext or (self.dialect.said.ends.counted and bool(self.pending))
        self.pending = b""
        self.said += 1
        glued = self.segments.cutting is Cutting.GLUED and index % GLUED < GLUED - 1
        last = index == step.times - 1
        cuts = self.cuts(data)
        judged = not self.untext
        return Utterance(at, said, data, token, cuts, glued and not last, messages, judged), None

    def greeting(self) -> Utterance:
        """Return a message that goes out in one segment with the nickname."""
        token = mint(self.life, self.said)
        self.said += 1
        return Utterance(0.0, "", self.dialect.said_bytes(token.decode(), self.nick), token)

    def send(self, step: Step, at: float, member: bool) -> tuple[Utterance, str | None]:
        """Return what a `send` puts on the wire; of one who is no `member` it is never judged."""
        # Of one who has not joined it stands for a nickname.
        door = not member and self.dialect.nickname
        ends = door.ends if door else self.dialect.said.ends
        try:
            pieces = segments_on_wire(step.send or (), ends, self._writer(ends))
        except UnicodeEncodeError as error:
            char = error.object[error.start]
            why = f"{char!r} cannot be written in {self.dialect.encoding}"
            return Utterance(at, "", b"", b""), why
        data = b"".join(pieces)
        problem = None if data else "nothing is left to send: this dialect ends with nothing"
        if PATTERN.search(data):
            problem = LOOKS_LIKE_TOKEN
        cuts = accumulate(map(len, pieces[:-1]))
        messages = self._completed(data) if member else ()
        text = b"".join(payloads(messages, ends)) if ends.counted else data
        said = Utterance(
            at=at,
            text=self._decoded(text).removesuffix(ends.terminator.decode("ascii")),
            data=data,
            token=b"",
            cuts=tuple(cuts) or self.cuts(data),
            messages=messages,
            judged=not self.untext,
        )
        return said, problem

    def _writer(self, ends: Ends) -> Callable[[Text], bytes]:
        def write(text: Text) -> bytes:
            said = self.fakes.render(text, self.random, ends.terminator)
            return self.dialect.encode(said)

        return write

    def _completed(self, data: bytes) -> tuple[bytes, ...]:
        """Return the messages that end within `data`, and note whether all of it is text."""
        ends = self.dialect.said.ends
        messages, self.pending = completed(self.pending + data, ends)
        text = b"".join(payloads(messages, ends)) if ends.counted else data
        if not is_text(text, self.dialect.encoding):
            self.untext = True
        self.untext = self.untext or is_endless(self.pending, ends, ENDLESS)
        if self.untext and self.pending:
            messages, self.pending = [*messages, self.pending], b""
        self.said += len(messages)
        return tuple(messages)

    def _decoded(self, data: bytes) -> str:
        return data.decode(self.dialect.encoding, "replace")

    # -- cutting -------------------------------------------------------------------------------

    def nickname_cuts(self) -> tuple[int, ...]:
        """Return where the nickname is cut; nowhere in a dialect that does not mark its end."""
        if Feature.CHUNKS in self.dialect.features or not self.dialect.nickname:
            return ()
        return self.cuts(self.dialect.nickname_bytes(self.nick))

    def cuts(self, data: bytes) -> tuple[int, ...]:
        """Return where `data` is cut."""
        match self.segments.cutting:
            case Cutting.BYTES:
                return tuple(range(self.segments.size, len(data), self.segments.size))
            case Cutting.RANDOM:
                most = min(MOST_RANDOM, len(data) - 1)
                count = self.cutter.randint(0, most) if most > 0 else 0
                return tuple(sorted(self.cutter.sample(range(1, len(data)), count)))
            case _:
                return ()


def _with_token(text: str, token: str, behind: bool) -> str:
    if not token or not text:
        return token or text
    return f"{text} {token}" if behind else f"{token} {text}"
