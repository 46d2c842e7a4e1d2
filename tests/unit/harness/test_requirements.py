"""The requirements are pinned: an id keeps its level, is used once, and is written to be quoted."""

import re
from collections.abc import Mapping

import pytest

from harness.requirements import (
    GROUPS,
    REQUIREMENTS,
    Dialects,
    Level,
    Requirement,
    requirement,
)

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


def test_what_needs_frames_or_announcements_says_so() -> None:
    special = {
        each.id: each.dialects
        for each in REQUIREMENTS.values()
        if each.dialects is not Dialects.ALL
    }
    assert special == {
        "JOIN-9": Dialects.FRAMED,
        "RELAY-9": Dialects.FRAMED,
        "INPUT-3": Dialects.FRAMED,
        "LEAVE-7": Dialects.ANNOUNCING,
    }
