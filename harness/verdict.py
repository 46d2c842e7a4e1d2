"""Verdict: what the judge says of a run, as values.

An outcome, the findings that led to it, how much each check looked at, the figures of the run, and
how much order it shows.
This file knows neither how a finding is found nor how it is printed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What came out; the worst of several wins. Of a check alone: it had nothing to look at."""

    PASS = "pass"  # noqa: S105 - no password
    INCONCLUSIVE = "inconclusive"
    FAIL = "fail"
    NOT_APPLICABLE = "not applicable"

    @property
    def exit_status(self) -> int:
        """The exit status of a command that ends with this outcome."""
        return {Outcome.PASS: 0, Outcome.FAIL: 1}.get(self, 3)

    @property
    def short(self) -> str:
        """How it is written where there is little room."""
        return "n/a" if self is Outcome.NOT_APPLICABLE else str(self)


_BADNESS = {
    Outcome.NOT_APPLICABLE: -1,
    Outcome.PASS: 0,
    Outcome.INCONCLUSIVE: 1,
    Outcome.FAIL: 2,
}


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the worst of `outcomes`: fail, then inconclusive, then pass; pass where none is.

    What is not applicable does not count.
    """
    return max((Outcome.PASS, *outcomes), key=_BADNESS.__getitem__)


class Direction(StrEnum):
    """Which way a moment goes, seen from the person it happened to."""

    TO_SERVER = "to server"
    FROM_SERVER = "from server"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Moment:
    """One of the few events that prove a finding.

    `at` is in nanoseconds since the run began, `who` the person, `text` a few plain words that may
    quote what a tested program sent: whoever prints it must escape it. `missing` marks what did not
    happen and should have.
    """

    at: int
    who: str
    direction: Direction
    text: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or could not be told (`outcome`).

    `check` names who found it, `requirement` what it violates. `says` is one or two sentences in
    the words of the chat, `cause` the likely reason where there is one. `count` is how many
    alike were seen. A timed finding depends on `deadline` (seconds); 0 means it is certain.
    `level` is how much is asked here, where that is not what the requirement as a whole asks.
    """

    check: str
    requirement: str
    says: str
    outcome: Outcome = Outcome.FAIL
    cause: str = ""
    moments: tuple[Moment, ...] = ()
    count: int = 1
    deadline: float = 0.0
    level: str = ""

    @property
    def timed(self) -> bool:
        """Whether it depends on a deadline."""
        return self.deadline > 0


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check said: its outcome, and how many things it looked at.

    `reason` is why it is not applicable, where it is not.
    """

    check: str
    outcome: Outcome
    looked_at: int
    findings: tuple[Finding, ...] = ()
    reason: str = ""


class Order(StrEnum):
    """The order in which everyone heard what was said; each but the first includes those above.

    `NONE`: not even one sender's messages came in theirs. `PER_SENDER`: those did. `CAUSAL`: no
    answer came before what it answers. `TOTAL`: one order of all messages fits everyone.
    """

    UNDETERMINED = "not determined"
    NONE = "none"
    PER_SENDER = "per sender"
    CAUSAL = "causal"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Refuted:
    """What shows that there was no such order: `says` is a part of a sentence."""

    says: str
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Levels:
    """How much order one run shows; never a failure.

    `sender`, `causal` and `total` refute RELAY-5, RELAY-12 and RELAY-11; None for what holds, and
    for what is not determined. Where one of the first two is refuted, those behind it may not have
    been looked at. `note` says what else there is to say: why nothing is determined, above all.
    """

    order: Order
    sender: Refuted | None = None
    causal: Refuted | None = None
    total: Refuted | None = None
    note: str = ""

    @property
    def refuted(self) -> Refuted | None:
        """What shows that there was no better order."""
        return self.sender or self.causal or self.total


@dataclass(frozen=True, slots=True)
class Figures:
    """The size of a run: how much was said and heard, and how long it took (seconds)."""

    people: int = 0
    messages: int = 0
    deliveries: int = 0
    obligations: int = 0
    seconds: float = 0.0
    lag: float = 0.0


@dataclass(frozen=True, slots=True)
class Inapplicable:
    """A requirement that a dialect does not let anybody see kept or violated, and why."""

    requirement: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's word on one run.

    `inapplicable` are the requirements that nobody could look at in the dialect of the run.
    """

    outcome: Outcome
    checks: tuple[CheckResult, ...]
    figures: Figures = field(default_factory=Figures)
    reason: str = ""
    levels: Levels | None = None
    notes: tuple[str, ...] = ()
    inapplicable: tuple[Inapplicable, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings: failures first, what is certain first, in the order of the checks."""
        every = [finding for check in self.checks for finding in check.findings]
        return tuple(sorted(every, key=lambda one: (-_BADNESS[one.outcome], one.timed)))
