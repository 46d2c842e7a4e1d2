"""Suite: the cases played against one implementation, and what came out as a report.

What could not be judged because the machine had too much to do is played once more, by itself.
Knows nothing of the command line, nor of how a report is printed.
"""

import os
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness import runfolder
from harness.conform import conclude
from harness.conform.cases import Case
from harness.conform.implementation import Implementation
from harness.conform.playing import Job, Played, about_of, prepare, to_hide, why_not
from harness.conform.results import CaseResult, CaseRun, Deviation, Report
from harness.conform.workers import Failed, Workers
from harness.dialect import Dialect
from harness.errors import UsageError
from harness.implementation_file import STRICT
from harness.places import release
from harness.requirements import REQUIREMENTS
from harness.requirements.scope import why_not as why_not_seen
from harness.resources import Bounds
from harness.verdict import Outcome, Verdict, worst

SEEDS = 2**32
PROCESSES = 512
# Most of a case is waiting, and what waits needs no processor.
SIDE_BY_SIDE = 3
# So many times as many, while nearly all of them wait for an answer that does not come.
WAITING = 3

Show = Callable[[int, int, int], None]
Again = Callable[[Implementation, str, int], str]


@dataclass(frozen=True, slots=True)
class Terms:
    """How an implementation is judged; `memory` in MiB, `workers` None for what is best here."""

    known: tuple[Deviation, ...] = ()
    strict: bool = False
    repeat: int = 1
    seed: int | None = None
    patience: float = 1.0
    workers: int | None = None
    memory: int = 2048
    isolation: bool = True
    out: Path | None = None
    several: bool = False
    selected: str = ""
    again: Again = lambda _one, _case, _seed: ""


@dataclass(slots=True)
class _Told:
    """What is known of a case so far."""

    runs: list[CaseRun] = field(default_factory=list)
    inapplicable: str = ""
    again: int = 0


class Suite:
    """Judges `one`, which speaks `dialect` (`text` is its file), on these `terms`."""

    def __init__(self, one: Implementation, dialect: Dialect, text: str, terms: Terms) -> None:
        self.one = one
        self.dialect = dialect
        self.text = text
        self.terms = terms
        self.seed = secrets.randbelow(SEEDS) if terms.seed is None else terms.seed
        self.kept: Path | None = None
        self.interrupted = False
        self._told: dict[str, _Told] = {}
        self._played: list[Played] = []

    def judge(self, cases: Sequence[Case], show: Show = lambda *_: None) -> Report:
        """Play `cases`, and return what came out; also where that was interrupted.

        Raises `HarnessError` where the program cannot be started at all.
        """
        begun = time.monotonic()
        self._told = {case.id: _Told(inapplicable=why_not(case, self.dialect)) for case in cases}
        self._make_folder()
        jobs = [job for case in cases for job in self._jobs(case)]
        self._run(jobs, self._workers(), show)
        if late := [job for job in jobs if self._is_doubtful(job)]:
            for job in late:
                told = self._told[job.case.id]
                told.runs = [run for run in told.runs if run.seed != job.seed]
                told.again += 1
            self._run(late, 1, show)
        if self.kept is not None:
            runfolder.discard_empty(self.kept)
        return self._report(cases, time.monotonic() - begun)

    # -- playing -------------------------------------------------------------------------------

    def _jobs(self, case: Case) -> list[Job]:
        if self._told[case.id].inapplicable:
            return []
        return [self._job(case, self.seed + number) for number in range(self.terms.repeat)]

    def _job(self, case: Case, seed: int) -> Job:
        kept = (str(self.kept),) if self.kept else ()
        hidden = to_hide(self.one) if self.terms.isolation else ()
        return Job(
            case=case,
            seed=seed,
            implementation=self.one,
            dialect=self.dialect,
            dialect_text=self.text,
            patience=self.terms.patience,
            folder=self.kept and (self.kept / f"{case.id}-{seed}"),
            keep=self.terms.out is not None,
            bounds=Bounds(self.terms.memory << 20, PROCESSES),
            hidden=(*hidden, *kept) if hidden else (),
            repeat=self.terms.again(self.one, case.id, seed),
        )

    def _workers(self) -> int:
        if self.one.connect is not None:
            return 1  # one room: two cases in it would hear each other
        apart = self.terms.isolation and has_network()
        if self.one.port is not None and not apart:
            return 1
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
        return self.terms.workers or processors * SIDE_BY_SIDE

    def _run(self, jobs: Sequence[Job], most: int, show: Show) -> None:
        apart = self.terms.isolation and self.one.connect is None
        waiting = WAITING * most if most > 1 and not self.terms.workers else 0
        workers = Workers(most, apart=apart, most_idle=waiting)
        prepare(jobs)
        failed = 0

        def done(index: int, result: Played | Failed) -> None:
            nonlocal failed
            failed += self._take(jobs[index], result)
            show(index + 1, len(jobs), failed)

        workers.run(jobs, done)
        self.interrupted = self.interrupted or workers.interrupted

    def _take(self, job: Job, result: Played | Failed) -> bool:
        """Take in what came of a job; whether it failed."""
        told = self._told[job.case.id]
        if isinstance(result, Failed):
            told.runs += [] if result.interrupted else [_no_run(job, result)]
            return False
        self._played.append(result)
        self.interrupted = self.interrupted or result.interrupted
        if result.run is None:
            told.inapplicable = result.inapplicable
            return False
        told.runs.append(result.run)
        return result.run.verdict.outcome is Outcome.FAIL

    def _is_doubtful(self, job: Job) -> bool:
        """Whether a run could not be judged, and ran beside others."""
        return not self.interrupted and any(
            run.seed == job.seed and run.verdict.outcome is Outcome.INCONCLUSIVE
            for run in self._told[job.case.id].runs
        )

    # -- what is kept --------------------------------------------------------------------------

    def _make_folder(self) -> None:
        out = self.terms.out
        if out is None or self.terms.several:
            parent = out or Path("runs")
            name = f"conform-{self.one.name}"
            self.kept = runfolder.dated_folder(parent, name).resolve()
            return
        self.kept = runfolder.make_folder(out, "conform").resolve()

    # -- what came out -------------------------------------------------------------------------

    def _report(self, cases: Sequence[Case], seconds: float) -> Report:
        results = tuple(self._result(case) for case in cases)
        scopes = {one.id: why_not_seen(one, self.dialect) for one in REQUIREMENTS.values()}
        requirements = conclude.requirements_of(results, self.terms.known, scopes)
        conformity = conclude.conformity_of(requirements)
        stale = tuple(conclude.stale_of(results, self.terms.known))
        unmet = conclude.unmet_of(self.one.claims, requirements)
        strict = self.terms.strict or STRICT in self.one.claims
        return Report(
            name=self.one.name,
            kind=self.one.kind,
            command=self.one.shown,
            dialect=self.dialect.name,
            cases=results,
            requirements=requirements,
            conformity=conformity,
            outcome=conclude.outcome_of(
                conformity, requirements, strict=strict, stale=stale, unmet=unmet
            ),
            order=conclude.order_of(results),
            advice=tuple(conclude.advice_of(results, requirements)),
            stale=stale,
            unmet=unmet,
            isolation=self._isolation(),
            selected=self.terms.selected,
            strict=strict,
            interrupted=self.interrupted,
            seconds=seconds,
            version=release(),
        )

    def _result(self, case: Case) -> CaseResult:
        told = self._told[case.id]
        runs = tuple(sorted(told.runs, key=lambda run: run.seed))
        outcome = worst(run.verdict.outcome for run in runs)
        reason = next((run.verdict.reason for run in runs if run.verdict.reason), "")
        if told.inapplicable and not runs:
            outcome, reason = Outcome.NOT_APPLICABLE, told.inapplicable
        elif not runs:
            outcome, reason = Outcome.INCONCLUSIVE, "it was not run: the suite was interrupted"
        result = CaseResult(
            id=case.id,
            title=case.title,
            of=case.of,
            outcome=outcome,
            runs=runs,
            reason=reason,
            again=told.again,
            path=str(case.path),
        )
        return replace(result, deviation=_known(result, self.terms.known))

    def _isolation(self) -> str:
        if self.one.connect is not None:
            return "none: it ran already, and was neither started nor watched"
        if not self._played:
            return ""
        network = "a network of its own" if all(p.network for p in self._played) else ""
        processes = "a process namespace" if all(_in_namespace(p) for p in self._played) else ""
        held = " and ".join(words for words in (network, processes) if words)
        if not held:
            return "none: the program could reach what this machine reaches"
        hidden = all(p.hidden for p in self._played)
        return f"each run had {held}" + (", and could not see the harness" if hidden else "")


def has_network() -> bool:
    """Whether a process of this machine's can have a network of its own."""
    pid = os.fork()
    if not pid:
        from harness.conform.isolate import isolate  # noqa: PLC0415 - only where it is asked

        os._exit(0 if isolate() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _in_namespace(played: Played) -> bool:
    return played.isolation == "pid-namespace" or played.run is None


def _known(result: CaseResult, known: Sequence[Deviation]) -> Deviation | None:
    """Return the deviation that a case's failure is, where all of it is known."""
    if result.outcome is not Outcome.FAIL:
        return None
    blamed = result.blamed or ("",)
    excuses = [conclude.excuse(result, name, known) for name in blamed]
    return excuses[0] if all(excuses) else None


def _no_run(job: Job, failed: Failed) -> CaseRun:
    if not failed.ours:
        raise UsageError(failed.words)
    reason = f"the harness made a mistake: {failed.words}"
    return CaseRun(job.seed, Verdict(Outcome.INCONCLUSIVE, (), reason=reason), about_of(job))
