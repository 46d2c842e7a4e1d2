"""Playing: one run of one case against one implementation, in this process.

Nothing here knows which cases there are, what runs beside this one, and what the verdict means.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from harness import runfolder
from harness.client_scenario import ClientScenario
from harness.command import split
from harness.conform.cases import Case
from harness.conform.implementation import Implementation
from harness.conform.results import CaseRun
from harness.conform.wire import wire_log
from harness.dialect import Dialect
from harness.fakes import Fakes
from harness.fitness import NotApplicableError, lacking
from harness.judge import judge
from harness.places import scenario_folder
from harness.plan import Plan
from harness.planning import make_plan
from harness.reference_chat import reference_client, reference_command
from harness.report.json_report import to_json
from harness.report.text import About, render
from harness.resources import UNBOUNDED, Bounds
from harness.run import RunResult, run_plan
from harness.scenario import Scenario
from harness.target import TargetSpec
from harness.verdict import Outcome, Verdict
from harness.words import end_of_process

MOST_PRINTED = 4096
NOT_OURS = "it stops, ends or starts the server, and this one was not started by the harness"
_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Job:
    """One run to be made, with all that it needs.

    `folder` keeps it where it did not pass; with `keep` in any case, from its first event on.
    """

    case: Case
    seed: int
    implementation: Implementation
    dialect: Dialect
    dialect_text: str
    patience: float = 1.0
    folder: Path | None = None
    keep: bool = False
    bounds: Bounds = UNBOUNDED
    hidden: tuple[str, ...] = ()
    repeat: str = ""

    @property
    def place(self) -> Path | None:
        """The folder in which the program is run."""
        return self.implementation.folder

    def do(self, *, network: bool) -> "Played":
        """Play it, in a process that has a network of its own or not."""
        return replace(play(self), network=network)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a job: its `run`, or why it is not applicable in this dialect.

    `isolation` is how the program's processes were held together, `hidden` whether it could not
    see the harness, `network` whether its network was its own.
    """

    run: CaseRun | None = None
    inapplicable: str = ""
    isolation: str = ""
    hidden: bool = False
    network: bool = False
    interrupted: bool = False


def why_not(case: Case, dialect: Dialect) -> str:
    """Say why `case` is not applicable, as far as that shows before it is planned; "" if it is."""
    if isinstance(case.scenario, ClientScenario):
        # What plays clients takes its time to be imported, and servers do not need it.
        from harness.clients import why_not as why_no_client  # noqa: PLC0415

        return why_no_client(case.scenario, dialect)
    return lacking(case.scenario.needs, dialect)


def prepare(jobs: Iterable[Job]) -> None:
    """Load what these runs need, so that the processes that play them have it from this one."""
    cases = [job.case.scenario for job in jobs]
    for locale in {one.locale for one in cases if isinstance(one, Scenario)}:
        Fakes(locale)


def play(job: Job) -> Played:
    """Play and judge one case; the program and all that it starts has ended afterwards.

    Raises `HarnessError` where the program cannot be started.
    """
    begun = time.monotonic()
    if isinstance(job.case.scenario, Scenario):
        return _play_server(job, job.case.scenario, begun)
    return _play_client(job, job.case.scenario, begun)


# -- servers ---------------------------------------------------------------------------------------


def _play_server(job: Job, scenario: Scenario, begun: float) -> Played:
    try:
        plan = make_plan(
            scenario, job.dialect, name=job.case.id, seed=job.seed, patience=job.patience
        )
    except NotApplicableError as error:
        return Played(inapplicable=error.reason)
    if plan.acts_on_server and job.implementation.connect is not None:
        return Played(inapplicable=NOT_OURS)
    if job.keep:
        _store_inputs(job, scenario, plan)
    result = asyncio.run(run_plan(plan, job.dialect, _spec(job), job.folder if job.keep else None))
    verdict = judge(plan, job.dialect, result.history)
    if job.folder is not None and verdict.outcome is not Outcome.PASS and not job.keep:
        _store_inputs(job, scenario, plan)
        runfolder.store_history(job.folder, result.history, result.output)
    return Played(
        run=_server_run(job, plan, result, verdict, begun),
        isolation=result.isolation,
        hidden=result.hidden,
        interrupted=result.interrupted,
    )


def _store_inputs(job: Job, scenario: Scenario, plan: Plan) -> None:
    assert job.folder is not None
    job.folder.mkdir(exist_ok=True)
    seeded = scenario.model_copy(update={"seed": job.seed})
    runfolder.store_inputs(job.folder, seeded, "", plan, about_of(job), learnt=job.dialect_text)


def _server_run(job: Job, plan: Plan, result: RunResult, verdict: Verdict, begun: float) -> CaseRun:
    status = result.exit_status
    crash = "" if status is None else end_of_process(status)
    about = about_of(job, result.output, crash)
    passed = verdict.outcome is Outcome.PASS
    if job.folder is not None and job.folder.exists():
        runfolder.store_verdict(job.folder, to_json(verdict, about), render(verdict, about))
    return CaseRun(
        seed=job.seed,
        verdict=verdict,
        about=about,
        seconds=time.monotonic() - begun,
        wire="" if passed else wire_log(result.history, f"dialect {plan.dialect}"),
        crash=crash,
    )


def _spec(job: Job) -> TargetSpec:
    one = job.implementation
    if one.connect is not None:
        return TargetSpec(connect=one.connect)
    command = one.command or reference_command(job.dialect.name)
    return TargetSpec(command=command, port=one.port, bounds=job.bounds, hidden=job.hidden)


# -- clients ---------------------------------------------------------------------------------------


def _play_client(job: Job, scenario: ClientScenario, begun: float) -> Played:
    from harness.clients import ClientSpec, judge_client, play_client  # noqa: PLC0415

    one = job.implementation
    command = one.command or reference_client(job.dialect.name)
    spec = ClientSpec(command=command, port=one.port, bounds=job.bounds, hidden=job.hidden)
    run = asyncio.run(
        play_client(
            scenario,
            job.dialect,
            spec,
            terminal=bool(job.case.terminal),
            seed=job.seed,
            patience=job.patience,
            folder=None,
        )
    )
    verdict = judge_client(scenario, job.dialect, run)
    about = about_of(job, run.output)
    passed = verdict.outcome is Outcome.PASS
    if job.folder is not None and (job.keep or not passed):
        job.folder.mkdir(exist_ok=True)
        runfolder.store_printed(job.folder, run.output, run.wire_log())
        runfolder.store_verdict(job.folder, to_json(verdict, about), render(verdict, about))
    return Played(
        run=CaseRun(
            seed=job.seed,
            verdict=verdict,
            about=about,
            seconds=time.monotonic() - begun,
            wire="" if passed else run.wire_log(),
        ),
        isolation=run.isolation,
        hidden=run.hidden,
        interrupted=run.interrupted,
    )


# -- both ------------------------------------------------------------------------------------------


def about_of(job: Job, printed: bytes = b"", ended: str = "") -> About:
    """Return what was run, what the program `printed` and how it `ended` by itself."""
    return About(
        name=job.case.id,
        title=job.case.title,
        seed=job.seed,
        dialect=job.dialect.name,
        server=job.implementation.shown,
        repeat_command=job.repeat,
        run_folder=str(job.folder or ""),
        server_output_tail=printed[-MOST_PRINTED:].decode("utf-8", "backslashreplace"),
        server_exit=ended,
    )


def to_hide(implementation: Implementation) -> tuple[str, ...]:
    """Return what the program shall not see: the harness, the reference, and the suite.

    The reference itself, and what is started by the reference's own words, has to be seen.
    """
    if implementation.is_reference or _names_us(implementation):
        return ()
    places = (_PACKAGE, _PACKAGE.parent / "reference", scenario_folder())
    return tuple(str(place) for place in dict.fromkeys(places) if place.is_dir())


def _names_us(implementation: Implementation) -> bool:
    """Whether the command is, or runs, something that would be hidden: no secret, then."""
    words = split(implementation.command or "true")
    inside = (_PACKAGE, _PACKAGE.parent / "reference")
    folder = implementation.folder or Path.cwd()
    return any(word.startswith(("reference.", "harness.")) for word in words) or any(
        (folder / word).resolve().is_relative_to(place) for word in words for place in inside
    )
