"""`harness.plan`: a plan on disk is the same plan, and what is none is told in words."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.events import Ending
from harness.plan import (
    BECOMES,
    SERVES,
    Deed,
    Plan,
    PlannedPerson,
    PlannedStep,
    Scene,
    Utterance,
    dump_plan,
    load_plan,
)
from harness.scenario import Verb

SAY = Deed(
    person="alice",
    verb=Verb.SAY,
    life=0,
    after=0.25,
    utterances=(
        Utterance(0.0, "привет \u2028\x85\x1b", "привет \u2028\x85\x1b ~t~".encode(), b"~t~"),
        Utterance(0.5, "bytes", b"\x00\xff\xfe\r\n", b""),
    ),
)
HEAR = Deed("bob", Verb.HEARS, 1, hears_from=("alice", "carol"), within=1.5)
GO = Deed("bob", Verb.DROP, 1, hears_text=None, how=Ending.HALF_CLOSE)
PLAN = Plan(
    name="talk",
    title="Two people\ntalk",
    requirements=("JOIN-1",),
    seed=2**64 - 1,
    dialect="raw",
    patience=0.5,
    people=(PlannedPerson("alice", "Алиса"), PlannedPerson("bob", "bob")),
    scenes=(
        Scene((PlannedStep(0, 7, "alice: say", Verb.SAY, (SAY,)),)),
        Scene(
            (
                PlannedStep(1, 8, "bob: hears", Verb.HEARS, (HEAR,), at_once=True),
                PlannedStep(2, 9, "wait 2 s", Verb.WAIT, wait=2.0),
            )
        ),
        Scene((PlannedStep(3, 10, "bob: drop", Verb.DROP, (GO,)),), Ending.HALF_CLOSE, (1, 2)),
    ),
    lives=2,
)


def test_a_plan_on_disk_is_the_same_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(dump_plan(PLAN))
    assert load_plan(path) == PLAN
    assert dump_plan(load_plan(path)) == dump_plan(PLAN)


def test_what_is_stored_is_ascii() -> None:
    assert dump_plan(PLAN).isascii()


def test_steps_come_in_their_order() -> None:
    assert [step.index for step in PLAN.steps()] == [0, 1, 2, 3]


def test_a_person_has_a_nickname() -> None:
    assert (PLAN.named("alice").nick, PLAN.named("bob").nick) == ("Алиса", "bob")


def test_every_verb_that_moves_somebody_says_who_can_do_it() -> None:
    assert set(BECOMES) <= set(SERVES)
    assert set(SERVES) == set(Verb) - {Verb.WAIT, Verb.TOGETHER, Verb.REPEAT}


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{}",
        b"[1]",
        b"\xff\xfe",
        dump_plan(PLAN)[:-20],
        dump_plan(PLAN).replace(b"0", b"x", 1),
    ],
)
def test_what_is_no_plan_is_told(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(damage)
    with pytest.raises(InputError, match=r"plan.json: this is no plan of this version"):
        load_plan(path)


def test_a_plan_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        load_plan(tmp_path / "plan.json")


def test_other_bytes_are_another_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(dump_plan(replace(PLAN, lives=3)))
    assert load_plan(path) != PLAN
