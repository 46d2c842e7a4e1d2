"""The worst outcome wins, and the gravest findings come first."""

import pytest

from harness.verdict import (
    CheckResult,
    Finding,
    Levels,
    Order,
    Outcome,
    Refuted,
    Verdict,
    worst,
)

PASS, INCONCLUSIVE, FAIL = Outcome.PASS, Outcome.INCONCLUSIVE, Outcome.FAIL
NONE = Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], PASS),
        ([PASS, PASS], PASS),
        ([PASS, INCONCLUSIVE, PASS], INCONCLUSIVE),
        ([INCONCLUSIVE, FAIL, PASS], FAIL),
        ([NONE, PASS], PASS),
        ([NONE], PASS),
        ([NONE, FAIL], FAIL),
    ],
)
def test_the_worst_wins(outcomes: list[Outcome], expected: Outcome) -> None:
    assert worst(outcomes) is expected


@pytest.mark.parametrize(
    ("outcome", "status"), [(PASS, 0), (FAIL, 1), (INCONCLUSIVE, 3), (NONE, 3)]
)
def test_exit_statuses(outcome: Outcome, status: int) -> None:
    assert outcome.exit_status == status


def test_failures_come_first_and_of_those_what_is_certain() -> None:
    unsure = Finding("a", "", "unsure", outcome=INCONCLUSIVE)
    timed = Finding("a", "", "timed", deadline=2.0)
    certain = Finding("b", "", "certain")
    checks = (
        CheckResult("a", FAIL, 1, (unsure, timed)),
        CheckResult("b", FAIL, 1, (certain,)),
    )
    assert Verdict(FAIL, checks).findings == (certain, timed, unsure)
    assert [one.timed for one in (certain, timed)] == [False, True]


def test_the_first_level_that_is_refuted_is_told() -> None:
    one, two, three = (Refuted(says, ()) for says in ("one", "two", "three"))
    assert Levels(Order.TOTAL).refuted is None
    assert Levels(Order.CAUSAL, total=three).refuted is three
    assert Levels(Order.PER_SENDER, causal=two, total=three).refuted is two
    assert Levels(Order.NONE, sender=one, causal=two, total=three).refuted is one


@pytest.mark.parametrize(
    ("outcome", "short"), [(Outcome.NOT_APPLICABLE, "n/a"), (Outcome.PASS, "pass")]
)
def test_what_is_not_applicable_has_a_short_name(outcome: Outcome, short: str) -> None:
    assert outcome.short == short
