"""Case: what a check is given, and the words that all checks share.

Every check is a function of one `Case`: the plan, the transcript of the history, and who had to
hear what. Pure.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from harness.anomalies import Anomaly, Fault
from harness.attendance import Attendance
from harness.attribution import Listener
from harness.deadlines import LATE_SHARE
from harness.dialect import Dialect
from harness.events import Kind, StepFailed
from harness.lexicon import MARK
from harness.membership import Membership
from harness.plan import Plan
from harness.scenario import Verb
from harness.speech import Message
from harness.transcript import Transcript
from harness.verdict import CheckResult, Direction, Finding, Moment, Outcome, worst

MOST_FINDINGS = 20
SEEN = 500_000_000  # nanoseconds: how late it may be noted that the server waited
COLLECTED = frozenset({"java", "node", "nodejs", "deno", "bun", "dotnet", "mono", "beam.smp"})


@dataclass(frozen=True, slots=True)
class Case:
    """One run, ready to be judged."""

    plan: Plan
    transcript: Transcript
    membership: Membership

    def anomalies(self, *faults: Fault) -> Iterator[tuple[Attendance, Anomaly]]:
        """Yield what is wrong in one of these ways, receiver by receiver."""
        for conn, listener in self.transcript.listeners.items():
            # Who was asked for another name, or told why it was not let in, has heard nothing.
            person = self.transcript.people[conn]
            refused = person.was_asked_again(self.dialect) or self._is_turned_away(person, listener)
            for anomaly in listener.anomalies if not refused else ():
                if anomaly.fault in faults:
                    yield person, anomaly

    def _is_turned_away(self, person: Attendance, listener: Listener) -> bool:
        """Tell whether the server closed after the nickname, or told one whose name was taken."""
        if person.joined is not None or listener.messages:
            return False
        taken = (one.joined is not None and one.gone is None for one in self.namesakes(person))
        return person.thrown_out or any(taken)

    @property
    def dialect(self) -> Dialect:
        """How the chat looks on the wire."""
        return self.transcript.dialect

    @property
    def has_lines(self) -> bool:
        """Whether something marks where a message ends on its way to the server."""
        return self.dialect.said.ends.marked

    @property
    def has_wide_characters(self) -> bool:
        """Whether a character may have several bytes, so that it can be cut in two."""
        return self.dialect.encoding == "utf-8"

    @property
    def listeners(self) -> Iterable[Listener]:
        """Everyone who gave a name."""
        return self.transcript.listeners.values()

    def shown(self, anomaly: Anomaly) -> str:
        """Return the text of `anomaly` in quotation marks, without what only the harness put there.

        That is where decoding marks what is not as the dialect has it, and ends of frames that no
        server sends.
        """
        ending = b"" if self.dialect.heard.ends.terminator else self.dialect.ending
        return quoted_bytes(anomaly.text.replace(MARK, b"").removesuffix(ending))

    @property
    def worst_lag(self) -> float:
        """For how many seconds the harness was kept waiting at most."""
        return max((one.seconds for one in self.transcript.lags), default=0.0)

    @property
    def worst_wait(self) -> float:
        """For how many seconds harness or server were kept waiting at most."""
        starved = max((one.seconds for one in self.transcript.starved), default=0.0)
        return max(starved, self.worst_lag)

    def waited(self, begin: int, end: int) -> float:
        """Return for how many seconds harness and server were kept waiting, from `begin` to `end`.

        Waits of 50 ms and less are not counted.
        """
        waits = [(one.at, one.seconds) for one in self.transcript.lags]
        waits += [(one.at, one.seconds) for one in self.transcript.starved]
        # How long the server waits is looked at every half a second.
        return sum(long for at, long in waits if begin <= at and at - long * 1e9 - SEEN <= end)

    @property
    def deliveries(self) -> int:
        """How many messages were heard, all in all."""
        return sum(len(listener.messages) for listener in self.listeners)

    def sender(self, message: Message) -> Attendance:
        """Return who said `message`."""
        return self.transcript.people[message.conn]

    def said(self, message: Message) -> Moment:
        """Return the moment at which `message` was said."""
        return out(message.at, self.sender(message), f"says {quoted(message)}")

    def heard_by_another(self, message: Message, but: int) -> tuple[Moment, ...]:
        """Return the moment at which somebody else than `but` heard `message`, if one did."""
        for conn, listener in self.transcript.listeners.items():
            if conn in (but, message.conn) or message not in listener.messages:
                continue
            at = listener.times[listener.messages.index(message)]
            return (into(at, self.transcript.people[conn], f"hears {quoted(message)}"),)
        return ()

    def namesakes(self, person: Attendance) -> list[Attendance]:
        """Return everyone else who ever had the nickname of `person`."""
        people = self.transcript.people.values()
        return [one for one in people if one.nick == person.nick and one.conn != person.conn]

    def is_reused(self, person: Attendance) -> bool:
        """Tell whether the nickname of `person` belonged to others, all of whom had gone."""
        owners = [one for one in self.namesakes(person) if one.joined is not None]
        joining = person.joining or 0
        return bool(owners) and all(
            one.leaving is not None and one.leaving < joining for one in owners
        )

    def was_cut(self, message: Message) -> bool:
        """Tell whether its sender's words went out cut or glued."""
        return any(one.conn == message.conn for one in self.transcript.cuts)

    def is_greeting(self, message: Message) -> bool:
        """Tell whether `message` went out in one segment with its sender's nickname."""
        steps = {step.index for step in self.plan.steps() if step.verb is Verb.JOIN}
        return message.kind is Kind.STORY and message.step in steps

    @property
    def collects_late(self) -> bool:
        """Whether a program of the server keeps garbage for long, so that its size tells little."""
        return bool(self.transcript.programs & COLLECTED)

    def read_size(self) -> int:
        """Return the size of the server's reads, as pieces of long messages show it; 0: unknown."""
        sizes: Counter[int] = Counter()
        for listener in self.listeners:
            for (before, begin), (after, end) in pairwise(listener.splits):
                if before == after:
                    sizes[end - begin] += 1
        return sizes.most_common(1)[0][0] if sizes else 0

    def joined(self, person: Attendance) -> tuple[Moment, ...]:
        """Return the moments at which `person` gave the name and was in."""
        moments = [out(person.joining, person, "joins")] if person.joining is not None else []
        return tuple(moments)


def out(at: int, who: Attendance, text: str) -> Moment:
    """Return a moment from a person to the server."""
    return Moment(at, who.person, Direction.TO_SERVER, text)


def into(at: int, who: Attendance, text: str, missing: bool = False) -> Moment:
    """Return a moment from the server to a person."""
    return Moment(at, who.person, Direction.FROM_SERVER, text, missing)


def beside(at: int, who: Attendance, text: str) -> Moment:
    """Return a moment that is no message."""
    return Moment(at, who.person, Direction.NOTE, text)


def quoted(message: Message) -> str:
    """Return the beginning of a message, as text, in quotation marks."""
    return quoted_bytes(message.data.removesuffix(b"\0"))


def quoted_bytes(data: bytes, most: int = 40) -> str:
    r"""Return the beginning of bytes as text in quotation marks; what is no text as `\xNN`."""
    text = data.decode("utf-8", "backslashreplace")
    return f"“{text}”" if len(text) <= most else f"“{text[:most]}…” ({len(data)} bytes)"


def counted(number: int, one: str, many: str = "") -> str:
    """Return `number` with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(names: Iterable[str], most: int = 5) -> str:
    """Return names as a person lists them."""
    every = list(dict.fromkeys(names))
    if len(every) > most:
        return f"{', '.join(every[:most])} and {len(every) - most} more"
    return f"{', '.join(every[:-1])} and {every[-1]}" if len(every) > 1 else "".join(every)


def seconds(at: int) -> str:
    """Return a time of the run for a sentence."""
    return f"{at / 1e9:.3f} s"


def unless_late(finding: Finding, late: float) -> Finding:
    """Return `finding`, inconclusive where it depends on a deadline that was spent waiting."""
    if finding.timed and late > finding.deadline * LATE_SHARE:
        waited = f"but harness or server waited {late:.1f} s for a processor meanwhile"
        says = f"{finding.says} ({waited}, so this proves nothing)"
        return replace(finding, outcome=Outcome.INCONCLUSIVE, says=says)
    return finding


def merged(findings: Iterable[Finding], alike: Callable[[Finding], object]) -> list[Finding]:
    """Return the first of each run of findings that are `alike`, with how many there were."""
    ordered = sorted(findings, key=lambda finding: str(alike(finding)))
    groups = [list(group) for _, group in groupby(ordered, key=lambda one: str(alike(one)))]
    groups.sort(key=lambda group: min((m.at for m in group[0].moments), default=0))
    return [replace(group[0], count=sum(one.count for one in group)) for group in groups]


def result(check: str, looked_at: int, findings: Iterable[Finding]) -> CheckResult:
    """Return what `check` has to say."""
    every = tuple(findings)[:MOST_FINDINGS]
    return CheckResult(check, worst(one.outcome for one in every), looked_at, every)


def not_applicable(check: str, reason: str) -> CheckResult:
    """Return that `check` has nothing to look at in the dialect of the run, and why."""
    return CheckResult(check, Outcome.NOT_APPLICABLE, 0, reason=reason)


def failure_words(failure: StepFailed) -> str:
    """Return what did not happen, as the end of a sentence."""
    note = f" ({failure.note})" if failure.note else ""
    within = f" within {failure.deadline:g} s" if failure.deadline else ""
    return {
        "listening": f"nothing listened{within}",
        "connect": f"no connection came about{within}{note}",
        "prompt": f"the server sent no prompt{within}",
        "wrong prompt": "what the server sent first is not the prompt",
        "join": f"nobody was heard{within}",
        "accept": f"the server took no byte{within}",
        "hears": f"nothing was heard{within}{note}",
        "eof": f"the end of the stream did not come{within}",
        "roll call": f"some heard nothing more{within}",
        "refused": f"after the nickname the server {failure.note or 'closed the connection'}",
        "sockets": f"more sockets were open than connections{within}",
        "disconnected": f"the server closed the connection{note}",
        "not refused": f"the server let it in, or kept it{within}",
        "stall": f"others were not heard{within}{note}",
        "stop": f"the process did not end{within}",
        "connections": f"connections were still open{within}{note}",
        "restart": f"nothing listened again{within}{note}",
    }[failure.failure]
