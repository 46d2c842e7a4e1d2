"""What is asked of the results of an implementation."""

from dataclasses import replace

import pytest
from results import case, finding, inconclusive, run

from harness.conform.conclude import conformity_of, requirements_of
from harness.conform.results import CaseResult, Conformity, Kind, Report
from harness.verdict import Outcome

GOOD = case("good", "JOIN-3", run(), run())
MIXED = case(
    "mixed",
    "JOIN-3 RELAY-1",
    run(),
    inconclusive("JOIN-3"),
    run(finding("RELAY-1"), finding("JOIN-3")),
    run(finding("RELAY-1"), finding("")),
)
UNFIT = case("unfit", "JOIN-3", reason="it needs nicknames")


def _report(*cases: CaseResult) -> Report:
    requirements = requirements_of(cases, (), {})
    return Report(
        name="mine",
        kind=Kind.SERVER,
        command="./server",
        dialect="raw",
        cases=cases,
        requirements=requirements,
        conformity=conformity_of(requirements),
        outcome=Outcome.FAIL,
    )


@pytest.mark.parametrize(("one", "passed"), [(GOOD, 2), (MIXED, 1), (UNFIT, 0)])
def test_how_many_of_its_runs_passed(one: CaseResult, passed: int) -> None:
    assert one.passed == passed


def test_all_that_was_found_in_its_runs() -> None:
    found = [(one.requirement, one.outcome) for one in MIXED.findings]
    assert found == [
        ("JOIN-3", Outcome.INCONCLUSIVE),
        ("RELAY-1", Outcome.FAIL),
        ("JOIN-3", Outcome.FAIL),
        ("RELAY-1", Outcome.FAIL),
        ("", Outcome.FAIL),
    ]
    assert list(GOOD.findings) == list(UNFIT.findings) == []


def test_blamed_is_what_failed_and_nothing_twice() -> None:
    assert MIXED.blamed == ("RELAY-1", "JOIN-3")
    # What could not be told is nobody's fault.
    assert case("unsure", "JOIN-3", inconclusive("JOIN-3")).blamed == ()
    assert GOOD.blamed == ()


def test_its_first_failure_is_the_first_run_that_did_not_pass() -> None:
    first = MIXED.first_failure
    assert first is MIXED.runs[1]
    assert first.verdict.outcome is Outcome.INCONCLUSIVE
    assert GOOD.first_failure is None
    assert UNFIT.first_failure is None


def test_its_time_is_that_of_all_its_runs() -> None:
    runs = [replace(run(), seconds=seconds) for seconds in (0.5, 1.25)]
    assert case("slow", "JOIN-3", *runs).seconds == 1.75
    assert UNFIT.seconds == 0


def test_cases_and_requirements_of_a_report_are_found_by_their_ids() -> None:
    report = _report(GOOD, MIXED)
    assert report.case("mixed") is MIXED
    assert report.requirement("RELAY-1").cases == {"mixed": Outcome.FAIL}
    with pytest.raises(KeyError):
        report.case("other")
    with pytest.raises(KeyError):
        report.requirement("LEAVE-7")


def test_a_report_counts_its_cases() -> None:
    report = _report(GOOD, MIXED, UNFIT, replace(GOOD, id="again"))
    counts = [2, 0, 1, 1]
    assert [report.count(outcome) for outcome in Outcome] == counts
    assert report.failed == (MIXED,)
    assert report.conformity is Conformity.FAILS
    assert _report(GOOD).failed == ()
