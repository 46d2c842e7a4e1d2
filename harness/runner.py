"""Runner: `harness run` from its options to its exit status, run after run.

Everything that is given is read and planned before anything is started, so a mistake in the last
file is known before the first run. What a run leaves is in its folder before its report is shown.
"""

import asyncio
import secrets
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from harness import runfolder
from harness.build import build
from harness.dialect import Dialect
from harness.dialect_files import REFERENCE_SPEAKS, load_dialect
from harness.errors import INTERRUPTED, UsageError
from harness.fitness import NotApplicableError, lacking
from harness.judge import judge
from harness.options import RunOptions
from harness.places import find_scenario
from harness.plan import Plan
from harness.planning import make_plan
from harness.reference_chat import reference_command
from harness.report.json_report import to_json
from harness.report.progress import ProgressState, make_progress
from harness.report.text import About, render
from harness.requirements import REQUIREMENTS
from harness.run import RunResult, RunState, run_plan
from harness.scenario import Scenario, load_scenario
from harness.screen import Screen
from harness.spoken import LEARN, Spoken, learnt
from harness.target import TargetSpec
from harness.verdict import Outcome, Verdict, worst
from harness.words import end_of_process

MOST_OUTPUT = 4096
# Judging more takes a moment, and whoever waits should know for what.
MANY_EVENTS = 100_000
SEEDS = 2**32


@dataclass(frozen=True, slots=True)
class _Job:
    """One run to be made."""

    path: Path
    scenario: Scenario
    plan: Plan


def run(options: RunOptions, screen: Screen) -> int:
    """Run and judge everything that `options` name; return the exit status.

    Raises `HarnessError` for what is wrong with the input, before anything is started.
    """
    known = None if options.dialect == LEARN else load_dialect(options.dialect)
    spec = _target(options, known)
    told = [(path, load_scenario(path, options.changes, REQUIREMENTS)) for path in _paths(options)]
    if options.build and not known:
        build(options.build)
    spoken = Spoken(known) if known else learnt(spec, screen)
    jobs: list[_Job] = []
    skipped: list[str] = []
    for path, scenario in told:
        _plan(options, spoken, path, scenario, jobs, skipped)
    if spec.connect is not None:
        _check_server_is_ours(jobs)
    _check_places(options, len(jobs))
    if options.build and known:
        build(options.build)
    for words in skipped:
        screen.say(words)
    # Where nothing was run, nothing is proved.
    outcome = Outcome.PASS if jobs else Outcome.INCONCLUSIVE
    for job in jobs:
        verdict, interrupted = _run_one(options, job, spoken, spec, len(jobs), screen)
        if interrupted:
            return INTERRUPTED
        outcome = worst((outcome, verdict.outcome))
    if len(jobs) + len(skipped) > 1 or not jobs:
        also = f", {len(skipped)} skipped" if skipped else ""
        screen.say(f"{len(jobs)} runs: {outcome}{also}")
    return outcome.exit_status


def _plan(
    options: RunOptions,
    spoken: Spoken,
    path: Path,
    scenario: Scenario,
    jobs: list[_Job],
    skipped: list[str],
) -> None:
    """Add the runs of one file to `jobs`, or to `skipped` why it has none in this dialect."""
    if why := lacking(scenario.needs, spoken.dialect):
        skipped.append(f"SKIP  {path.stem}: {why}")
        return
    first = options.seed if options.seed is not None else scenario.seed
    if first is None:
        first = secrets.randbelow(SEEDS)
    for seed in range(first, first + options.repeat):
        try:
            plan = make_plan(
                scenario, spoken.dialect, name=path.stem, seed=seed, patience=options.patience
            )
        except NotApplicableError as error:
            # What is said is drawn anew with each seed, and the next one may fit.
            skipped += {f"SKIP  {path.stem}: {error.reason}"}.difference(skipped)
            continue
        jobs.append(_Job(path, scenario.model_copy(update={"seed": seed}), plan))


def _check_server_is_ours(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.plan.acts_on_server:
            raise UsageError(
                f"{job.path} stops, ends or starts the server, so it needs one that the harness "
                "starts: --server instead of --connect"
            )


def _paths(options: RunOptions) -> Iterator[Path]:
    """Yield the scenario files that were named, those of a folder in the order of their names."""
    for name in options.scenarios:
        path = find_scenario(Path(name))
        if not path.is_dir():
            yield path
            continue
        inside = sorted(path.glob("*.yaml"))
        if not inside:
            raise UsageError(f"there is no scenario (*.yaml) in {path}")
        yield from inside


def _check_places(options: RunOptions, jobs: int) -> None:
    """Find out before anything is started whether what is recorded can be put where it shall be."""
    if options.out is not None:
        runfolder.check_out(options.out)
    if options.json is None:
        return
    if jobs > 1:
        raise UsageError(
            f"--report json=FILE takes one verdict, and these are {jobs} runs: "
            "each leaves its verdict.json in its folder"
        )
    if options.json.is_dir() or not options.json.parent.is_dir():
        raise UsageError(f"--report: {options.json} cannot be written: name a file in a folder")


def _folder(options: RunOptions, job: _Job, jobs: int) -> Path:
    if options.out is not None and jobs > 1:
        return runfolder.new_folder(options.out, f"{job.plan.name}-{job.plan.seed}")
    return runfolder.make_folder(options.out, job.plan.name)


# -- the target --------------------------------------------------------------------------------


def _target(options: RunOptions, dialect: Dialect | None) -> TargetSpec:
    if options.connect is not None:
        _check_host(*options.connect)
        return TargetSpec(connect=options.connect)
    if options.server is not None:
        return TargetSpec(command=options.server, port=options.port)
    if dialect is None:
        raise UsageError(
            f"--dialect {LEARN} learns how a server speaks: name one with --server or --connect"
        )
    # By its name: a file that says it is called so may say anything else.
    if options.dialect not in REFERENCE_SPEAKS:
        *some, last = REFERENCE_SPEAKS
        spoken = f"{', '.join(some)} and {last}"
        raise UsageError(
            f"the reference server speaks {spoken} only: for {options.dialect} name a server "
            "with --server or --connect"
        )
    return TargetSpec(command=reference_command(dialect.name))


def _check_host(host: str, port: int) -> None:
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"--connect: there is no host {host!r}: {error}") from error


# -- one run -----------------------------------------------------------------------------------


def _run_one(
    options: RunOptions,
    job: _Job,
    spoken: Spoken,
    spec: TargetSpec,
    jobs: int,
    screen: Screen,
) -> tuple[Verdict, bool]:
    folder = _folder(options, job, jobs)
    about = _about(options, job, folder, spoken)
    runfolder.store_inputs(
        folder, job.scenario, options.dialect, job.plan, about, learnt=spoken.text
    )
    try:
        result = _play(options, job, spoken.dialect, spec, folder)
    except BaseException:
        runfolder.discard_unplayed(folder)
        raise
    verdict = _judge(options, job, spoken.dialect, result)
    about = _after(about, result)
    text = to_json(verdict, about)
    runfolder.store_verdict(folder, text, render(verdict, about))
    screen.show(verdict, about, options.verbose)
    if options.json:
        _write_report(options.json, text)
    return verdict, result.interrupted


def _write_report(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--report: {path} cannot be written: {error.strerror}") from error


def _play(
    options: RunOptions, job: _Job, dialect: Dialect, spec: TargetSpec, folder: Path
) -> RunResult:
    progress = make_progress(sys.stderr, quiet=options.quiet)

    def show(state: RunState) -> None:
        progress.update(_shown(state, job.plan))

    try:
        return asyncio.run(run_plan(job.plan, dialect, spec, folder, show))
    finally:
        progress.done()


def _judge(options: RunOptions, job: _Job, dialect: Dialect, result: RunResult) -> Verdict:
    progress = make_progress(sys.stderr, quiet=options.quiet)
    if len(result.history.events) > MANY_EVENTS:
        progress.update(ProgressState(f"judging {len(result.history.events):,} events"))
    try:
        return judge(job.plan, dialect, result.history)
    finally:
        progress.done()


def _shown(state: RunState, plan: Plan) -> ProgressState:
    return ProgressState(
        stage=state.stage,
        people_in=state.people_in,
        people_expected=len(plan.people),
        said=state.said,
        heard=state.heard,
        lag=state.lag,
        seconds=state.seconds,
        step=state.step,
    )


def _about(options: RunOptions, job: _Job, folder: Path, spoken: Spoken) -> About:
    if spoken.text is not None:
        # Once more in the same dialect, whatever would be learnt the next time.
        options = replace(options, dialect=str(folder / runfolder.DIALECT))
    server = options.server or "the reference server"
    if options.connect:
        server = f"{options.connect[0]}:{options.connect[1]}"
    return About(
        name=job.plan.name,
        title=job.plan.title,
        seed=job.plan.seed,
        dialect=job.plan.dialect,
        server=server,
        repeat_command=options.repeat_command(str(job.path), job.plan.seed),
        run_folder=str(folder),
    )


def _after(about: About, result: RunResult) -> About:
    status = result.exit_status
    ended = "" if status is None else end_of_process(status)
    tail = result.output[-MOST_OUTPUT:].decode("utf-8", "backslashreplace")
    return replace(about, server_output_tail=tail, server_exit=ended)
