"""Reports: how an implementation stands with the protocol, told to people and to programs.

Each is a pure function of the values in `harness.conform.results`; nothing of a tested program
reaches any of them unescaped.
"""

from collections.abc import Callable, Mapping, Sequence

from harness.conform.reports.badge import badge
from harness.conform.reports.github import annotations, unheeded
from harness.conform.reports.junit import junit
from harness.conform.reports.markdown import markdown
from harness.conform.reports.matrix import matrix, matrix_json, matrix_markdown
from harness.conform.reports.program import to_json
from harness.conform.reports.text import render
from harness.conform.results import Report

__all__ = ["FORMATS", "SEVERAL", "annotations", "matrix", "render", "unheeded"]

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "text": render,
    "json": to_json,
    "junit": junit,
    "markdown": markdown,
    "badge": badge,
}
"""The kinds of report on one implementation."""

SEVERAL: Mapping[str, Callable[[Sequence[Report]], str]] = {
    "text": matrix,
    "json": matrix_json,
    "markdown": matrix_markdown,
}
"""The kinds of report on several."""
