"""Personal: what the server says to one person alone, greeting, answer and farewell, and to whom.

None of it has to come. A greeting comes once at most, and so does a farewell: to one who leaves;
an answer comes once at most for each message. Pure.
"""

from collections.abc import Iterable, Iterator

from harness.announcement import HeardNotice, Occasion
from harness.attendance import Attendance
from harness.attribution import Listener
from harness.case import Case, into, out
from harness.notices_owed import beyond
from harness.verdict import Finding

_MESSAGE = ("message", True)


class Personal:
    """What was told to one alone in a run; `check` is the name of the check that asks."""

    def __init__(self, case: Case, check: str) -> None:
        self._dialect = case.dialect
        self._voices = case.transcript.voices
        self._check = check

    def greetings(self, receiver: Attendance, listener: Listener) -> Iterator[Finding]:
        """Find who was greeted more often than the dialect says, or by another's name."""
        told = [one for one in listener.notices if one.occasion is Occasion.GREETING]
        most = len(self._dialect.greeting) * max(receiver.named, 1)
        for again in told[most:]:
            yield self._finding(
                receiver, again, "was greeted again", "greets a member more than once"
            )
        for one in self._of_others(receiver, told[:most]):
            words = f"was greeted as “{one.nick}”"
            yield self._finding(receiver, one, words, "greets one under the name of another")

    def answers(self, receiver: Attendance, listener: Listener) -> Iterator[Finding]:
        """Find who was answered and had said nothing, or not so much."""
        # What a server makes of no text may look like anything, and so may the end of a text.
        no_text = any(one.untext is not None for one in self._voices.speeches.values())
        if no_text or self._dialect.relay.parts[-1] != _MESSAGE:
            return
        times = [one.at for one in listener.notices if one.occasion is Occasion.ANSWER]
        said = self._said(receiver, len(times))
        begins = sorted([*said, *([receiver.leaving] if receiver.leaving else [])])
        for at in beyond(times, [begin for begin in begins for _ in self._dialect.answer]):
            notice = HeardNotice(Occasion.ANSWER, "", at)
            words = "was answered, and had not said so much"
            yield self._finding(receiver, notice, words, "answers what was not said")

    def _said(self, person: Attendance, most: int) -> list[int]:
        """Return when each message was said, as the server counts them; `most` of them matter."""
        messages = self._voices.speeches[person.conn].messages
        ends = self._dialect.said.ends
        if not ends.marked:
            # Nobody knows how many messages the server took it for.
            return [one.at for one in messages[:1]] * most
        end = ends.terminator
        return [
            one.at for one in messages for _ in range(max(one.data.count(end) if end else 0, 1))
        ]

    def farewells(self, receiver: Attendance, listener: Listener) -> Iterator[Finding]:
        """Find who was bidden farewell and had not left, or again, or by another's name."""
        told = [one for one in listener.notices if one.occasion is Occasion.FAREWELL]
        left = receiver.leaving
        # That one was thrown out is told by another check.
        early = [one for one in told if left is None or one.at < left]
        for one in early if not receiver.thrown_out else ():
            words = "was bidden farewell, and had not left"
            yield self._finding(receiver, one, words, "takes somebody for one who leaves")
        for again in told[len(self._dialect.farewell) :] if not early else ():
            words = "was bidden farewell again"
            yield self._finding(receiver, again, words, "bids farewell more than once")
        for one in self._of_others(receiver, told):
            words = f"was bidden farewell as “{one.nick}”"
            yield self._finding(receiver, one, words, "takes one for another")

    def _of_others(
        self, receiver: Attendance, told: Iterable[HeardNotice]
    ) -> Iterator[HeardNotice]:
        """Yield those that are addressed to somebody else."""
        named = self._dialect.nickname is not None
        yield from (one for one in told if named and one.nick not in ("", receiver.nick))

    def _finding(self, receiver: Attendance, notice: HeardNotice, words: str, does: str) -> Finding:
        joining = receiver.joining or 0
        return Finding(
            self._check,
            "RELAY-6",
            f"{receiver.person} {words}.",
            cause=f"the server {does}",
            moments=(out(joining, receiver, "joins"), into(notice.at, receiver, words)),
        )
