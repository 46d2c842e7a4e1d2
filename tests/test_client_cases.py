"""The cases for clients: wrong clients are caught by them, and right ones are not.

Which client is caught by which case is in `tests/support/clients.py`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from clients import (
    CAUGHT_CLIENTS,
    GOOD_CLIENTS,
    client_confession,
    dialect_of,
    faulty_client,
    faulty_clients,
    file_of,
    good_client,
)
from known_good import missing_tool

from harness.clients import ClientScenario, ClientSpec, judge_client, play_client, why_not
from harness.conform.cases import Case, load_suite
from harness.conform.results import Kind
from harness.dialect_files import REFERENCE_SPEAKS, load_dialect
from harness.reference_chat import reference_client
from harness.requirements import GROUPS
from harness.verdict import Outcome, Verdict

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

SUITE = {case.id: case for case in load_suite(Kind.CLIENT)}
CLIENT = [one.id for one in GROUPS["client"]]
ROWS = [(name, *catch) for name, catches in CAUGHT_CLIENTS.items() for catch in catches]
SIDE_BY_SIDE = 4
# What comes is not waited for; a machine that has much to do takes its time.
PATIENCE = 4.0


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one run, and what a failed assertion says of it."""

    verdict: Verdict
    told: str

    @property
    def blamed(self) -> set[str]:
        found = self.verdict.findings
        return {one.requirement for one in found if one.outcome is Outcome.FAIL}


async def play(
    case: Case, command: tuple[str, ...], dialect: str, patience: float
) -> Played | None:
    """Play one case; None where it is not applicable."""
    assert isinstance(case.scenario, ClientScenario)
    spoken = load_dialect(dialect)
    if why_not(case.scenario, spoken):
        return None
    run = await play_client(
        case.scenario,
        spoken,
        ClientSpec(command),
        terminal=bool(case.terminal),
        seed=1,
        patience=patience,
    )
    verdict = judge_client(case.scenario, spoken, run)
    found = "\n".join(f"{one.requirement} {one.outcome}: {one.says}" for one in verdict.findings)
    head = f"{case.id}: {verdict.outcome} {verdict.reason}"
    return Played(verdict, f"{head}\n{found}\n{run.wire_log()}")


async def play_all(command: tuple[str, ...], dialect: str, cases: Sequence[Case]) -> list[Played]:
    """Play those of `cases` that are applicable, some side by side."""
    some = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(case: Case) -> Played | None:
        async with some:
            return await play(case, command, dialect, PATIENCE)

    played = await asyncio.gather(*map(one, cases))
    return [each for each in played if each is not None]


@pytest.mark.parametrize("requirement", CLIENT)
def test_a_requirement_has_two_cases(requirement: str) -> None:
    assert len({case.path for case in SUITE.values() if requirement in case.of}) >= 2


@pytest.mark.parametrize(
    "path", sorted({case.path for case in SUITE.values()}), ids=lambda p: p.stem
)
def test_a_case_says_what_it_is(path: Path) -> None:
    first, second, *_ = path.read_text(encoding="utf-8").splitlines()
    assert first == "# yaml-language-server: $schema=./schema.json"
    assert second == "format: 1"
    of = next(case.of for case in SUITE.values() if case.path == path)
    assert of
    assert set(of) <= set(CLIENT)


def test_no_two_cases_claim_the_same() -> None:
    claims = {case.path: case.title for case in SUITE.values()}
    assert len(set(claims.values())) == len(claims)


def test_every_requirement_is_violated_by_somebody() -> None:
    assert list(CAUGHT_CLIENTS) == CLIENT
    assert {client for _, client, _, _ in ROWS} == set(faulty_clients())


@pytest.mark.parametrize(("requirement", "client", "case", "dialect"), ROWS)
def test_a_faulty_client_fails_the_requirement(
    requirement: str, client: str, case: str, dialect: str
) -> None:
    said = client_confession(client)
    assert requirement == said.violates[0]
    assert dialect in said.dialects
    assert requirement in SUITE[case].of
    if tool := missing_tool(file_of(client)):
        pytest.skip(f"there is no {tool} here")
    command = faulty_client(client, dialect)
    played = asyncio.run(play(SUITE[case], command, dialect, 1.0))
    assert played is not None
    assert played.verdict.outcome is Outcome.FAIL, played.told
    assert requirement in played.blamed <= set(said.violates), played.told


def share(number: int, of: int) -> list[Case]:
    """Return every so manieth case: together, those who play take each case several times."""
    return list(SUITE.values())[number % of :: of]


@pytest.mark.parametrize("number", range(len(GOOD_CLIENTS)))
def test_a_right_client_passes(number: int) -> None:
    program, dialect = GOOD_CLIENTS[number]
    if tool := missing_tool(program):
        pytest.skip(f"there is no {tool} here")
    command = good_client(program, dialect)
    assert_all_pass(asyncio.run(play_all(command, dialect_of(dialect), share(number, 6))))


@pytest.mark.parametrize(("dialect", "of"), [("raw", 1), ("lines", 4), ("nick", 4)])
def test_the_reference_client_passes(dialect: str, of: int) -> None:
    cases = share(REFERENCE_SPEAKS.index(dialect), of)
    assert_all_pass(asyncio.run(play_all(reference_client(dialect), dialect, cases)))


def assert_all_pass(played: list[Played]) -> None:
    wrong = [one.told for one in played if one.verdict.outcome is not Outcome.PASS]
    assert not wrong, "\n\n".join(wrong)
    assert played
