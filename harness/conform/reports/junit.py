"""The report as JUnit XML, which continuous integration and graders read. Pure.

A case is a test. What is not applicable, and what is known to fail, is skipped; what could not be
judged is an error. A known deviation that is none any more, and a claim that was not shown to be
kept, are tests that fail: whoever reads nothing but this file must not take the run for good.
"""

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from harness.conform.reports.words import bounded, telling_run, why, why_failed
from harness.conform.results import CaseResult, CaseRun, Report
from harness.escape import for_terminal
from harness.requirements import REQUIREMENTS
from harness.verdict import Finding, Outcome

_MOST_TEXT = 64 << 10
_MOST_NAME = 500
_MOST_FINDINGS = 5
# XML 1.0, section 2.2: no other character can be in a document, not even as a reference.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """Return `report` as one document."""
    suites = ET.Element("testsuites", name="whoheard")
    suite = ET.SubElement(suites, "testsuite", _counts(report))
    properties = ET.SubElement(suite, "properties")
    for name, value in _about(report).items():
        ET.SubElement(properties, "property", name=name, value=_plain(value, _MOST_NAME))
    for case in report.cases:
        _case(suite, report, case)
    for name, words in _claims(report):
        test = _test(suite, report, name)
        ET.SubElement(test, "failure", type="claim", message=_plain(words, _MOST_NAME))
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _counts(report: Report) -> dict[str, str]:
    known = sum(_is_known(case) for case in report.cases)
    claims = len(_claims(report))
    return {
        "name": _plain(report.name, _MOST_NAME),
        "tests": str(len(report.cases) + claims),
        "failures": str(report.count(Outcome.FAIL) - known + claims),
        "errors": str(report.count(Outcome.INCONCLUSIVE)),
        "skipped": str(report.count(Outcome.NOT_APPLICABLE) + known),
        "time": f"{report.seconds:.3f}",
    }


def _about(report: Report) -> Mapping[str, str]:
    return {
        "conformity": report.conformity,
        "kind": report.kind,
        "command": report.command,
        "dialect": report.dialect,
        "order": report.order,
        "isolation": report.isolation,
        "interrupted": str(report.interrupted).lower(),
        "version": report.version,
    }


def _claims(report: Report) -> list[tuple[str, str]]:
    """Return what is said of the implementation and does not hold: a name for it, and the words."""
    stale = [
        (f"deviation {one.of}", f"{one.of} is kept now: take it out of the known deviations")
        for one in report.stale
    ]
    unmet = [
        (f"claim {name}", f"{name} is claimed, and was not shown to be kept")
        for name in report.unmet
    ]
    return stale + unmet


# -- tests -----------------------------------------------------------------------------------------


def _test(suite: ET.Element, report: Report, name: str, seconds: float = 0.0) -> ET.Element:
    classname = f"whoheard.{report.kind}.{report.dialect}"
    return ET.SubElement(
        suite,
        "testcase",
        classname=_plain(classname, _MOST_NAME),
        name=_plain(name, _MOST_NAME),
        time=f"{seconds:.3f}",
    )


def _case(suite: ET.Element, report: Report, case: CaseResult) -> None:
    test = _test(suite, report, case.id, case.seconds)
    properties = ET.SubElement(test, "properties")
    for of in case.of:
        level = REQUIREMENTS[of].level if of in REQUIREMENTS else ""
        value = _plain(f"{of} {level}".strip(), _MOST_NAME)
        ET.SubElement(properties, "property", name="requirement", value=value)
    if len(case.runs) > 1:
        stable = f"{case.passed} of {len(case.runs)} runs passed"
        ET.SubElement(properties, "property", name="stability", value=stable)
    _outcome(test, case)
    run = telling_run(case)
    if run is not None and run.about.server_output_tail:
        printed = ET.SubElement(test, "system-out")
        printed.text = _plain(run.about.server_output_tail, _MOST_TEXT)


def _outcome(test: ET.Element, case: CaseResult) -> None:
    if case.outcome is Outcome.NOT_APPLICABLE:
        ET.SubElement(test, "skipped", message=_plain(why(case), _MOST_NAME))
    elif _is_known(case):
        assert case.deviation is not None
        reason = f"known deviation: {case.deviation.reason}"
        ET.SubElement(test, "skipped", message=_plain(reason, _MOST_NAME))
    elif case.outcome is Outcome.INCONCLUSIVE:
        words = ET.SubElement(test, "error", message=_plain(why(case), _MOST_NAME))
        words.text = _plain(_told(case, Outcome.INCONCLUSIVE), _MOST_TEXT)
    elif case.outcome is Outcome.FAIL:
        _failure(test, case)


def _failure(test: ET.Element, case: CaseResult) -> None:
    first = why_failed(case)
    of, says = (first.requirement or "limit", first.says) if first else ("limit", case.reason)
    failure = ET.SubElement(
        test, "failure", type=_plain(of, _MOST_NAME), message=_plain(says, _MOST_NAME)
    )
    failure.text = _plain(_told(case, Outcome.FAIL), _MOST_TEXT)


def _is_known(case: CaseResult) -> bool:
    return case.outcome is Outcome.FAIL and case.deviation is not None


# -- texts -----------------------------------------------------------------------------------------


def _told(case: CaseResult, outcome: Outcome) -> str:
    """Return all that helps to mend it: what was found, what went to and fro, how to repeat it."""
    found = [one for one in case.findings if one.outcome is outcome]
    run = telling_run(case)
    return "\n\n".join([*map(_words, found[:_MOST_FINDINGS]), *(_record(run) if run else ())])


def _words(finding: Finding) -> str:
    requirement = REQUIREMENTS.get(finding.requirement)
    parts = [finding.says]
    if requirement is not None:
        sentence = f'{requirement.id} ({requirement.level}): "{requirement.sentence}"'
        parts = [sentence, finding.says]
    parts += [f"Likely cause: {finding.cause}"] if finding.cause else []
    return "\n".join(parts)


def _record(run: CaseRun) -> list[str]:
    ended = f"It ended by itself: {run.crash}" if run.crash else ""
    again = f"Run it again: {run.about.repeat_command}" if run.about.repeat_command else ""
    wire = f"What went to and fro:\n{run.wire}" if run.wire else ""
    return [words for words in (ended, again, wire) if words]


def _plain(text: str, most: int) -> str:
    """Return `text` without what XML or a terminal cannot take, each line by itself, bounded."""
    shown = "\n".join(map(for_terminal, bounded(text, most).split("\n")))
    return _FORBIDDEN.sub("?", shown)
