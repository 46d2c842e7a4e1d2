"""Playing: runs of scenarios against programs below `tests/`, in this process, for the tests."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from known_good import TESTS, command

from harness.dialect_files import REFERENCE_SPEAKS, load_dialect
from harness.fitness import NotApplicableError, lacking
from harness.judge import judge
from harness.planning import make_plan
from harness.reference_chat import reference_command
from harness.run import RunResult, run_plan
from harness.scenario import Scenario, read_scenario
from harness.source import load, loads
from harness.target import TargetSpec
from harness.verdict import Finding, Outcome, Verdict

SCENARIOS = TESTS.parent / "scenarios"


@dataclass(frozen=True, slots=True)
class Played:
    """A run that is over: what was seen, and what the judge says."""

    result: RunResult
    verdict: Verdict

    @property
    def failed_checks(self) -> set[str]:
        """The checks that failed."""
        return {check.check for check in self.verdict.checks if check.outcome is Outcome.FAIL}

    @property
    def blamed(self) -> set[str]:
        """The requirements that were violated."""
        return {one.requirement for one in self.failures}

    @property
    def failures(self) -> list[Finding]:
        """What failed."""
        return [one for one in self.verdict.findings if one.outcome is Outcome.FAIL]

    def explain(self) -> str:
        """Say what came out, for a failed assertion."""
        rows = [
            f"{one.check} {one.requirement} {one.outcome} x{one.count}: {one.says} ({one.cause})"
            for one in self.verdict.findings
        ]
        head = f"{self.verdict.outcome} {self.verdict.reason} {self.verdict.figures}"
        return "\n".join([head, *rows, self.result.output[-2000:].decode(errors="replace")])


class Play(Protocol):
    """Runs a scenario, and judges it."""

    def __call__(
        self,
        scenario: str,
        server: str = "reference",
        dialect: str = "raw",
        seed: int = 1,
        patience: float = 1.0,
        changes: Mapping[str, str] | None = None,
    ) -> Played:
        """Play `scenario`, a name in `scenarios/` or YAML, against `server`.

        `server` is a program below `tests/`, as in `faulty/echoes.py`, or the reference;
        `changes` are as in `--set`.
        """


def play_scenario(
    scenario: str,
    server: str = "reference",
    dialect: str = "raw",
    seed: int = 1,
    patience: float = 1.0,
    changes: Mapping[str, str] | None = None,
) -> Played:
    """Play `scenario`; see `Play`."""
    is_yaml = "\n" in scenario
    source = loads(scenario, "inline") if is_yaml else load(SCENARIOS / f"{scenario}.yaml")
    known = load_dialect(dialect)
    name = "inline" if is_yaml else scenario
    plan = make_plan(read_scenario(source, changes), known, name=name, seed=seed, patience=patience)
    spec = TargetSpec(command=_command(server, dialect))
    result = asyncio.run(run_plan(plan, known, spec, None))
    return Played(result, judge(plan, known, result.history))


def dialects_of(scenario: str, among: Sequence[str] = REFERENCE_SPEAKS) -> tuple[str, ...]:
    """Return those of the dialects `among` that can carry a scenario of `scenarios/`."""
    return tuple(name for name in among if _carries(name, scenario))


@cache
def _read(scenario: str) -> Scenario:
    return read_scenario(load(SCENARIOS / f"{scenario}.yaml"))


@cache
def _carries(name: str, of: str) -> bool:
    dialect, scenario = load_dialect(name), _read(of)
    if lacking(scenario.needs, dialect):
        return False
    try:
        make_plan(scenario, dialect, name="fits", seed=1)
    except NotApplicableError:
        return False
    return True


def _command(server: str, dialect: str) -> tuple[str, ...]:
    if server == "reference":
        return reference_command(dialect)
    return command(server, dialect)
