"""Words that several reports share: what is said of requirements and cases, and what proves it."""

from dataclasses import replace

import pytest
from reports import report
from results import case, finding, inconclusive, run

from harness.conform.reports import words
from harness.conform.results import CaseResult, Deviation, RequirementResult, Standing
from harness.escape import number
from harness.report.text import About
from harness.requirements import Level

BAD = case("bad", "RELAY-1", run(finding("RELAY-1")))


def ids(results: list[RequirementResult]) -> list[str]:
    return [one.id for one in results]


def test_the_first_to_fix_comes_first_and_what_is_known_apart() -> None:
    known = Deviation("JOIN-6", "we like it", "", "known.yaml:1:1")
    made = report(
        case("few", "JOIN-4", run(finding("JOIN-4"))),
        case("known", "JOIN-6", run(finding("JOIN-6"))),
        BAD,
        case("worse", "RELAY-1", run(finding("RELAY-1"))),
        known=(known,),
    )
    assert ids(words.failing(made)) == ["RELAY-1", "JOIN-4"]
    assert ids(words.excused(made)) == ["JOIN-6"]
    assert words.known(made) == [known]


@pytest.mark.parametrize(
    ("cases", "says"),
    [
        ((), "no requirement was judged"),
        ((case("good", "RELAY-1", run()),), "1 MUST kept"),
        ((BAD,), "1 MUST violated"),
        ((case("should", "JOIN-6", run(finding("JOIN-6"))),), "1 SHOULD violated"),
        (
            (case("part", "RELAY-1", run(finding("RELAY-1", level="SHOULD"))),),
            "1 SHOULD violated",
        ),
        ((case("late", "JOIN-2", inconclusive()),), "1 could not be judged"),
        (
            (case("good", "RELAY-2", run()), BAD, case("late", "JOIN-2", inconclusive())),
            "1 MUST kept, 1 MUST violated, 1 could not be judged",
        ),
    ],
)
def test_in_short(cases: tuple[CaseResult, ...], says: str) -> None:
    assert words.in_short(report(*cases)) == says


def test_size() -> None:
    made = report(
        case("good", "RELAY-2", run()),
        BAD,
        case("late", "JOIN-2", inconclusive()),
        case("unfit", "LEAVE-7", reason="nobody is told"),
    )
    assert words.size(made) == "3 cases, 1 failed, 1 inconclusive, 1 not applicable"
    assert words.size(report(BAD)) == "1 case, 1 failed"


def test_groups_have_only_what_was_looked_at() -> None:
    groups = dict(words.grouped(report(BAD, case("good", "JOIN-2", run()))))
    assert {name: ids(found) for name, found in groups.items()} == {
        "joining": ["JOIN-2"],
        "relaying": ["RELAY-1"],
    }


def test_the_proof_is_of_the_requirement_itself() -> None:
    both = run(finding("RELAY-5"), finding("RELAY-1"))
    made = report(case("both", "RELAY-1 RELAY-5", run(), both))
    (relay,) = (one for one in made.requirements if one.id == "RELAY-1")
    found = words.proof(relay, made)
    assert found is not None
    assert (found[0].id, found[1], found[2].requirement) == ("both", both, "RELAY-1")


def test_what_holds_needs_no_proof() -> None:
    made = report(case("good", "RELAY-1", run()))
    assert words.proof(made.requirements[0], made) is None


def test_what_no_finding_shows_has_no_proof() -> None:
    made = report(BAD)
    (relay,) = made.requirements
    assert words.proof(replace(relay, id="RELAY-2"), made) is None


def test_the_run_that_tells_most() -> None:
    bad, late = run(finding("RELAY-1"), seed=2), inconclusive()
    assert words.telling_run(case("one", "RELAY-1", late, bad)) is bad
    assert words.telling_run(case("one", "RELAY-1", run(), late)) is late
    assert words.telling_run(case("one", "RELAY-1", run())) is None


def test_why_a_case_was_not_judged() -> None:
    assert words.why(case("unfit", "LEAVE-7", reason="nobody is told")) == "nobody is told"
    assert words.why(case("late", "JOIN-2", inconclusive("JOIN-2"))) == "too late to tell"
    assert words.why(case("good", "JOIN-2", run())) == ""


def test_why_a_case_failed() -> None:
    found = words.why_failed(BAD)
    assert found is not None
    assert found.requirement == "RELAY-1"
    assert words.why_failed(case("good", "JOIN-2", run())) is None


def test_requirements_that_were_not_judged_for_one_reason_stand_together() -> None:
    made = report(
        case("unfit", "JOIN-9", reason="nothing marks an end"),
        case("unfit_too", "RELAY-9", reason="nothing marks an end"),
        case("other", "LEAVE-7", reason="nobody is told"),
    )
    told = words.unjudged(made, Standing.NOT_APPLICABLE)
    assert told == {"nothing marks an end": ["JOIN-9", "RELAY-9"], "nobody is told": ["LEAVE-7"]}
    assert words.unjudged(made, Standing.INCONCLUSIVE) == {}


@pytest.mark.parametrize(
    ("requirement", "level", "says"),
    [
        ("RELAY-1", "", "a MUST"),
        ("JOIN-6", "", "a SHOULD"),
        ("LIFE-1", "SHOULD", "the part of it that SHOULD be"),
    ],
)
def test_what_kind_of_violation(requirement: str, level: str, says: str) -> None:
    made = report(case("bad", requirement, run(finding(requirement, level=level))))
    (found,) = made.requirements
    assert words.violated(found) == says
    assert (found.only is Level.SHOULD) is bool(level)


@pytest.mark.parametrize(
    ("text", "bounded"),
    [
        ("x" * 9, "x" * 9),
        ("abcdefghij", "abc\n[... 1 characters left out ...]\nefghij"),
        ("a" * 2000 + "end", f"aaa\n[... {number(1994)} characters left out ...]\naaaend"),
    ],
)
def test_a_text_has_its_bound(text: str, bounded: str) -> None:
    assert words.bounded(text, 9) == bounded


def test_what_ran_is_known() -> None:
    assert isinstance(run().about, About)
