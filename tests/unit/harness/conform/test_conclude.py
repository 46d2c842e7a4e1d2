"""What the results of cases mean for each requirement, and for the whole."""

from dataclasses import replace

import pytest
from results import case, finding, inconclusive, run

from harness.conform.conclude import (
    advice_of,
    conformity_of,
    order_of,
    outcome_of,
    requirements_of,
    says_of,
    stale_of,
    unmet_of,
)
from harness.conform.results import (
    CaseResult,
    Conformity,
    Deviation,
    RequirementResult,
    Standing,
)
from harness.requirements import REQUIREMENTS, Level
from harness.verdict import Order, Outcome

GOOD = case("good", "JOIN-3", run())
BAD = case("bad", "JOIN-3", run(finding("JOIN-3")))
SHADED = case("shaded", "JOIN-3", run(finding("RELAY-1")))
UNSURE = case("unsure", "JOIN-3", inconclusive("JOIN-3"), reason="it ran late")
UNFIT = case("unfit", "JOIN-3", reason="it needs nicknames")


def of(name: str, *cases: CaseResult, known: tuple[Deviation, ...] = ()) -> RequirementResult:
    results = {one.id: one for one in requirements_of(cases, known, {})}
    return results[name]


@pytest.mark.parametrize(
    ("cases", "standing"),
    [
        ([GOOD], Standing.PASS),
        ([GOOD, BAD], Standing.FAIL),
        ([GOOD, SHADED], Standing.PASS),
        ([SHADED], Standing.INCONCLUSIVE),
        ([GOOD, UNSURE], Standing.INCONCLUSIVE),
        ([BAD, UNSURE], Standing.FAIL),
        ([GOOD, UNFIT], Standing.PASS),
        ([UNFIT], Standing.NOT_APPLICABLE),
    ],
)
def test_a_requirement_stands_as_the_worst_of_what_is_said_of_it(
    cases: list[CaseResult], standing: Standing
) -> None:
    assert of("JOIN-3", *cases).standing is standing


def test_a_case_that_failed_for_another_s_sake_says_nothing() -> None:
    assert says_of(SHADED, "JOIN-3") is None
    assert says_of(SHADED, "RELAY-1") is Outcome.FAIL
    assert of("RELAY-1", SHADED).cases == {"shaded": Outcome.FAIL}
    assert "shaded" in of("JOIN-3", SHADED).reason


def test_a_part_that_should_be_disturbs_nothing_else() -> None:
    part = finding("LIFE-1", level="SHOULD")
    restarted = case("restart", "LIFE-2", run(part))
    assert says_of(restarted, "LIFE-2") is Outcome.PASS
    assert of("LIFE-2", restarted).standing is Standing.PASS
    assert of("LIFE-1", restarted).only is Level.SHOULD
    for more in (run(part, finding("RELAY-1")), inconclusive("RELAY-1")):
        assert says_of(case("restart", "LIFE-2", run(part), more), "LIFE-2") is None


def test_what_no_case_was_about_is_not_there() -> None:
    assert [one.id for one in requirements_of([GOOD], (), {})] == ["JOIN-3"]


def test_a_reason_is_given_for_what_could_not_be_told() -> None:
    assert of("JOIN-3", UNSURE).reason == "unsure: it ran late"
    assert of("JOIN-3", UNFIT).reason == "unfit: it needs nicknames"


def test_a_dialect_in_which_nobody_can_see_it() -> None:
    (one,) = requirements_of([GOOD], (), {"JOIN-3": "nobody has a nickname"})
    assert (one.standing, one.reason) == (Standing.NOT_APPLICABLE, "nobody has a nickname")
    (one,) = requirements_of([BAD], (), {"JOIN-3": "nobody has a nickname"})
    assert one.standing is Standing.FAIL


@pytest.mark.parametrize(
    ("order", "total", "causal"),
    [
        (Order.TOTAL, Standing.PASS, Standing.PASS),
        (Order.CAUSAL, Standing.NOT_REACHED, Standing.PASS),
        (Order.PER_SENDER, Standing.NOT_REACHED, Standing.NOT_REACHED),
        (Order.UNDETERMINED, Standing.INCONCLUSIVE, Standing.INCONCLUSIVE),
    ],
)
def test_levels_are_reached_or_not_and_nobody_fails_them(
    order: Order, total: Standing, causal: Standing
) -> None:
    one = case("order", "RELAY-11 RELAY-12", run(order=order))
    assert of("RELAY-11", one).standing is total
    assert of("RELAY-12", one).standing is causal
    assert conformity_of(requirements_of([GOOD, one], (), {})) is Conformity.STRICT


def test_the_worst_order_of_all_runs_counts() -> None:
    cases = [case("a", "RELAY-11", run(), run(order=Order.CAUSAL))]
    assert order_of([*cases, case("b", "RELAY-11", run(order=Order.UNDETERMINED))]) is Order.CAUSAL
    assert order_of([]) is Order.UNDETERMINED


def test_a_run_that_shows_no_order_says_nothing_of_it() -> None:
    # A client's run has no order of what everybody heard.
    passed = run()
    client = replace(passed, verdict=replace(passed.verdict, levels=None))
    assert order_of([case("a", "RELAY-11", client)]) is Order.UNDETERMINED
    with_others = [case("a", "RELAY-11", client, run(order=Order.CAUSAL), client)]
    assert order_of(with_others) is Order.CAUSAL


SHOULD = case("idle", "JOIN-6", run(finding("JOIN-6")))
MUST_IN_PART = case("end", "LIFE-1", run(finding("LIFE-1", level="SHOULD")))
KNOWN = (Deviation("JOIN-3", "we know"),)


@pytest.mark.parametrize(
    ("cases", "known", "conformity", "outcome", "strictly"),
    [
        ([GOOD], (), Conformity.STRICT, Outcome.PASS, Outcome.PASS),
        ([GOOD, SHOULD], (), Conformity.CONFORMS, Outcome.PASS, Outcome.FAIL),
        ([GOOD, MUST_IN_PART], (), Conformity.CONFORMS, Outcome.PASS, Outcome.FAIL),
        ([BAD, SHOULD], (), Conformity.FAILS, Outcome.FAIL, Outcome.FAIL),
        ([BAD], KNOWN, Conformity.DEVIATES, Outcome.PASS, Outcome.PASS),
        ([UNSURE], (), Conformity.UNKNOWN, Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE),
        ([UNFIT], (), Conformity.UNKNOWN, Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE),
        ([], (), Conformity.UNKNOWN, Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE),
    ],
)
def test_the_whole(
    cases: list[CaseResult],
    known: tuple[Deviation, ...],
    conformity: Conformity,
    outcome: Outcome,
    strictly: Outcome,
) -> None:
    results = requirements_of(cases, known, {})
    assert conformity_of(results) is conformity
    assert outcome_of(conformity, results, strict=False) is outcome
    assert outcome_of(conformity, results, strict=True) is strictly


def test_a_should_that_could_not_be_judged_is_no_strict_pass() -> None:
    results = requirements_of([GOOD, case("maybe", "JOIN-6", inconclusive())], (), {})
    assert conformity_of(results) is Conformity.CONFORMS
    assert outcome_of(Conformity.CONFORMS, results, strict=True) is Outcome.INCONCLUSIVE


def test_part_of_a_must_is_a_should() -> None:
    assert of("LIFE-1", MUST_IN_PART).only is Level.SHOULD
    both = case("end", "LIFE-1", run(finding("LIFE-1", level="SHOULD"), finding("LIFE-1")))
    assert of("LIFE-1", both).only is None


def test_a_deviation_of_a_case_excuses_that_case_alone() -> None:
    known = (Deviation("bad", "slow machine"),)
    assert of("JOIN-3", BAD, known=known).deviation == known[0]
    other = case("other", "JOIN-3", run(finding("JOIN-3")))
    assert of("JOIN-3", BAD, other, known=known).deviation is None


def test_what_a_known_deviation_hides_is_not_held_against_anybody() -> None:
    known = (Deviation("RELAY-1", "we know"),)
    results = requirements_of([SHADED, case("good", "JOIN-4", run())], known, {})
    hidden = next(one for one in results if one.id == "JOIN-3")
    assert (hidden.standing, hidden.deviation) == (Standing.INCONCLUSIVE, known[0])
    assert conformity_of(results) is Conformity.DEVIATES


@pytest.mark.parametrize(
    ("name", "cases", "stale"),
    [
        ("JOIN-3", [GOOD], True),
        ("good", [GOOD], True),
        ("JOIN-3", [GOOD, BAD], False),
        ("JOIN-3", [GOOD, UNSURE], False),
        ("JOIN-3", [UNFIT], False),
        ("RELAY-1", [GOOD], False),
        ("bad", [BAD], False),
    ],
)
def test_a_deviation_that_is_none_any_more(name: str, cases: list[CaseResult], stale: bool) -> None:
    known = [Deviation(name, "once")]
    assert list(stale_of(cases, known)) == (known if stale else [])


def test_a_stale_deviation_and_an_unmet_claim_fail_the_run() -> None:
    results = requirements_of([GOOD], (), {})
    stale = (Deviation("JOIN-3", "once"),)
    assert outcome_of(Conformity.STRICT, results, strict=False, stale=stale) is Outcome.FAIL
    assert outcome_of(Conformity.STRICT, results, strict=False, unmet=("X",)) is Outcome.FAIL


def test_what_is_claimed_has_to_be_shown() -> None:
    order = case("order", "RELAY-11", run(order=Order.CAUSAL))
    results = requirements_of([GOOD, order], (), {})
    assert unmet_of(["strict", "JOIN-3"], results) == ()
    assert unmet_of(["RELAY-11", "LEAVE-7"], results) == ("RELAY-11", "LEAVE-7")


def test_what_explains_most_is_to_be_fixed_first() -> None:
    cases = [
        case("a", "RELAY-1", run(finding("RELAY-1"), finding("JOIN-3", cause="it waits"))),
        case("b", "JOIN-3", run(finding("JOIN-3"))),
        case("c", "JOIN-6", run(finding("JOIN-6"))),
        case("d", "JOIN-6", run(finding("JOIN-6"))),
        case("e", "JOIN-6", run(finding("JOIN-6"))),
    ]
    advice = list(advice_of(cases, requirements_of(cases, (), {})))
    assert [(one.requirement, one.explains, one.of) for one in advice] == [
        ("JOIN-3", 2, 5),
        ("RELAY-1", 1, 5),
        ("JOIN-6", 3, 5),
    ]
    assert advice[0].cause == "it waits"


def test_what_is_known_needs_no_advice() -> None:
    assert list(advice_of([BAD], requirements_of([BAD], KNOWN, {}))) == []


def test_a_limit_of_one_s_own_blames_no_requirement() -> None:
    slow = case("slow", "JOIN-3", run(finding("")))
    assert slow.blamed == ()
    assert of("JOIN-3", slow, GOOD).standing is Standing.PASS


def test_a_case_of_many_runs_fails_where_one_did() -> None:
    shaky = case("shaky", "JOIN-3", run(), run(finding("JOIN-3"), seed=2), run(seed=3))
    assert (shaky.passed, shaky.outcome, shaky.blamed) == (2, Outcome.FAIL, ("JOIN-3",))
    assert shaky.first_failure is not None
    assert shaky.first_failure.seed == 2
    assert GOOD.first_failure is None


def test_every_requirement_can_stand_there() -> None:
    names = " ".join(REQUIREMENTS)
    results = requirements_of([case("all", names, run())], (), {})
    assert [one.id for one in results] == list(REQUIREMENTS)
