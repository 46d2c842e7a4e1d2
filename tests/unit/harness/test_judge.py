"""What proves nothing is no pass, and a mistake of the harness fails nobody's server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness import judge as judging
from harness import matching
from harness.checks import CHECKS
from harness.events import Accepted, Bitten, Connect, Cut, Event, Exited, Interrupted, Overran, Role
from harness.verdict import CheckResult, Levels, Outcome

if TYPE_CHECKING:
    from harness.case import Case
    from tests.unit.harness.conftest import Tale


def _right(tale: Tale) -> int:
    first, _ = tale.room("ann", "bob")
    tale.tell(first, "one")
    return first


def _is(tale: Tale, outcome: Outcome, reason: str) -> None:
    verdict = tale.verdict()
    assert (verdict.outcome, verdict.reason) == (outcome, reason)


def test_a_right_history_passes(tale: Tale) -> None:
    _right(tale)
    tale.end()
    _is(tale, Outcome.PASS, "")
    figures = tale.verdict().figures
    # Two who say hello, one message, and the closing ones; bob missed nothing but ann's hello.
    assert (figures.people, figures.messages, figures.seconds) == (2, 5, tale.now / 1e9)
    assert figures.deliveries == 5
    assert figures.obligations > 0


def test_a_wrong_history_fails_and_needs_no_reason(tale: Tale) -> None:
    first = _right(tale)
    tale.read(first, b"WHAT?")
    tale.end()
    _is(tale, Outcome.FAIL, "")


@pytest.mark.parametrize(
    ("kind", "values", "reason"),
    [
        pytest.param(Interrupted, (), "the run was interrupted", id="interrupted"),
        pytest.param(
            Bitten,
            (0, 0, "its queue was empty"),
            "a fault was not felt, so it proves nothing: its queue was empty",
            id="a fault that was not felt",
        ),
        pytest.param(
            Cut,
            (0, 2, 0, 1),
            "no cut was felt: the server read every message in one piece",
            id="no cut was felt",
        ),
        pytest.param(Bitten, (0, 1, "felt"), "", id="a fault that was felt"),
        pytest.param(Bitten, (0, -1, "unknown"), "", id="a fault of which it cannot be known"),
        pytest.param(Cut, (0, 2, 1, 1), "", id="a cut that was felt"),
        pytest.param(Cut, (0, 2, -1, 1), "", id="a cut of which it cannot be known"),
        pytest.param(Cut, (0, 1, 0, 2), "", id="glued and not cut"),
    ],
)
def test_what_was_not_felt_proves_nothing(
    tale: Tale, kind: type[Event], values: tuple[object, ...], reason: str
) -> None:
    _right(tale)
    tale.add(kind, *values)
    tale.end()
    _is(tale, Outcome.INCONCLUSIVE if reason else Outcome.PASS, reason)


@pytest.mark.parametrize(
    ("exits", "reason"),
    [
        ((), "nothing ever listened on the port"),
        (
            (3,),
            "nothing ever listened on the port: the program ended by itself, with 3, before it did",
        ),
    ],
)
def test_where_nothing_listened(tale: Tale, exits: tuple[int, ...], reason: str) -> None:
    tale.add(Connect, 0, "ann", "ann", Role.PERSON)
    for status in exits:
        tale.add(Exited, status)
    verdict = tale.verdict()
    assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, reason)


def test_where_nobody_had_to_hear_anything(tale: Tale) -> None:
    tale.room("ann")
    tale.end()
    reason = "nobody had to hear anything: the scenario proves nothing"
    _is(tale, Outcome.INCONCLUSIVE, reason)


def test_texts_that_can_be_read_in_too_many_ways(
    tale: Tale, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MOST_EFFORT", 10)
    monkeypatch.setattr(matching, "EFFORT_PER_BYTE", 0)
    ann, _ = tale.room("ann", "bob")
    cid = tale.join("cid")
    said = tale.say(ann, "x" * 100, bare=True)
    tale.read(1, said)
    tale.read(cid, said)
    tale.end()
    reason = "what cid heard can be read in too many ways: the texts are too alike"
    _is(tale, Outcome.INCONCLUSIVE, reason)


def test_levels_that_crash_fail_nobody(tale: Tale, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_transcript: object) -> Levels:
        raise KeyError("oh")

    monkeypatch.setattr(judging, "levels_of", broken)
    _right(tale)
    tale.end()
    verdict = tale.verdict()
    assert verdict.outcome is Outcome.PASS
    assert verdict.levels is not None
    assert verdict.levels.note == "the harness made a mistake: KeyError: 'oh'"


def test_a_check_that_crashes_takes_nothing_from_the_others(
    tale: Tale, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_case: Case) -> CheckResult:
        raise KeyError("oh")

    monkeypatch.setitem(CHECKS, "once", broken)
    _right(tale)
    tale.end()
    verdict = tale.verdict()
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason == "what was found could not be told for certain"
    (finding,) = verdict.findings
    assert finding.says == "The check itself failed: KeyError: 'oh'. This is our mistake."
    others = {one.outcome for one in verdict.checks if one.check != "once"}
    assert others == {Outcome.PASS, Outcome.NOT_APPLICABLE}


def test_a_history_that_cannot_be_understood_is_our_mistake(tale: Tale) -> None:
    tale.add(Accepted, 7, 0)
    _is(tale, Outcome.INCONCLUSIVE, "the harness made a mistake: KeyError: 7")


def test_a_program_that_took_more_than_it_may_is_not_judged(tale: Tale) -> None:
    _right(tale)
    tale.add(Overran, "used 3,000 MiB of memory, and may use 2,048")
    reason = "the harness ended the program: it used 3,000 MiB of memory, and may use 2,048"
    _is(tale, Outcome.INCONCLUSIVE, reason)


@pytest.mark.parametrize(("name", "noted"), [("beacon-1", True), ("eve", False)])
def test_who_the_beacons_are_is_told_where_a_finding_names_one(
    tale: Tale, name: str, noted: bool
) -> None:
    a, _, _ = tale.room("ann", "bob", name)
    tale.tell(a, "one", 2)
    tale.tell(a, "two")
    tale.end()
    verdict = tale.verdict()
    assert verdict.outcome is Outcome.FAIL
    assert any("the harness's own people" in note for note in verdict.notes) is noted
