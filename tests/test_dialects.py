"""Dialects: correct servers are never failed in any of them, whatever the scenario."""

from collections import Counter
from collections.abc import Iterator

import pytest
from _pytest.mark import ParameterSet
from known_good import cases
from playing import SCENARIOS, Play, dialects_of

from harness.dialect_files import builtin_dialects
from harness.verdict import Outcome

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

# What takes its time is for the reference, in test_scenarios.py.
NAMES = sorted({path.stem for path in SCENARIOS.glob("*.yaml")} - {"bounded_memory", "crowd"})
ELSEWHERE = ("raw", "lines")


def _pairs() -> Iterator[ParameterSet]:
    """Yield each scenario with the least played of the programs that can carry it."""
    every, played = list(cases(*ELSEWHERE)), Counter[str]()
    for name in NAMES:
        for case in sorted(every, key=lambda one: played[str(one.id)]):
            # Planned to find out, so the first that can is enough.
            if dialects_of(name, (str(case.values[1]),)):
                played[str(case.id)] += 1
                yield pytest.param(*case.values, name, marks=case.marks, id=f"{case.id}-{name}")
                break


PAIRS = list(_pairs())


@pytest.mark.parametrize(("program", "dialect", "scenario"), PAIRS)
def test_a_correct_server_passes(program: str, dialect: str, scenario: str, play: Play) -> None:
    played = play(scenario, program, dialect)
    assert played.verdict.outcome is Outcome.PASS, played.explain()
    assert played.verdict.figures.obligations > 0


def test_every_dialect_has_a_correct_server() -> None:
    played = {str(pair.values[1]) for pair in PAIRS}
    assert played | set(ELSEWHERE) == set(builtin_dialects())


def test_every_scenario_is_played_in_another_dialect_than_these_two() -> None:
    played = {str(pair.values[2]) for pair in PAIRS}
    assert set(NAMES) - played <= {"netcat"}
