"""Cases as tests of pytest: how one is played, and what becomes of what was found.

A test fails with what was found, in the words of the report, and with no traceback. What a dialect
cannot show is skipped, a known deviation is an expected failure, and so is what only SHOULD be,
unless --chat-strict.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.build import build
from harness.conform import conclude
from harness.conform.cases import Case, load_case, load_suite
from harness.conform.deviations import load_deviations
from harness.conform.implementation import Implementation, names, repeat_command
from harness.conform.learning import Learning, check_learnable, learn_apart
from harness.conform.playing import Job, Played, to_hide, why_not
from harness.conform.results import CaseResult, CaseRun, Deviation, Kind
from harness.conform.suite import PROCESSES, SEEDS
from harness.conform.workers import Failed, Workers
from harness.dialect import Dialect
from harness.dialect_files import load_dialect, read_dialect_text
from harness.errors import BadValue, HarnessError
from harness.implementation_file import address
from harness.pytest_options import LEARN, LEARNT, SUITE, given
from harness.report.text import render
from harness.requirements import REQUIREMENTS, Level
from harness.resources import Bounds
from harness.source import loads, validated
from harness.verdict import Outcome

_BOUNDS = Bounds(2048 << 20, PROCESSES)


def prepare_once(config: pytest.Config) -> None:
    """Build what is judged, and learn how it speaks, as asked; raises `pytest.UsageError`."""
    try:
        if command := given(config, "build"):
            build(command)
        if given(config, "dialect") == LEARN:
            config.stash[LEARNT] = _learnt(_implementation(config))
    except HarnessError as error:
        raise pytest.UsageError(str(error)) from None


def _learnt(one: Implementation) -> str:
    """Return the text of the dialect in which a server speaks."""
    check_learnable(one)
    with _turn(one.port):
        _, text = learn_apart(Learning(one, _BOUNDS, to_hide(one)), clean=True)
    return text


class CaseFile(pytest.File):
    """A file of cases: the suite's own, or one scenario."""

    def collect(self) -> Iterator["CaseItem"]:
        """Yield a test for each case."""
        try:
            judged = _judged(self.config)
            own = self.path.parent == SUITE
            cases = load_suite(judged.one.kind) if own else tuple(load_case(self.path))
        except HarnessError as error:
            raise self.CollectError(str(error)) from None
        for case in cases:
            if case.kind is judged.one.kind:
                yield CaseItem.from_parent(self, name=case.id, case=case)


class CaseFailedError(Exception):
    """A case that failed or could not be judged; its text is what was found."""


class CaseItem(pytest.Item):
    """One case as a test."""

    def __init__(self, *, case: Case, **more: Any) -> None:
        super().__init__(**more)
        self.case = case
        for name in case.of:
            level = REQUIREMENTS[name].level
            self.add_marker(pytest.mark.chat_requirement(name))
            self.add_marker(getattr(pytest.mark, f"chat_{level.lower()}"))
            self.user_properties.append(("requirement", f"{name} {level}"))

    def runtest(self) -> None:
        """Play the case, and fail with what was found."""
        judged = _judged(self.config)
        if why := why_not(self.case, judged.dialect):
            pytest.skip(why)
        played = judged.play(self.case)
        if played.run is None:
            pytest.skip(played.inapplicable)
        self.user_properties.append(("seed", str(played.run.seed)))
        judged.tell(self.case, played.run)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *more: Any) -> Any:
        """Return what was found, and no traceback of ours."""
        if isinstance(excinfo.value, CaseFailedError | HarnessError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *more)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return where the case stands, and its name."""
        return self.case.path, None, self.name


@dataclass(frozen=True, slots=True)
class Judged:
    """What is judged in this session, and how."""

    one: Implementation
    dialect: Dialect
    text: str
    known: tuple[Deviation, ...]
    patience: float
    seed: int
    strict: bool

    def play(self, case: Case) -> Played:
        """Play one case in a process of its own; raises `HarnessError`."""
        job = Job(
            case=case,
            seed=self.seed,
            implementation=self.one,
            dialect=self.dialect,
            dialect_text=self.text,
            patience=self.patience,
            bounds=_BOUNDS,
            hidden=to_hide(self.one),
            repeat=repeat_command(self.one, case.id, self.seed, self.patience),
        )
        results: list[Played | Failed] = []
        workers = Workers(1, apart=self.one.connect is None, clean=True)
        with _turn(self.one.port):
            workers.run([job], lambda _, result: results.append(result))
        if workers.interrupted:
            raise KeyboardInterrupt
        (result,) = results or [Failed("it was interrupted")]
        if isinstance(result, Failed):
            raise HarnessError(result.words)
        return result

    def tell(self, case: Case, run: CaseRun) -> None:
        """Raise what pytest makes a failure, or an expected failure, of."""
        result = CaseResult(case.id, case.title, case.of, run.verdict.outcome, (run,))
        blamed = result.blamed or ("",)
        excuses = [conclude.excuse(result, name, self.known) for name in blamed]
        if run.verdict.outcome is Outcome.PASS:
            self._check_not_stale(result)
            return
        if run.verdict.outcome is Outcome.FAIL and all(excuses):
            assert excuses[0] is not None
            pytest.xfail(f"known deviation: {excuses[0].reason}")
        if not self.strict and _only_should(result):
            pytest.xfail(f"{', '.join(blamed)} SHOULD be kept: --chat-strict makes it a failure")
        raise CaseFailedError(render(run.verdict, run.about).rstrip("\n"))

    def _check_not_stale(self, result: CaseResult) -> None:
        stale = next((one for one in self.known if one.of == result.id), None)
        if stale is not None:
            raise CaseFailedError(
                f"{stale.place}: {stale.of} passes now: take it out of the known deviations"
            )


def _only_should(result: CaseResult) -> bool:
    """Tell whether all that failed SHOULD be otherwise, and nothing MUST."""
    failed = list(conclude.failures(result))
    levels = {
        Level(one.level) if one.level else REQUIREMENTS[one.requirement].level
        for one in failed
        if one.requirement in REQUIREMENTS
    }
    return bool(failed) and levels == {Level.SHOULD}


# -- what is judged --------------------------------------------------------------------------------

_JUDGED = pytest.StashKey[Judged]()


def _judged(config: pytest.Config) -> Judged:
    """Return what this session judges, found out once; raises `HarnessError`."""
    if _JUDGED not in config.stash:
        config.stash[_JUDGED] = _read(config)
    return config.stash[_JUDGED]


def _read(config: pytest.Config) -> Judged:
    one = _implementation(config)
    deviations = given(config, "deviations")
    suite = [case.id for case in load_suite(one.kind)]
    known = load_deviations(Path(deviations), tuple(names(suite))) if deviations else ()
    dialect, text = _spoken(config, one.dialect)
    return Judged(
        one=one,
        dialect=dialect,
        text=text,
        known=known,
        patience=_number(config, "patience", 1.0),
        seed=int(_number(config, "seed", int.from_bytes(os.urandom(4), "big") % SEEDS)),
        strict=config.getoption("--chat-strict"),
    )


def _spoken(config: pytest.Config, name: str) -> tuple[Dialect, str]:
    """Return the dialect called `name`, and its text: what was learnt, or what stands there."""
    if name == LEARN:
        text = config.stash[LEARNT]
        return validated(loads(text, "learnt.yaml"), Dialect), text
    return load_dialect(name), read_dialect_text(name)


def _implementation(config: pytest.Config) -> Implementation:
    server, client = given(config, "server"), given(config, "client")
    connect, port = given(config, "connect"), given(config, "port")
    if sum(one is not None for one in (server, client, connect)) != 1:
        raise HarnessError("name what to judge: --chat-server, --chat-client or --chat-connect")
    try:
        where = address(connect) if connect else None
    except BadValue as error:
        raise HarnessError(f"--chat-connect: {error}") from None
    return Implementation(
        name=server or client or connect or "",
        kind=Kind.CLIENT if client else Kind.SERVER,
        command=server or client,
        connect=where,
        port=int(_number(config, "port", 0)) if port else None,
        dialect=given(config, "dialect") or "raw",
        folder=config.rootpath,
    )


def _number(config: pytest.Config, name: str, otherwise: float) -> float:
    text = given(config, name)
    try:
        return otherwise if text is None else float(text)
    except ValueError:
        raise HarnessError(f"--chat-{name}: {text!r} is no number") from None


@contextmanager
def _turn(port: int | None) -> Iterator[None]:
    """Let nobody else of this machine judge a program with this port meanwhile."""
    if port is None:
        yield
        return
    path = Path(tempfile.gettempdir(), f"whoheard-turn-{port}.lock")
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
