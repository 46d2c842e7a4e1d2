"""Command: `harness conform`, from its options to its exit status.

Every file is read, and every name looked up, before anything is started. The report is written
whatever happens: also when the suite is interrupted, or the program dies in every case.
"""

import secrets
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from harness.build import build
from harness.conform.cases import Case, load_suite, select
from harness.conform.deviations import load_deviations, placed
from harness.conform.implementation import Implementation, names
from harness.conform.learning import Learning, check_learnable, learn_apart
from harness.conform.options import ConformOptions
from harness.conform.playing import to_hide, why_not
from harness.conform.results import Deviation, Report
from harness.conform.suite import PROCESSES, Suite, Terms
from harness.conform_options import SEVERAL
from harness.dialect import Dialect
from harness.dialect_files import REFERENCE_SPEAKS, load_dialect, read_dialect_text
from harness.errors import INTERRUPTED, UsageError
from harness.report.progress import ProgressState, make_progress
from harness.resources import Bounds
from harness.screen import Screen
from harness.spoken import LEARN
from harness.verdict import Outcome, worst


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One implementation, ready to be judged; `dialect` is None where it is still to be learnt."""

    one: Implementation
    dialect: Dialect | None
    text: str
    cases: tuple[Case, ...]
    known: tuple[Deviation, ...]


def conform(options: ConformOptions, screen: Screen) -> int:
    """Judge everything that `options` name; return the exit status.

    Raises `HarnessError` for what is wrong with the input, before anything is started.
    """
    candidates = [_candidate(options, one) for one in options.implementations]
    if options.listing or options.dry:
        screen.say("\n".join(_planned(options, candidates)))
        return 0
    _check_places(options)
    reports = []
    for one in candidates:
        report = _judge(options, one, screen)
        reports.append(report)
        _tell(options, report, screen, alone=len(candidates) == 1)
        if report.interrupted:
            break
    if len(candidates) > 1:
        screen.show_text(lambda **how: telling().matrix(reports, **how))
    _write(options, reports)
    if any(one.interrupted for one in reports):
        return INTERRUPTED
    return worst(one.outcome for one in reports).exit_status


# -- what is given -----------------------------------------------------------------------------


def _candidate(options: ConformOptions, one: Implementation) -> _Candidate:
    suite = load_suite(one.kind)
    known = _known(options, one, suite)
    cases = select(suite, options.selection) if options.selection else suite
    if one.dialect == LEARN:
        check_learnable(one)
        return _Candidate(one, None, "", cases, known)
    if one.is_reference and one.dialect not in REFERENCE_SPEAKS:
        *some, last = REFERENCE_SPEAKS
        raise UsageError(
            f"the reference speaks {', '.join(some)} and {last} only: for {one.dialect} name a "
            f"{one.kind} of your own"
        )
    text = read_dialect_text(one.dialect)
    return _Candidate(one, load_dialect(one.dialect), text, cases, known)


def _known(
    options: ConformOptions, one: Implementation, suite: Sequence[Case]
) -> tuple[Deviation, ...]:
    of = tuple(names(case.id for case in suite))
    own: tuple[Deviation, ...] = ()
    if one.source is not None:
        own = placed(one.deviations, one.source, ("deviations",), of)
    if options.deviations is not None:
        own += load_deviations(options.deviations, of)
    return own


def _check_places(options: ConformOptions) -> None:
    for kind, path in options.reports:
        if path.is_dir() or not path.parent.is_dir():
            raise UsageError(f"--report {kind}: {path} cannot be written: name a file in a folder")
    if len(options.implementations) > 1:
        for kind, _ in options.reports:
            if kind not in SEVERAL:
                raise UsageError(
                    f"--report {kind} is for one implementation: of several there is "
                    f"{' and '.join(SEVERAL)}"
                )


def _planned(options: ConformOptions, candidates: Sequence[_Candidate]) -> Iterator[str]:
    for each in candidates:
        if len(candidates) > 1 or options.dry:
            dialect = each.dialect.name if each.dialect else "a dialect to be learnt"
            yield f"{each.one.name}: {each.one.shown} ({dialect})"
        width = max(len(case.id) for case in each.cases)
        for case in each.cases:
            why = why_not(case, each.dialect) if each.dialect and options.dry else ""
            shows = f"not applicable: {why}" if why else f"{case.title} ({', '.join(case.of)})"
            yield f"  {case.id:{width}}  {shows}"
        runs = f", {options.repeat} times each" if options.repeat > 1 else ""
        yield f"{len(each.cases)} cases{runs}" + (": nothing was started" if options.dry else "")


# -- judging -----------------------------------------------------------------------------------


def _judge(options: ConformOptions, candidate: _Candidate, screen: Screen) -> Report:
    one = candidate.one
    if one.build:
        build(one.build, one.folder)
    dialect, text = candidate.dialect, candidate.text
    if dialect is None:
        dialect, text = learn_apart(_learning(options, one, screen), isolation=options.isolation)
    progress = make_progress(sys.stderr, quiet=options.quiet)

    def show(done: int, of: int, failed: int) -> None:
        state = f"{one.name}: {done} of {of} runs, {failed} failed"
        progress.update(ProgressState(state))

    try:
        return Suite(one, dialect, text, _terms(options, candidate)).judge(candidate.cases, show)
    finally:
        progress.done()


def _learning(options: ConformOptions, one: Implementation, screen: Screen) -> Learning:
    bounds = Bounds(options.memory << 20, PROCESSES)
    hidden = to_hide(one) if options.isolation else ()
    return Learning(one, bounds, hidden, options.patience, screen.say)


def _terms(options: ConformOptions, candidate: _Candidate) -> Terms:
    return Terms(
        known=candidate.known,
        strict=options.strict,
        repeat=options.repeat,
        seed=options.seed,
        patience=options.patience,
        workers=options.workers,
        memory=options.memory,
        isolation=options.isolation,
        out=options.out,
        several=len(options.implementations) > 1,
        selected=str(options.selection),
        again=options.again,
    )


# -- telling -----------------------------------------------------------------------------------


def telling() -> ModuleType:
    """Return the package that makes reports: only now is it needed, and it takes a while."""
    from harness.conform import reports  # noqa: PLC0415

    return reports


def _tell(options: ConformOptions, report: Report, screen: Screen, *, alone: bool) -> None:
    if options.github:
        # First: it has to be seen where a log is cut.
        screen.say(telling().annotations(report).rstrip("\n"))
    if alone or report.outcome is not Outcome.PASS or options.verbose:
        token = secrets.token_hex(16)

        def told(**how: Any) -> str:
            text: str = telling().render(report, verbose=options.verbose, **how)
            # It quotes the program, which could give commands of its own there.
            quoted: str = telling().unheeded(text, token) if options.github else text
            return quoted

        screen.show_text(told)


def _write(options: ConformOptions, reports: Sequence[Report]) -> None:
    for kind, path in options.reports:
        several = len(options.implementations) > 1
        to = telling()
        text = to.SEVERAL[kind](reports) if several else to.FORMATS[kind](reports[0])
        _save(path, text)


def _save(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--report: {path} cannot be written: {error.strerror}") from error
