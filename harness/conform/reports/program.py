"""The report for programs: JSON in a published schema, `report.schema.json`. Pure.

ASCII alone, everything else as JSON's escapes, so that no text of a tested program can do harm
where the file is shown.
"""

import json
import re
from typing import Any

from harness.conform.reports.words import bounded, known
from harness.conform.results import (
    CaseResult,
    CaseRun,
    Conformity,
    Deviation,
    Report,
    RequirementResult,
)
from harness.verdict import Finding, Outcome

FORMAT = 1
_MOST_TEXT = 4_000
_MOST_FINDINGS = 20
# How bytes that are no text are kept: not every reader of JSON takes them.
_LONE = re.compile("[\ud800-\udfff]")


def to_json(report: Report) -> str:
    """Return `report` as JSON, indented, with a line end."""
    return json.dumps(to_data(report), indent=2, ensure_ascii=True) + "\n"


def to_data(report: Report) -> dict[str, Any]:
    """Return `report` as JSON's own values."""
    return {
        "format": FORMAT,
        "tool": {"name": "whoheard", "version": report.version},
        "implementation": {
            "name": _text(report.name),
            "kind": str(report.kind),
            "command": _text(report.command),
            "dialect": _text(report.dialect),
        },
        "verdict": _verdict(report),
        "order": str(report.order),
        "requirements": {one.id: _requirement(one) for one in report.requirements},
        "cases": {one.id: _case(one) for one in report.cases},
        "fix_first": [
            {
                "requirement": one.requirement,
                "explains": one.explains,
                "of": one.of,
                "says": _text(one.says),
                "cause": _text(one.cause),
            }
            for one in report.advice
        ],
        "deviations": {
            "known": [_known(one) for one in known(report)],
            "stale": [_known(one) for one in report.stale],
        },
        "unmet_claims": [_text(one) for one in report.unmet],
        "notes": [_text(one) for one in report.notes],
        "isolation": _text(report.isolation),
        "selected": _text(report.selected),
        "interrupted": report.interrupted,
        "seconds": round(report.seconds, 3),
    }


def _verdict(report: Report) -> dict[str, Any]:
    kept = {Conformity.STRICT: True, Conformity.CONFORMS: True, Conformity.UNKNOWN: None}
    return {
        "conformity": str(report.conformity),
        "outcome": str(report.outcome),
        "strict": report.strict,
        "conforms": kept.get(report.conformity, False),
        "conforms_strictly": report.conformity is Conformity.STRICT,
    }


def _requirement(one: RequirementResult) -> dict[str, Any]:
    return {
        "outcome": str(one.standing),
        "level": str(one.level),
        "sentence": one.sentence,
        "cases": {name: str(says) for name, says in one.cases.items()},
        "reason": _text(one.reason),
        "says": _text(one.says),
        "violated_level": str(one.only) if one.only else None,
        "deviation": one.deviation and _deviation(one.deviation),
    }


def _case(one: CaseResult) -> dict[str, Any]:
    return {
        "title": _text(one.title),
        "outcome": str(one.outcome),
        "requirements": list(one.of),
        "reason": _text(one.reason),
        "stability": {"passed": one.passed, "of": len(one.runs)},
        "run_again": one.again,
        "deviation": one.deviation and _deviation(one.deviation),
        "runs": [_run(run) for run in one.runs],
    }


def _run(run: CaseRun) -> dict[str, Any]:
    passed = run.verdict.outcome is Outcome.PASS
    return {
        "seed": run.seed,
        "outcome": str(run.verdict.outcome),
        "reason": _text(run.verdict.reason),
        "seconds": round(run.seconds, 3),
        "findings": [_finding(one) for one in run.verdict.findings[:_MOST_FINDINGS]],
        "deliveries": run.verdict.figures.deliveries,
        "ended": _text(run.crash),
        "printed": "" if passed else _text(run.about.server_output_tail),
        "repeat": _text(run.about.repeat_command),
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "check": one.check,
        "requirement": one.requirement,
        "outcome": str(one.outcome),
        "says": _text(one.says),
        "cause": _text(one.cause),
        "count": one.count,
        "deadline": one.deadline,
    }


def _known(one: Deviation) -> dict[str, str]:
    return {"of": _text(one.of), **_deviation(one), "place": _text(one.place)}


def _deviation(one: Deviation) -> dict[str, str]:
    return {"reason": _text(one.reason), "link": _text(one.link)}


def _text(text: str) -> str:
    return _LONE.sub(_escaped, bounded(text, _MOST_TEXT))


def _escaped(lone: re.Match[str]) -> str:
    code = ord(lone[0])
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"
