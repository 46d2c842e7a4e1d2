"""Case: what a judge of a client looks at, found in the history of its run once for all checks.

Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from harness.client_step import ClientVerb
from harness.client_values import Key
from harness.clients import happenings as happened
from harness.clients.happenings import Happening
from harness.clients.record import ClientRun
from harness.clients.script import Act, Message
from harness.clients.sending import Alignment, Owed, align, owed
from harness.clients.wire import ended
from harness.deadlines import LATE_SHARE
from harness.dialect import Asking, Dialect
from harness.verdict import Direction, Finding, Moment, Outcome

Kind = TypeVar("Kind", bound=Happening)
PERSON, SERVER, SCREEN = "the person", "the server", "the program"
HARNESS_LATE = "but the harness, or the program, had to wait {late:.1f} s for a processor"


@dataclass(frozen=True)
class ClientCase:
    """A run, and the dialect that was spoken in it."""

    run: ClientRun
    dialect: Dialect

    @cached_property
    def acts(self) -> tuple[Act, ...]:
        """All acts, those at the end behind the story."""
        return (*self.run.script.acts, *self.run.script.closing)

    @cached_property
    def before_the_end(self) -> tuple[Happening, ...]:
        """What happened until the harness ended the program."""
        every = self.run.happenings
        ended = next((at for at, one in enumerate(every) if isinstance(one, happened.Killed)), None)
        return every[:ended]

    def each(self, kind: type[Kind]) -> Iterator[Kind]:
        """Yield what happened of one kind, until the harness ended the program."""
        return (one for one in self.before_the_end if isinstance(one, kind))

    @cached_property
    def begun(self) -> dict[int, int]:
        """When each act began, by its number."""
        return {one.act: one.at for one in self.each(happened.Begun)}

    @cached_property
    def done(self) -> dict[int, int]:
        """When each act was complete."""
        return {one.act: one.at for one in self.each(happened.Done)}

    @cached_property
    def failed(self) -> happened.Failed | None:
        """The act that was not complete, if one was not."""
        return next(self.each(happened.Failed), None)

    @cached_property
    def failed_act(self) -> Act | None:
        """The same act, as it was written."""
        return self.acts[self.failed.act] if self.failed else None

    @cached_property
    def exited(self) -> happened.Exited | None:
        """How the program ended by itself, if it did."""
        return next(self.each(happened.Exited), None)

    @cached_property
    def units(self) -> list[Owed]:
        """What the program had to send."""
        word = self.dialect.quit
        quit_word = self.dialect.said_bytes(word, self.run.script.nick) if word else b""
        return owed(self.run.script, sorted(self.begun), quit_word)

    @cached_property
    def sent(self) -> bytes:
        """What the program sent, on all its connections."""
        return b"".join(one.data for one in self.each(happened.Received))

    @cached_property
    def alignment(self) -> Alignment:
        """How the two fit."""
        return align(self.sent, self.units)

    def sent_at(self, offset: int) -> int:
        """Tell when the byte at `offset` of what was sent was read."""
        for one in self.each(happened.Received):
            offset -= len(one.data)
            if offset < 0:
                return one.at
        return self.before_the_end[-1].at if self.before_the_end else 0

    @cached_property
    def is_before_the_nickname(self) -> bool:
        """Whether the person was asked for the nickname, and has typed nothing."""
        asked = self.run.script.asking is Asking.ASKED and bool(self.run.script.nick_wire)
        answers = (ClientVerb.GIVES_NICK, ClientVerb.TYPES)
        return asked and not any(self.was_done(verb) for verb in answers)

    # -- what came before ----------------------------------------------------------------------

    def was_done(self, verb: ClientVerb) -> list[Act]:
        """List the acts of a verb that have begun."""
        return [self.acts[at] for at in self.begun if self.acts[at].verb is verb]

    @cached_property
    def troubled_prompt(self) -> bool:
        """Whether the prompt came in pieces, or together with something else."""
        return any(act.troubled for act in self.was_done(ClientVerb.SERVER_SENDS))

    @cached_property
    def messages(self) -> list[Message]:
        """What was said to the program, in order."""
        return [one for act in self.was_done(ClientVerb.SERVER_SENDS) for one in act.messages]

    @cached_property
    def rough_words(self) -> bool:
        """Whether bytes that are no text, or a character in pieces, came."""
        return any(one.rough for one in self.messages)

    @cached_property
    def gone(self) -> tuple[int, str] | None:
        """When the program went by itself, before the story was over, and how."""
        over = min((one.at for one in self.each(happened.Released)), default=1 << 62)
        if self.exited and self.exited.at < over:
            return self.exited.at, f"ended {ended(self.exited.status)}"
        ends_of = [one.at for one in self.each(happened.PeerEnded) if one.at < over]
        opened = sum(1 for _ in self.each(happened.Connected))
        # One that connects twice may have looked only whether somebody listens.
        return (ends_of[-1], "ended its connection") if len(ends_of) == opened > 0 else None

    @cached_property
    def gone_early(self) -> bool:
        """Whether the program went before anything was done that should end it."""
        causes = (at for number, at in self.begun.items() if _is_end(self.acts[number]))
        first = min(causes, default=0)
        return self.gone is not None and self.gone[0] < first

    def is_lost_with_it(self, unit: Owed) -> bool:
        """Tell whether a line is missing because the program had gone, for a reason of its own."""
        if self.gone is None or unit.act not in self.begun:
            return False
        rough = (
            at
            for number, at in self.begun.items()
            if any(message.rough for message in self.acts[number].messages)
        )
        typed_at = self.begun[unit.act]
        return self.gone[0] < typed_at or min(rough, default=typed_at) < typed_at

    def ended_by(self) -> Act | None:
        """Return the last act that should make the program end: a key, or a drop."""
        causes = [act for act in (self.acts[at] for at in sorted(self.begun)) if _is_end(act)]
        return causes[-1] if causes else None

    def finding(
        self,
        check: str,
        requirement: str,
        says: str,
        *moments: Moment,
        cause: str = "",
        deadline: float = 0.0,
        late: float = 0.0,
    ) -> Finding:
        """Make a finding; one that depends on a deadline proves nothing where the harness was late.

        `late`: how much of the `deadline` was spent waiting for a processor.
        """
        spoilt = 0 < deadline * LATE_SHARE < late
        if spoilt:
            says = f"{says}, {HARNESS_LATE.format(late=late)}"
        return Finding(
            check=check,
            requirement=requirement,
            says=says,
            outcome=Outcome.INCONCLUSIVE if spoilt else Outcome.FAIL,
            cause=cause,
            moments=moments,
            deadline=deadline,
        )


def _is_end(act: Act) -> bool:
    """Tell whether an act should make the program end."""
    return act.drop is not None or act.key in (Key.CTRL_C, Key.CTRL_D)


def typed(at: int, text: str) -> Moment:
    """Make a moment of what the person did."""
    return Moment(at, PERSON, Direction.TO_SERVER, text)


def sent(at: int, text: str) -> Moment:
    """Make a moment of what the server read."""
    return Moment(at, SERVER, Direction.TO_SERVER, text)


def told(at: int, text: str) -> Moment:
    """Make a moment of what the server did."""
    return Moment(at, SERVER, Direction.FROM_SERVER, text)


def missing(at: int, who: str, text: str) -> Moment:
    """Make a moment of what did not happen."""
    return Moment(at, who, Direction.NOTE, text, missing=True)


def note(at: int, text: str) -> Moment:
    """Make a moment of what the program did."""
    return Moment(at, SCREEN, Direction.NOTE, text)
