"""`harness.learn.findings` and `.writing`: answers, and the file that they become."""

import pytest
import yaml

from harness.dialect import Dialect, Writer
from harness.learn.findings import Findings, quoted
from harness.learn.writing import KEYS, MARK, written
from harness.source import loads, validated


def some() -> Findings:
    findings = Findings()
    findings.found("said", "{ends: lf}", "nothing came before its LF")
    findings.found("relay", quoted("{nick}: {message}"), "all looked so")
    findings.found("nickname", "{ends: lf}", "as messages")
    findings.found("heard", "{ends: lf}", "each ended so")
    findings.found("prefix-by", "client", "others got a text as it was said")
    findings.nothing("echo", "a sender got nothing")
    findings.unknown("empty", "who gave an empty one was let in")
    findings.defect("an empty nickname is let in \x1b[31m")
    return findings


def test_a_file() -> None:
    text = written("some", "Learnt.", some())
    dialect = validated(loads(text, "learnt.yaml"), Dialect)
    assert (dialect.name, dialect.prefix_by, str(dialect.relay)) == (
        "some",
        Writer.CLIENT,
        "{nick}: {message}",
    )
    assert text.startswith(MARK + "\n")
    assert "# defect: an empty nickname is let in \\x1b[31m\n" in text
    assert "# not found out: empty: who gave an empty one was let in\n" in text
    assert "# no echo: a sender got nothing\n" in text
    assert text.index("# as messages\nnickname:") < text.index("\nsaid:") < text.index("\nheard:")


def test_the_file_knows_all_keys_of_a_dialect() -> None:
    # What a client does on its side, no server knows.
    assert {*KEYS, "name", "about", "client"} == set(Dialect.keys())


def test_a_comment_is_never_cut_out_of_its_line() -> None:
    findings = some()
    findings.nothing("quit", "none of\n" + "word " * 60)
    lines = written("some", "Learnt.", findings).splitlines()
    assert max(map(len, lines)) <= 100
    assert not [line for line in lines if line.startswith("word")]


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
