"""`harness.learn.findings`: answers, of which the last counts."""

import pytest
import yaml
from answers import some

from harness.learn.findings import quoted


def test_what_is_asked_again_is_answered_anew() -> None:
    findings = some()
    findings.found("said", "{ends: none}", "again")
    findings.defect("an empty nickname is let in \x1b[31m")
    said = findings.of("said")
    assert said is not None
    assert said.saw == "again"
    assert len(findings.defects) == 1
    assert findings.of("most") is None


def test_what_is_told() -> None:
    lines = [str(one) for one in some().told]
    assert "said: {ends: lf}  (nothing came before its LF)" in lines
    assert "echo: none: a sender got nothing" in lines
    assert "empty: not found out  (who gave an empty one was let in)" in lines
    assert "defect: an empty nickname is let in \\x1b[31m" in lines


@pytest.mark.parametrize(
    "text", ["a", "{nick}: ", "\0\x1b\x7f", "ж\u2028😀", 'a"b\\c\n', "\U000e0100"]
)
def test_quoted(text: str) -> None:
    assert yaml.safe_load(quoted(text)) == text
    assert quoted(text).isprintable()
