"""Attendance: when one connection came, joined and went, and what it did beside talking. Pure."""

from dataclasses import dataclass, field

from harness.cast import TOKEN_MARK
from harness.dialect import Dialect
from harness.events import Ending, Role

# Who has no name is owed a prompt; more than this of anything is not kept.
MOST_AT_THE_DOOR = 1 << 16
# Enough of what came after a nickname to tell whether it was only the prompt once more.
MOST_ANSWER = 1 << 10


@dataclass(slots=True)
class Attendance:
    """When one connection came, joined and went; None for what did not happen.

    `joining` is just before its nickname was sent; where nobody has one, just before it connected,
    since the server may let it in before the client knows of it. `joined` is proved: it read a
    message that was sent after that, or somebody read one of its own. `leaving` is the harness's
    first act to end it; `gone` is when the server's end of stream or an error was seen. `strange`
    is when it sent other bytes in place of a name, `sent`, and `answer` what it has read since;
    `untext` is when it first said what is no text. It did not read from `froze` on, until `thawed`.
    """

    conn: int
    person: str
    nick: str
    role: Role
    connecting: int
    connected: int | None = None
    joining: int | None = None
    joined: int | None = None
    leaving: int | None = None
    how: Ending | None = None
    gone: int | None = None
    eof: bool = False
    error: str = ""
    closed: int | None = None
    accepted: int = -1
    doorstep: bytearray = field(default_factory=bytearray)
    named: int = 0
    strange: int | None = None
    sent: bytearray = field(default_factory=bytearray)
    answer: bytearray = field(default_factory=bytearray)
    untext: int | None = None
    froze: int | None = None
    thawed: int | None = None

    @property
    def present(self) -> bool:
        """Whether it has given its name and neither side has begun to end it."""
        return self.joining is not None and self.leaving is None and self.gone is None

    @property
    def thrown_out(self) -> bool:
        """Whether the server ended it before the harness had begun to."""
        return self.gone is not None and (self.leaving is None or self.gone < self.leaving)

    @property
    def frozen(self) -> bool:
        """Whether it does not read now."""
        return self.froze is not None and self.thawed is None

    @property
    def wronged(self) -> bool:
        """Whether it was thrown out although it had kept to the dialect, and had read."""
        given_cause = self.froze is not None or self.untext is not None
        return self.thrown_out and not given_cause

    def was_asked_again(self, dialect: Dialect) -> bool:
        """Tell whether all that came after its nickname was the prompt, once or several times."""
        return self.joined is None and is_asked_again(dialect, bytes(self.answer))

    @property
    def in_good_order(self) -> bool:
        """Whether it left by half-close, read to the end, and close.

        Of one who had stopped reading that is not known: the server may have ended it before.
        """
        half_closed = self.how in (Ending.LEAVE, Ending.HALF_CLOSE)
        return half_closed and self.eof and self.froze is None


def is_asked_again(dialect: Dialect, answer: bytes) -> bool:
    """Tell whether `answer`, all that came after a nickname, is the prompt once more.

    Of a prompt that is known by its end, words may stand before it, but no message and no notice.
    """
    if dialect.prompt is None:
        return False
    prompt = dialect.prompt_bytes
    if dialect.prompt.exact:
        times = len(answer) // len(prompt)
        return times > 0 and answer == prompt * times
    if not answer.endswith(prompt) or len(answer) >= MOST_ANSWER:
        return False
    text = answer.decode(dialect.encoding, "replace")
    notices = any(notice.template.pattern.search(text) for notice in dialect.notices)
    return TOKEN_MARK not in text and not notices


def departed_at(person: Attendance) -> int:
    """Return when `person` began to be gone, whoever began it."""
    times = [at for at in (person.leaving, person.gone) if at is not None]
    return min(times)
