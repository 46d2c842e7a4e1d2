"""The cases of the server suite: each requirement has its cases, and each case its power.

For each requirement one faulty server is played, the first of its row in
`tests/support/conformance.py`.
"""

from pathlib import Path

import pytest
from conformance import CAUGHT, server_cases
from known_good import missing_tool
from playing import Play
from power import TABLE, confession, program

from harness.conform.cases import load_case
from harness.dialect_files import load_dialect
from harness.fitness import lacking
from harness.requirements import GROUPS, REQUIREMENTS, Level
from harness.scenario import Scenario, load_scenario
from harness.verdict import Outcome

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

SCHEMA = "# yaml-language-server: $schema=../../schema.json"
FOR_SERVERS = [one for group, all_ in GROUPS.items() if group != "client" for one in all_]
CERTAIN = [one.id for one in FOR_SERVERS if one.level is not Level.LEVEL]
ROWS = [(name, *catch) for name, catches in CAUGHT.items() for catch in catches]


def scenario(case: Path) -> Scenario:
    return load_scenario(case, {}, REQUIREMENTS)


def path_of(case: str) -> Path:
    return next(path for path in server_cases() if path.stem == case)


def patience_for(server: str) -> float:
    """Return with how much patience a server is caught: as `tests/test_power.py` has it."""
    return max((row.patience for row in TABLE if row.server == server), default=1.0)


@pytest.mark.parametrize("case", server_cases(), ids=lambda path: path.stem)
def test_a_case_says_what_it_is(case: Path) -> None:
    (loaded,) = load_case(case)
    assert loaded.id == case.stem
    assert loaded.of
    assert set(loaded.of) <= {one.id for one in FOR_SERVERS}
    assert len(set(loaded.of)) == len(loaded.of)
    assert case.read_text(encoding="utf-8").splitlines()[0] == SCHEMA


def test_no_two_cases_claim_the_same() -> None:
    claims = [scenario(case).scenario for case in server_cases()]
    assert len(set(claims)) == len(claims)


@pytest.mark.parametrize("name", [one.id for one in FOR_SERVERS])
def test_a_requirement_has_two_cases(name: str) -> None:
    cases = [case.stem for case in server_cases() if name in scenario(case).requirement]
    assert len(cases) >= 2


@pytest.mark.parametrize("case", server_cases(), ids=lambda path: path.stem)
def test_a_case_fails_whoever_violates_what_it_names(case: Path) -> None:
    for name in scenario(case).requirement:
        if REQUIREMENTS[name].fails:
            assert case.stem in {caught for _, caught, _ in CAUGHT[name]}, name


def test_every_requirement_is_violated_by_somebody() -> None:
    assert list(CAUGHT) == CERTAIN


@pytest.mark.parametrize(("name", "server", "case", "dialect"), ROWS)
def test_a_row_fits_its_server_and_its_case(
    name: str, server: str, case: str, dialect: str
) -> None:
    said = confession(server)
    assert name in said.violates
    assert dialect in said.dialects
    assert name in scenario(path_of(case)).requirement
    assert not lacking(scenario(path_of(case)).needs, load_dialect(dialect))


@pytest.mark.parametrize("name", CAUGHT)
def test_a_faulty_server_fails_the_requirement(name: str, play: Play) -> None:
    server, case, dialect = CAUGHT[name][0]
    file = f"faulty/{program(server).name}"
    if tool := missing_tool(file):
        pytest.skip(f"there is no {tool} here")
    played = play(f"conformance/server/{case}", file, dialect, patience=patience_for(server))
    assert played.verdict.outcome is Outcome.FAIL, played.explain()
    assert name in played.blamed, played.explain()
    # Beside it, only what its server violates too.
    assert played.blamed <= set(confession(server).violates), played.explain()
