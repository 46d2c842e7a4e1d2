"""JUnit XML can be read back, and says what a grader has to know."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import FAILING, INTERRUPTED, KNOWN, PERFECT, STALE, about, hostile, repeated, report
from results import case, finding, run

from harness.conform.reports.junit import junit
from harness.conform.results import Report
from harness.requirements import REQUIREMENTS


def parsed(made: Report) -> ET.Element:
    suite = ET.fromstring(junit(made)).find("testsuite")  # noqa: S314 - our own
    assert suite is not None
    return suite


def one(suite: ET.Element, path: str) -> ET.Element:
    found = suite.find(path)
    assert found is not None
    return found


@pytest.mark.parametrize("made", [PERFECT, FAILING, KNOWN, STALE, INTERRUPTED])
def test_the_counts_are_those_of_the_tests(made: Report) -> None:
    suite = parsed(made)
    tests = list(suite.iter("testcase"))
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.attrib[name]) == sum(test.find(kind) is not None for test in tests)
    assert int(suite.attrib["tests"]) == len(tests)
    assert float(suite.attrib["time"]) == 1.25


def test_a_deviation_that_is_none_any_more_is_a_test_that_fails() -> None:
    suite = parsed(STALE)
    failure = one(suite, "testcase[@name='deviation JOIN-3']/failure")
    assert "take it out of the known deviations" in failure.attrib["message"]
    assert suite.attrib["failures"] == "1"


def test_a_claim_that_is_not_kept_is_a_test_that_fails() -> None:
    suite = parsed(replace(PERFECT, unmet=("LOAD-1",)))
    assert one(suite, "testcase[@name='claim LOAD-1']/failure").attrib["type"] == "claim"


def test_an_interruption_is_a_property() -> None:
    path = "properties/property[@name='interrupted']"
    assert one(parsed(INTERRUPTED), path).attrib["value"] == "true"
    assert one(parsed(PERFECT), path).attrib["value"] == "false"


def test_a_failure_has_its_sentence_its_wire_and_how_to_repeat_it() -> None:
    broken = replace(run(finding("JOIN-3")), about=about("harness again", "last words", "boom"))
    suite = parsed(report(case("door", "JOIN-3", replace(broken, wire="-> 3 bytes", crash="boom"))))
    failure = one(suite, "testcase[@name='door']/failure")
    assert failure.attrib == {"type": "JOIN-3", "message": "JOIN-3 was not kept"}
    sentence = REQUIREMENTS["JOIN-3"].sentence
    assert (failure.text or "").split("\n\n") == [
        f'JOIN-3 (MUST): "{sentence}"\nJOIN-3 was not kept',
        "It ended by itself: boom",
        "Run it again: harness again",
        "What went to and fro:\n-> 3 bytes",
    ]
    assert one(suite, "testcase[@name='door']/system-out").text == "last words"


def test_the_run_that_failed_is_told_and_not_the_doubtful_one_before() -> None:
    test = one(parsed(repeated()), "testcase[@name='stall']")
    assert "--seed 2" in (one(test, "failure").text or "")
    assert (
        one(test, "properties/property[@name='stability']").attrib["value"] == "1 of 3 runs passed"
    )


def test_of_much_output_the_end_is_kept() -> None:
    long = replace(run(finding("JOIN-3")), about=about("", "A" + "x" * 1_000_000 + "Z"))
    printed = one(parsed(report(case("door", "JOIN-3", long))), "testcase/system-out").text or ""
    assert printed.startswith("A")
    assert printed.endswith("Z")
    assert len(printed) < 70_000


def test_a_failure_without_findings_is_a_failure_all_the_same() -> None:
    bare = replace(case("join", "JOIN-2", run(finding("JOIN-2"))), runs=(), reason="it failed")
    suite = parsed(replace(PERFECT, cases=(bare,)))
    assert one(suite, "testcase/failure").attrib["message"] == "it failed"


@given(text=st.text(st.characters(exclude_categories=()), max_size=80))
def test_any_text_comes_back_as_text(text: str) -> None:
    hostile_text = f"{text}]]>&<a b='\"'>"
    suite = parsed(hostile(hostile_text))
    tags = {node.tag for node in suite.iter()}
    assert tags <= {
        *("testsuite", "testcase", "properties", "property"),
        *("failure", "error", "skipped", "system-out"),
    }
    message = one(suite, "testcase[@name='bad']/failure").attrib["message"]
    assert message.endswith("]]>&<a b='\"'>")
