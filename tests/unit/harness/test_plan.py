"""`harness.plan`: a plan on disk is the same plan, and what is none is told in words."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.events import Ending
from harness.limits import Limits
from harness.plan import (
    BECOMES,
    SERVES,
    Deed,
    Plan,
    PlannedPerson,
    PlannedStep,
    Presence,
    Scene,
    Utterance,
    dump_plan,
    in_words,
    load_plan,
)
from harness.scenario import ServerAct, Step, Verb
from harness.verbs import NOBODYS

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
SEND = Deed(
    person="bob",
    verb=Verb.SEND,
    life=1,
    utterances=(Utterance(0.0, "", b"\xff\n", b"", (1,), True, (b"a\xff\n", b""), False),),
    cuts=(2, 5),
    delay=0.5,
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
    people=(PlannedPerson("alice", "Алиса"), PlannedPerson("bob", "bob", True, "\n")),
    scenes=(
        Scene((PlannedStep(0, 7, "alice: say", Verb.SAY, (SAY,)),)),
        Scene(
            (
                PlannedStep(1, 8, "bob: hears", Verb.HEARS, (HEAR,), at_once=True),
                PlannedStep(2, 9, "wait 2 s", Verb.WAIT, wait=2.0),
            )
        ),
        Scene((PlannedStep(4, 9, "bob: send", Verb.SEND, (SEND,)),)),
        Scene((PlannedStep(5, 9, "", Verb.SERVER, server=ServerAct.STOP, after=1.0, within=2.0),)),
        Scene((PlannedStep(3, 10, "bob: drop", Verb.DROP, (GO,)),), Ending.HALF_CLOSE, (1, 2)),
    ),
    lives=2,
    limits=Limits.model_validate({"delivery-p99": "2s", "memory": "64MB"}),
)


def test_a_plan_on_disk_is_the_same_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(dump_plan(PLAN))
    assert load_plan(path) == PLAN
    assert dump_plan(load_plan(path)) == dump_plan(PLAN)


def test_what_is_stored_is_ascii() -> None:
    assert dump_plan(PLAN).isascii()


def test_steps_come_in_their_order() -> None:
    assert [step.index for step in PLAN.steps()] == [0, 1, 2, 4, 5, 3]


def test_a_person_has_a_nickname() -> None:
    assert (PLAN.named("alice").nick, PLAN.named("bob").nick) == ("Алиса", "bob")


def test_every_verb_that_moves_somebody_says_who_can_do_it() -> None:
    assert set(BECOMES) <= set(SERVES)
    assert set(SERVES) == set(Verb) - NOBODYS


def test_whoever_is_there_can_go_away() -> None:
    assert set(SERVES[Verb.DROP]) | {Presence.AWAY} == set(Presence)
    assert BECOMES[Verb.DROP] is BECOMES[Verb.LEAVE] is BECOMES[Verb.REFUSED] is Presence.AWAY


@pytest.mark.parametrize(
    ("verb", "where"),
    [
        (Verb.FREEZE, [Presence.IN_THE_ROOM]),
        (Verb.THAW, [Presence.FROZEN]),
        (Verb.SAY, [Presence.IN_THE_ROOM]),
        (Verb.SEND, [Presence.IN_THE_ROOM, Presence.AT_THE_DOOR, Presence.STRANGE]),
        (Verb.HEARS_NOTHING, [Presence.IN_THE_ROOM, Presence.AT_THE_DOOR, Presence.STRANGE]),
    ],
)
def test_who_can_do_it(verb: Verb, where: list[Presence]) -> None:
    assert list(SERVES[verb]) == where


def test_only_a_plan_that_tells_the_server_something_acts_on_it() -> None:
    assert PLAN.acts_on_server
    assert not replace(PLAN, scenes=PLAN.scenes[:3]).acts_on_server
    told = PlannedStep(0, 7, "server: kill", Verb.SERVER, server=ServerAct.KILL)
    assert replace(PLAN, scenes=(Scene((told,)),)).acts_on_server


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"who": "alice", "say": "hi {word}"}, "alice: say 'hi {word}'"),
        ({"who": "alice", "say": "hi", "times": 2}, "alice: say 'hi' 2 times"),
        ({"who": "alice", "send": {"hex": "ff fe"}}, "alice: send ff fe"),
        ({"server": "kill"}, "server: kill"),
        ({"who": "bob", "drop": "reset"}, "bob: drop (reset)"),
        ({"wait": "2s"}, "wait 2 s"),
        ({"who": "bob", "hears": {"from": "alice"}}, "bob: hears alice"),
        ({"who": "bob", "hears": {"text": "hi"}}, "bob: hears 'hi'"),
        ({"who": "bob", "hears-nothing": True}, "bob: hears-nothing"),
        ({"who": "bob", "freeze": True}, "bob: freeze"),
        ({"who": "bob", "sees-join": "alice"}, "bob: sees-join alice"),
        ({"who": "bob", "sees-leave": "alice"}, "bob: sees-leave alice"),
    ],
)
def test_a_step_in_words(step: dict[str, object], words: str) -> None:
    assert in_words(Step.model_validate(step)) == words


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
