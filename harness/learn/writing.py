"""Writing: findings become the text of a dialect file, each answer below what it was told from.

Knows nothing of servers. The same findings give the same text.
"""

import textwrap

from harness.escape import for_terminal
from harness.learn.findings import Finding, Findings, Sort, quoted

MARK = "# Learnt by `harness learn`: written anew the next time."
"""The first line, by which a file is known that may be overwritten."""

KEYS = (
    *("encoding", "prompt", "nickname", "said", "heard", "relay", "prefix-by", "echo", "answer"),
    *("greeting", "farewell", "join", "leave", "lost", "silent-loss"),
    *("empty", "duplicate", "bad-bytes", "quit", "history", "most"),
)
_WIDTH = 98


def written(name: str, about: str, findings: Findings) -> str:
    """Return the file: the mark, the defects, and each key in the order of the format."""
    lines = [MARK]
    for defect in findings.defects:
        lines += _comment(f"defect: {defect.saw}")
    lines += [f"name: {quoted(name)}", f"about: {quoted(about)}"]
    for key in KEYS:
        finding = findings.of(key)
        if finding is not None:
            lines += _lines(finding)
    return "\n".join(lines) + "\n"


def _lines(finding: Finding) -> list[str]:
    if finding.sort is Sort.FOUND:
        return [*_comment(finding.saw), f"{finding.key}: {finding.value}"]
    if finding.sort is Sort.NOTHING:
        return _comment(f"no {finding.key}: {finding.saw}")
    return _comment(f"not found out: {finding.key}: {finding.saw}")


def _comment(text: str) -> list[str]:
    return [
        f"# {line}"
        for line in textwrap.wrap(
            for_terminal(text), _WIDTH, break_long_words=True, break_on_hyphens=False
        )
    ]
