"""Findings: what was found out about a server, each answer with what it was told from.

Knows nothing of how it was found out, and of how it is written.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from harness.escape import for_terminal


class Sort(StrEnum):
    """What an answer is: a value, nothing to write, no answer, or a defect of the server."""

    FOUND = "found"
    NOTHING = "nothing"
    UNKNOWN = "not found out"
    DEFECT = "defect"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question: `value`, as YAML, is that of `key`; `saw` says from what."""

    sort: Sort
    key: str
    value: str
    saw: str

    def __str__(self) -> str:
        words = self.value if self.sort is Sort.FOUND else str(self.sort)
        if self.sort is Sort.NOTHING:
            return for_terminal(f"{self.key}: none: {self.saw}")
        if self.sort is Sort.DEFECT:
            return for_terminal(f"defect: {self.saw}")
        return for_terminal(f"{self.key}: {words}  ({self.saw})")


def quoted(text: str) -> str:
    """Return `text` as YAML: quoted, and everything that is not seen escaped."""
    return "".join(map(_printable, json.dumps(text, ensure_ascii=False)))


def quoted_all(texts: Sequence[str]) -> str:
    """Return one text as YAML, and more than one as a list."""
    found = ", ".join(map(quoted, texts))
    return found if len(texts) == 1 else f"[{found}]"


def _printable(char: str) -> str:
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


class Findings:
    """All answers, in the order in which they came."""

    def __init__(self) -> None:
        self.told: list[Finding] = []

    def found(self, key: str, value: str, saw: str) -> Finding:
        """Add a value, as YAML."""
        return self._add(Finding(Sort.FOUND, key, value, saw))

    def nothing(self, key: str, saw: str) -> Finding:
        """Add that there is no such thing."""
        return self._add(Finding(Sort.NOTHING, key, "", saw))

    def unknown(self, key: str, why: str) -> Finding:
        """Add that it was not found out."""
        return self._add(Finding(Sort.UNKNOWN, key, "", why))

    def defect(self, saw: str) -> None:
        """Add what no dialect has: each once."""
        finding = Finding(Sort.DEFECT, "", "", saw)
        if finding not in self.told:
            self._add(finding)

    def _add(self, finding: Finding) -> Finding:
        # What is asked again is answered anew.
        if finding.sort is not Sort.DEFECT:
            self.told = [one for one in self.told if one.key != finding.key]
        self.told.append(finding)
        return finding

    def of(self, key: str) -> Finding | None:
        """Return the answer about a key; None where it was not asked."""
        return next((one for one in self.told if one.key == key), None)

    @property
    def defects(self) -> list[Finding]:
        """Return what no dialect has."""
        return [one for one in self.told if one.sort is Sort.DEFECT]
