"""The requirements are pinned: an id keeps its level, is used once, and is written to be quoted."""

import re
from collections.abc import Mapping

import pytest

from harness.dialect import Dialect
from harness.dialect_files import load_dialect
from harness.requirements import (
    GROUPS,
    REQUIREMENTS,
    Dialects,
    Level,
    Requirement,
    requirement,
)
from harness.requirements.scope import why_not
from harness.template import parse_template

# Ids never change their meaning and are never used again, so this list only grows.
PINNED: Mapping[Level, str] = {
    Level.MUST: """
        JOIN-1 JOIN-2 JOIN-3 JOIN-4 JOIN-5 JOIN-7 JOIN-8 JOIN-9 STAY-1
        RELAY-1 RELAY-2 RELAY-3 RELAY-4 RELAY-5 RELAY-6 RELAY-7 RELAY-8 RELAY-9 RELAY-10
        LEAVE-1 LEAVE-2 LEAVE-3 LEAVE-4 LEAVE-5 LEAVE-6 LEAVE-7 LEAVE-8
        LOAD-1 LOAD-2 INPUT-1 LIFE-1 LIFE-4
        C-CONN-1 C-NICK-1 C-SEND-1 C-SHOW-1 C-SHOW-2 C-SHOW-3 C-END-1 C-END-2
    """,
    Level.SHOULD: """
        JOIN-6 JOIN-10 LOAD-3 LOAD-4 INPUT-2 INPUT-3 LIFE-2 LIFE-3 C-NICK-2 C-SHOW-4
    """,
    Level.MAY: "",
    Level.LEVEL: "RELAY-11 RELAY-12",
}
EVERY = pytest.mark.parametrize("each", REQUIREMENTS.values(), ids=lambda each: each.id)


def test_every_id_keeps_its_level() -> None:
    expected = {name: level for level, names in PINNED.items() for name in names.split()}
    assert {name: each.level for name, each in REQUIREMENTS.items()} == expected


def test_no_id_is_used_twice() -> None:
    assert len(REQUIREMENTS) == sum(len(group) for group in GROUPS.values())


def test_the_numbers_of_a_group_have_no_gap() -> None:
    numbers: dict[str, list[int]] = {}
    for name in REQUIREMENTS:
        prefix, _, number = name.rpartition("-")
        numbers.setdefault(prefix, []).append(int(number))
    assert {p: n for p, n in numbers.items() if n != list(range(1, len(n) + 1))} == {}


@EVERY
def test_a_sentence_can_be_quoted(each: Requirement) -> None:
    assert re.fullmatch(r"[A-Z].*[^.]\.", each.sentence), "one sentence, with a full stop"
    assert not re.search(r"\.\s|\s\s|\n", each.sentence), "one sentence, on one line"
    assert each.source.strip() == each.source != ""


@EVERY
def test_it_is_found_by_its_id(each: Requirement) -> None:
    assert requirement(each.id) is each


def test_an_unknown_id_is_named() -> None:
    with pytest.raises(KeyError, match="there is no requirement 'JOIN-99'"):
        requirement("JOIN-99")


def test_levels_never_fail_a_run() -> None:
    failing = {level for level in Level if Requirement("X-1", level, "It is.").fails}
    assert failing == {Level.MUST, Level.SHOULD}


def test_what_not_every_dialect_shows_says_so() -> None:
    special: dict[Dialects, set[str]] = {}
    for each in REQUIREMENTS.values():
        special.setdefault(each.dialects, set()).add(each.id)
    del special[Dialects.ALL]
    assert special == {
        Dialects.PROMPTING: {"JOIN-1"},
        Dialects.NAMED: {f"JOIN-{number}" for number in (3, 4, 5, 6, 7, 8)} | {"LEAVE-4"},
        Dialects.ENDED_NAMES: {"JOIN-9"},
        Dialects.MARKED: {"RELAY-2"},
        Dialects.LINES: {"RELAY-9", "INPUT-3"},
        Dialects.UTF_8: {"INPUT-1", "INPUT-2"},
        Dialects.ANNOUNCING: {"LEAVE-7"},
    }


def _reasons(dialect: Dialect) -> dict[str, str]:
    reasons = {each.id: why_not(each, dialect) for each in REQUIREMENTS.values()}
    return {name: reason for name, reason in reasons.items() if reason}


def test_what_says_nothing_of_a_dialect() -> None:
    raw, lines = load_dialect("raw"), load_dialect("lines")
    assert _reasons(lines) == {"LEAVE-7": "nobody is told who comes and goes"}
    assert _reasons(raw) == {
        "JOIN-9": "nothing marks the end of a nickname",
        "RELAY-9": "nothing marks the end of a message to the server",
        "INPUT-3": "nothing marks the end of a message to the server",
        "LEAVE-7": "nobody is told who comes and goes",
    }


def test_a_dialect_without_names_prompt_and_unicode() -> None:
    changes: dict[str, object] = {"nickname": None, "prompt": None, "encoding": "latin-1"}
    changes["relay"] = parse_template("{message}", ("message",))
    reasons = _reasons(load_dialect("lines").model_copy(update=changes))
    assert reasons["JOIN-1"] == "the client speaks first"
    assert reasons["JOIN-5"] == reasons["JOIN-9"] == "nobody has a nickname"
    assert reasons["RELAY-2"] == "nothing tells who speaks"
    assert reasons["INPUT-2"] == "its text is not in UTF-8"
    assert "RELAY-1" not in reasons


@pytest.mark.parametrize(
    ("name", "asks"),
    [
        ("JOIN-2", "MUST"),
        ("JOIN-9", "MUST (dialects in which a nickname has an end)"),
        ("JOIN-6", "SHOULD (dialects with nicknames)"),
        ("RELAY-11", "level"),
    ],
)
def test_what_a_requirement_asks_of_which_dialects(name: str, asks: str) -> None:
    assert requirement(name).asks == asks
