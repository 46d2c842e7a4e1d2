"""Scenarios: each of `scenarios/` passes on the reference server, in each of its dialects."""

from pathlib import Path

import pytest
from playing import SCENARIOS, Play, dialects_of

from harness.dialect_files import REFERENCE_SPEAKS
from harness.requirements import REQUIREMENTS
from harness.scenario import load_scenario
from harness.verdict import Outcome

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

SOMETIMES = {
    *("cleanup", "alive", "hears nothing", "stalled reader", "flood", "limits", "lifecycle"),
    "announcements",
}
FILES = sorted(SCENARIOS.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario_names_the_requirement_it_is_about(path: Path) -> None:
    assert load_scenario(path, known_requirements=REQUIREMENTS).requirement


@pytest.mark.parametrize("dialect", REFERENCE_SPEAKS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_reference_passes(path: Path, dialect: str, play: Play) -> None:
    if dialect not in dialects_of(path.stem, (dialect,)):
        pytest.skip("it needs what this dialect has not")
    # Where every arrival is told to everyone, a thousand are half a million words.
    changes = {"people.crowd": "200"} if (path.stem, dialect) == ("crowd", "nick") else {}
    played = play(path.stem, dialect=dialect, changes=changes)
    assert played.verdict.outcome is Outcome.PASS, played.explain()
    assert played.verdict.figures.obligations > 0
    # A check that looked at nothing has proved nothing: these are for some scenarios only.
    idle = {check.check for check in played.verdict.checks if not check.looked_at}
    assert idle <= SOMETIMES
