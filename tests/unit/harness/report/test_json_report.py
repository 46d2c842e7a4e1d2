"""A stored verdict comes back as it was, and the file does nobody harm."""

import json
from dataclasses import replace

import pytest

from harness.errors import InputError
from harness.report.json_report import from_json, to_json
from harness.report.text import About
from harness.verdict import (
    CheckResult,
    Direction,
    Figures,
    Finding,
    Inapplicable,
    Levels,
    Moment,
    Order,
    Outcome,
    Refuted,
    Verdict,
)

ABOUT = About("disconnect", "One cut cable", 7, "raw", "python chat.py {port}")
NASTY = "\x1b[2J\0\x7f\x85\u202e\u2028\udcff\ud83d я 😀 \"'<script>\\"

FINDING = Finding(
    "delivery",
    "RELAY-1",
    NASTY,
    cause=NASTY,
    moments=(
        Moment(1, "alice", Direction.TO_SERVER, NASTY),
        Moment(2**70, NASTY, Direction.FROM_SERVER, "", missing=True),
        Moment(-3, "", Direction.NOTE, "cut"),
    ),
    count=13,
    deadline=0.1,
)
VERDICT = Verdict(
    Outcome.FAIL,
    (
        CheckResult("delivery", Outcome.FAIL, 4512, (FINDING, FINDING)),
        CheckResult("levels", Outcome.PASS, 0),
        CheckResult(
            "story", Outcome.INCONCLUSIVE, 1, (Finding("story", "", "late", Outcome.INCONCLUSIVE),)
        ),
    ),
    Figures(22, 214, 4512, 4511, 1.1 + 2.2, 1e-9),
    NASTY,
    Levels(
        Order.CAUSAL, total=Refuted(NASTY, (Moment(4, NASTY, Direction.NOTE, NASTY),)), note="x"
    ),
)


@pytest.mark.parametrize("verdict", [VERDICT, Verdict(Outcome.PASS, ())])
def test_it_comes_back_as_it_was(verdict: Verdict) -> None:
    back = from_json(to_json(verdict, ABOUT))
    assert back == verdict
    assert repr(back) == repr(verdict)  # the kinds too: tuples, members of enums, floats


def test_the_text_is_harmless_wherever_it_is_shown() -> None:
    text = to_json(VERDICT, ABOUT)
    assert text.isascii()
    assert all(char.isprintable() or char == "\n" for char in text)


def test_it_says_its_format_and_what_was_run() -> None:
    document = json.loads(to_json(VERDICT, ABOUT))
    assert list(document) == ["format", "about", "verdict"]
    assert document["format"] == 1
    assert document["about"]["seed"] == 7
    assert document["verdict"]["outcome"] == "fail"
    assert list(document["verdict"]) == [
        *("outcome", "checks", "figures", "reason", "levels", "notes", "inapplicable"),
    ]
    assert list(document["verdict"]["levels"]) == ["order", "sender", "causal", "total", "note"]
    assert document["verdict"]["levels"]["order"] == "causal"


def test_a_verdict_from_before_levels_were_told_is_read_all_the_same() -> None:
    document = json.loads(to_json(VERDICT, ABOUT))
    del document["verdict"]["levels"]
    assert from_json(json.dumps(document)) == replace(VERDICT, levels=None)


def test_what_is_not_applicable_says_why() -> None:
    check = CheckResult("prefix", Outcome.NOT_APPLICABLE, 0, reason="nothing tells who speaks")
    verdict = replace(VERDICT, checks=(check,), inapplicable=(Inapplicable("JOIN-1", "because"),))
    text = to_json(verdict, ABOUT)
    (stored,) = json.loads(text)["verdict"]["checks"]
    assert (stored["outcome"], stored["reason"]) == ("not applicable", "nothing tells who speaks")
    assert from_json(text) == verdict


def test_the_same_values_give_the_same_text() -> None:
    assert to_json(VERDICT, ABOUT) == to_json(from_json(to_json(VERDICT, ABOUT)), ABOUT)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no stored verdict: Expecting value"),
        ("[" * 100_000, "no stored verdict: "),
        ("[]", "no stored verdict: "),
        ('{"format": 2}', "format: Input should be 1"),
        ('{"format": 1}', "verdict: Field required"),
    ],
)
def test_any_other_text_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        from_json(text)
    assert words in str(caught.value)


def test_all_that_is_wrong_is_told_and_where() -> None:
    text = to_json(VERDICT, ABOUT).replace('"fail"', '"failed"').replace("4512", '"many"')
    with pytest.raises(InputError) as caught:
        from_json(text)
    problems = "\n".join(problem.message for problem in caught.value.problems)
    assert "verdict.outcome: Input should be 'pass', 'inconclusive', 'fail' or " in problems
    assert "verdict.checks.0.looked_at: Input should be a valid integer" in problems
