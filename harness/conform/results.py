"""Results: what came out when an implementation was judged, as values.

A case is run once or more, each run has a verdict; a requirement has the cases that say something
about it; the report has all of that, and what it means as a whole. What these mean is worked out in
`conclude`; this file knows neither how a case is played nor how a report is printed. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from harness.report.text import About
from harness.requirements import Level
from harness.verdict import Finding, Order, Outcome, Verdict


class Kind(StrEnum):
    """What is judged."""

    SERVER = "server"
    CLIENT = "client"


class Standing(StrEnum):
    """How an implementation stands with one requirement.

    `NOT_REACHED` is said of levels alone (total and causal order), which nobody fails.
    """

    PASS = "pass"  # noqa: S105 - no password
    INCONCLUSIVE = "inconclusive"
    FAIL = "fail"
    NOT_APPLICABLE = "not applicable"
    NOT_REACHED = "not reached"


class Conformity(StrEnum):
    """What holds of the implementation as a whole."""

    STRICT = "conforms strictly"  # every MUST and every SHOULD
    CONFORMS = "conforms"  # every MUST
    DEVIATES = "conforms but for known deviations"
    FAILS = "does not conform"
    UNKNOWN = "could not be judged"


@dataclass(frozen=True, slots=True)
class Deviation:
    """What its implementer knows to be otherwise: a requirement's or a case's id, and why.

    `place` is where it is written (file:line:column).
    """

    of: str
    reason: str
    link: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class CaseRun:
    """One run of a case; `wire` is what went to and fro, as text, where it did not pass.

    `seconds` it took. `crash` says how the program ended where nobody had told it to.
    """

    seed: int
    verdict: Verdict
    about: About
    seconds: float = 0.0
    wire: str = ""
    crash: str = ""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case, with all its runs; `reason` is why it was not run where it was not applicable.

    `of` are the requirements that the case names. A case that could not be judged because the
    machine was late is run again by itself: `again` says how often.
    """

    id: str
    title: str
    of: tuple[str, ...]
    outcome: Outcome
    runs: tuple[CaseRun, ...] = ()
    reason: str = ""
    again: int = 0
    deviation: Deviation | None = None
    path: str = ""

    @property
    def findings(self) -> Iterator[Finding]:
        """What was found in all runs, the failures of a run first."""
        for run in self.runs:
            yield from run.verdict.findings

    @property
    def passed(self) -> int:
        """How many of its runs passed."""
        return sum(run.verdict.outcome is Outcome.PASS for run in self.runs)

    @property
    def blamed(self) -> tuple[str, ...]:
        """The requirements that failed in any run, without repeats."""
        failed = (one for one in self.findings if one.outcome is Outcome.FAIL)
        return tuple(dict.fromkeys(one.requirement for one in failed if one.requirement))

    @property
    def seconds(self) -> float:
        """How long its runs took in all."""
        return sum(run.seconds for run in self.runs)

    @property
    def first_failure(self) -> CaseRun | None:
        """The first run that did not pass."""
        return next((one for one in self.runs if one.verdict.outcome is not Outcome.PASS), None)


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """How it stands with one requirement, and the cases that tell.

    `cases` maps the id of each case that says something about it to what it says. `reason` is why
    it is inconclusive or not applicable. `deviation` is set where all that violates it is known.
    `only` is the level of what violates it where that is less than the requirement's own: a MUST
    of which only the part that SHOULD be so is not.
    """

    id: str
    level: Level
    sentence: str
    standing: Standing
    cases: Mapping[str, Outcome]
    reason: str = ""
    deviation: Deviation | None = None
    only: Level | None = None
    says: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """A requirement that fails, and how many of the cases that fail it explains (`of` in all)."""

    requirement: str
    explains: int
    of: int
    says: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """An implementation against the protocol.

    `command` is how it was started (or HOST:PORT), `name` how it is called. `advice` is what to
    fix, the first thing first. `stale` are the known deviations that are none any more, `unmet` the
    requirements that it claims to keep and that were not shown to be kept. `order` is
    the best order that every run showed. `isolation` says how the program was kept apart.
    `selected` says how cases were chosen where not all were run. `notes` is what else to know.
    """

    name: str
    kind: Kind
    command: str
    dialect: str
    cases: tuple[CaseResult, ...]
    requirements: tuple[RequirementResult, ...]
    conformity: Conformity
    outcome: Outcome
    order: Order = Order.UNDETERMINED
    advice: tuple[Advice, ...] = ()
    stale: tuple[Deviation, ...] = ()
    unmet: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    isolation: str = ""
    selected: str = ""
    strict: bool = False
    interrupted: bool = False
    seconds: float = 0.0
    version: str = ""

    def requirement(self, name: str) -> RequirementResult:
        """Return how it stands with one requirement; KeyError where it was not looked at."""
        return {one.id: one for one in self.requirements}[name]

    def case(self, name: str) -> CaseResult:
        """Return one case's result."""
        return {one.id: one for one in self.cases}[name]

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The cases that failed."""
        return tuple(one for one in self.cases if one.outcome is Outcome.FAIL)

    def count(self, outcome: Outcome) -> int:
        """Return how many cases came out so."""
        return sum(one.outcome is outcome for one in self.cases)
