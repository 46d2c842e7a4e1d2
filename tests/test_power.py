"""Power: every faulty server is caught, by the checks that should, and by no other.

The table is in `tests/support/power.py`.
"""

import pytest
from known_good import missing_tool
from playing import SCENARIOS, Play
from power import TABLE, UNSEEN, Row, confession, faulty_servers, program

from harness.checks import CHECKS
from harness.requirements import REQUIREMENTS
from harness.verdict import Outcome

# It takes long: see `--share`.
pytestmark = pytest.mark.shared


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.server}-{row.name}-{row.dialect}")
def test_faulty_server_is_caught_by_the_check_that_should(row: Row, play: Play) -> None:
    file = f"faulty/{program(row.server).name}"
    if tool := missing_tool(file):
        pytest.skip(f"there is no {tool} here")
    played = play(row.scenario, file, row.dialect, patience=row.patience)
    assert played.verdict.outcome is Outcome.FAIL, played.explain()
    assert row.checks <= played.failed_checks <= row.checks | row.also, played.explain()
    # What only passes a limit of the scenario violates no requirement.
    blamed = played.blamed - {""}
    assert row.requirements <= blamed <= row.requirements | row.also, played.explain()
    words = " ".join(f"{one.says} {one.cause}" for one in played.failures)
    assert row.words in words, played.explain()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.server}-{row.name}-{row.dialect}")
def test_a_row_blames_what_its_server_violates(row: Row) -> None:
    known = confession(row.server)
    assert row.dialect in known.dialects
    assert row.checks, "a row in which no check has to fail shows nothing"
    assert row.checks <= set(CHECKS)
    assert row.also <= {*CHECKS, *known.violates}
    assert row.requirements <= set(known.violates) <= set(REQUIREMENTS)
    assert row.is_inline or (SCENARIOS / f"{row.scenario}.yaml").exists()


def test_every_faulty_server_has_its_row() -> None:
    caught = {row.server for row in TABLE}
    assert caught | set(UNSEEN) == set(faulty_servers())
    assert not caught & set(UNSEEN)


@pytest.mark.parametrize("server", sorted({row.server for row in TABLE}))
def test_the_most_telling_requirement_is_blamed(server: str) -> None:
    blamed = {one for row in TABLE if row.server == server for one in row.requirements}
    assert confession(server).violates[0] in blamed


def test_every_check_has_a_faulty_server() -> None:
    assert {check for row in TABLE for check in row.checks} == set(CHECKS)
