"""The cases for clients: wrong clients are caught by them, and right ones are not."""

import asyncio
from collections.abc import Sequence
from itertools import cycle

import pytest
from clients import (
    CAUGHT_CLIENTS,
    GOOD_CLIENTS,
    faulty_client,
    faulty_clients,
    good_client,
    missing_tool,
    violates,
)

from harness.clients import ClientScenario, ClientSpec, judge_client, play_client, why_not
from harness.conform.cases import Case, load_suite
from harness.conform.results import Kind
from harness.dialect_files import REFERENCE_SPEAKS, load_dialect
from harness.reference_chat import reference_client
from harness.requirements import GROUPS
from harness.verdict import Outcome, Verdict

SUITE = {case.id: case for case in load_suite(Kind.CLIENT)}
CLIENT = [one.id for one in GROUPS["client"]]
CATCHES = [(name, *catch) for name, catches in CAUGHT_CLIENTS.items() for catch in catches]


def play(
    case: Case, command: tuple[str, ...], dialect: str, patience: float = 1.0
) -> tuple[Verdict, str]:
    assert isinstance(case.scenario, ClientScenario)
    spoken = load_dialect(dialect)
    if why := why_not(case.scenario, spoken):
        pytest.skip(why)
    run = asyncio.run(
        play_client(
            case.scenario,
            spoken,
            ClientSpec(command),
            terminal=bool(case.terminal),
            seed=1,
            patience=patience,
        )
    )
    verdict = judge_client(case.scenario, spoken, run)
    found = "\n".join(f"{one.requirement} {one.outcome}: {one.says}" for one in verdict.findings)
    return verdict, f"{verdict.outcome} {verdict.reason}\n{found}\n{run.wire_log()}"


def test_every_requirement_is_violated_by_somebody() -> None:
    assert list(CAUGHT_CLIENTS) == CLIENT
    assert {client for _, client, _ in CATCHES} == set(faulty_clients())


@pytest.mark.parametrize(("requirement", "client", "case"), CATCHES)
def test_a_faulty_client_fails_the_requirement(requirement: str, client: str, case: str) -> None:
    assert requirement in SUITE[case].of
    assert requirement == violates(client)[0]
    # What never comes need not be waited for long.
    verdict, told = play(SUITE[case], faulty_client(client), "raw", patience=0.5)
    blamed = {one.requirement for one in verdict.findings if one.outcome is Outcome.FAIL}
    assert verdict.outcome is Outcome.FAIL, told
    assert requirement in blamed <= set(violates(client)), told


def in_turn(programs: Sequence[tuple[str, str]], each: int) -> list[tuple[str, str, str]]:
    """Give every case to `each` of the programs, all of them in turn."""
    taken = cycle(programs)
    return [(*next(taken), case) for case in SUITE for _ in range(each)]


REFERENCE = [("reference", dialect) for dialect in REFERENCE_SPEAKS if dialect != "raw"]


@pytest.mark.parametrize(("program", "dialect", "case"), in_turn(GOOD_CLIENTS, 2))
def test_a_right_client_passes(program: str, dialect: str, case: str) -> None:
    if tool := missing_tool(program):
        pytest.skip(f"there is no {tool} here")
    verdict, told = play(SUITE[case], good_client(program, dialect), dialect)
    assert verdict.outcome is Outcome.PASS, told


@pytest.mark.parametrize("case", SUITE)
def test_the_reference_client_passes(case: str) -> None:
    verdict, told = play(SUITE[case], reference_client("raw"), "raw")
    assert verdict.outcome is Outcome.PASS, told


@pytest.mark.parametrize(("_", "dialect", "case"), in_turn(REFERENCE, 1))
def test_the_reference_client_passes_in_its_other_dialects(_: str, dialect: str, case: str) -> None:
    verdict, told = play(SUITE[case], reference_client(dialect), dialect)
    assert verdict.outcome is Outcome.PASS, told
