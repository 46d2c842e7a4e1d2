"""The report as JUnit XML, which continuous integration and graders read. Pure.

A case is a test. What is not applicable, and what is known to fail, is skipped; what could not be
judged is an error.
"""

import re
from xml.etree import ElementTree as ET

from harness.conform.results import CaseResult, CaseRun, Report
from harness.escape import for_terminal
from harness.requirements import REQUIREMENTS
from harness.verdict import Finding, Outcome

_MOST_TEXT = 64 << 10
_MOST_NAME = 500
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
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _counts(report: Report) -> dict[str, str]:
    known = sum(_is_known(case) for case in report.cases)
    return {
        "name": _plain(report.name, _MOST_NAME),
        "tests": str(len(report.cases)),
        "failures": str(report.count(Outcome.FAIL) - known),
        "errors": str(report.count(Outcome.INCONCLUSIVE)),
        "skipped": str(report.count(Outcome.NOT_APPLICABLE) + known),
        "time": f"{report.seconds:.3f}",
    }


def _about(report: Report) -> dict[str, str]:
    return {
        "conformity": report.conformity,
        "kind": report.kind,
        "command": report.command,
        "dialect": report.dialect,
        "order": report.order,
        "isolation": report.isolation,
    }


def _case(suite: ET.Element, report: Report, case: CaseResult) -> None:
    name = f"whoheard.{report.kind}.{report.dialect}"
    test = ET.SubElement(
        suite,
        "testcase",
        classname=_plain(name, _MOST_NAME),
        name=case.id,
        time=f"{case.seconds:.3f}",
    )
    properties = ET.SubElement(test, "properties")
    for of in case.of:
        level = REQUIREMENTS[of].level if of in REQUIREMENTS else ""
        ET.SubElement(properties, "property", name="requirement", value=f"{of} {level}".strip())
    _outcome(test, case)
    run = case.first_failure
    if run is not None and run.about.server_output_tail:
        printed = ET.SubElement(test, "system-out")
        printed.text = _plain(run.about.server_output_tail, _MOST_TEXT)


def _outcome(test: ET.Element, case: CaseResult) -> None:
    if case.outcome is Outcome.NOT_APPLICABLE:
        ET.SubElement(test, "skipped", message=_plain(case.reason, _MOST_NAME))
    elif _is_known(case):
        assert case.deviation is not None
        reason = f"known deviation: {case.deviation.reason}"
        ET.SubElement(test, "skipped", message=_plain(reason, _MOST_NAME))
    elif case.outcome is Outcome.INCONCLUSIVE:
        words = ET.SubElement(test, "error", message=_plain(case.reason, _MOST_NAME))
        words.text = _plain(_told(case, Outcome.INCONCLUSIVE), _MOST_TEXT)
    elif case.outcome is Outcome.FAIL:
        first = next(one for one in case.findings if one.outcome is Outcome.FAIL)
        of = _plain(first.requirement or "limit", _MOST_NAME)
        says = _plain(first.says, _MOST_NAME)
        ET.SubElement(test, "failure", type=of, message=says).text = _plain(
            _told(case, Outcome.FAIL), _MOST_TEXT
        )


def _is_known(case: CaseResult) -> bool:
    return case.outcome is Outcome.FAIL and case.deviation is not None


def _told(case: CaseResult, outcome: Outcome) -> str:
    """Return all that helps to mend it: what was found, what went to and fro, how to repeat it."""
    found = [one for one in case.findings if one.outcome is outcome]
    run = case.first_failure
    return "\n\n".join([*map(_words, found[:5]), *(_record(run) if run else ())])


def _words(finding: Finding) -> str:
    requirement = REQUIREMENTS.get(finding.requirement)
    sentence = (
        f'{requirement.id} ({requirement.level}): "{requirement.sentence}"\n'
        if (requirement)
        else ""
    )
    cause = f"\nLikely cause: {finding.cause}" if finding.cause else ""
    return f"{sentence}{finding.says}{cause}"


def _record(run: CaseRun) -> list[str]:
    again = f"Run it again: {run.about.repeat_command}" if run.about.repeat_command else ""
    wire = f"What went to and fro:\n{run.wire}" if run.wire else ""
    return [words for words in (again, wire) if words]


def _plain(text: str, most: int) -> str:
    """Return `text` without what XML or a terminal cannot take, each line by itself, bounded."""
    shown = "\n".join(map(for_terminal, text[:most].split("\n")))
    return _FORBIDDEN.sub("?", shown)
