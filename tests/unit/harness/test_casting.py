"""`harness.casting`: the people of a story's steps."""

import pytest

from harness.cast import PersonSpec
from harness.casting import NEWCOMERS, acts, casting_mistakes, resolved, salvaged, walk
from harness.section import Mistake
from harness.step import Step
from harness.verbs import Verb
from harness.who import Crowd, Everyone, Person, Some

PEOPLE = {"alice": PersonSpec(), "bob": PersonSpec(), "crowd": PersonSpec(count=20)}


def step(**raw: object) -> Step:
    return Step.model_validate(raw)


BLOCK = {"repeat": [{"who": "alice", "say": "x"}, {"together": [{"wait": "1s"}]}], "times": 3}


def test_walk_gives_every_step_with_its_place() -> None:
    story = (step(who="bob", join=True), step(**BLOCK))
    assert [(loc, each.verb.value) for loc, each in walk(story, ("story",))] == [
        (("story", 0), "join"),
        (("story", 1), "repeat"),
        (("story", 1, "repeat", 0), "say"),
        (("story", 1, "repeat", 1), "together"),
        (("story", 1, "repeat", 1, "together", 0), "wait"),
    ]


def test_salvaged_gives_the_right_steps_of_a_wrong_story() -> None:
    raw = [
        {"who": "alice", "jion": True},
        BLOCK,
        5,
        {"together": [{"who": "bob", "join": True}, {"who": "bob"}]},
        {"together": 5},
    ]
    assert [(loc, each.verb.value) for loc, each in salvaged(raw)] == [
        ((1,), "repeat"),
        ((1, "repeat", 0), "say"),
        ((1, "repeat", 1), "together"),
        ((1, "repeat", 1, "together", 0), "wait"),
        ((3, "together", 0), "join"),
    ]
    assert list(salvaged("x")) == []


def test_crowds_are_told_from_persons() -> None:
    who = ["alice", "crowd", "crowd-001", "2 of crowd", "everyone", "stranger"]
    inner = {"who": "crowd", "join": True}
    found = resolved(step(repeat=[{"who": who, "join": True}, inner], times=2), PEOPLE)
    assert [each.who for each in found.block] == [
        (
            Person("alice"),
            Crowd("crowd"),
            Person("crowd-001"),
            Some(2, "crowd"),
            Everyone(),
            Person("stranger"),
        ),
        (Crowd("crowd"),),
    ]
    alone = step(who="alice", join=True)
    assert resolved(alone, PEOPLE) is alone


@pytest.mark.parametrize(
    ("who", "message", "hint"),
    [
        ("alicia", "there is no 'alicia' in people", "did you mean 'alice'?"),
        ("crowd-021", "there is no 'crowd-021'", "from crowd-001 to crowd-020"),
        ("newcomer", "there is no 'newcomer' in people", "did you mean 'a newcomer'?"),
        ("everyone but bib", "there is no 'bib' in people", "did you mean 'bob'?"),
        ("everyone but bob, crowd, alice", "nobody is left", ""),
        ("2 of crowds", "there is no 'crowds' in people", "did you mean 'crowd'?"),
        ("1 of bob", "'bob' is one person, not a crowd", ""),
        ("1 of crowd-001", "'crowd-001' is one person, not a crowd", ""),
        ("30 of crowd", "30 of 'crowd', which has 20", ""),
    ],
)
def test_people_who_are_not_there(who: str, message: str, hint: str) -> None:
    each = step(who=["bob", who], join=True)
    found = list(casting_mistakes((7,), each, PEOPLE))
    assert found == [Mistake((7, "who", 1), message, hint)]


def test_people_who_are_there() -> None:
    who = ["alice", "crowd", "crowd-020", "everyone", "everyone but crowd-001, bob", "20 of crowd"]
    assert list(casting_mistakes((), step(who=who, join=True), PEOPLE)) == []


@pytest.mark.parametrize("verb", NEWCOMERS)
def test_a_newcomer_is_nobody_of_the_people(verb: Verb) -> None:
    each = step(who="a newcomer", **{verb.value: True})
    assert list(casting_mistakes((), each, PEOPLE)) == []
    assert acts((each,), PEOPLE) == 1


@pytest.mark.parametrize(
    ("verb", "value"),
    [
        ("say", "x"),
        ("send", "x"),
        ("hears", {"from": "bob"}),
        ("hears-nothing", True),
        ("refused", True),
        ("leave", True),
        ("drop", "reset"),
        ("freeze", True),
        ("thaw", True),
    ],
)
def test_what_no_newcomer_can_do(verb: str, value: object) -> None:
    each = step(who=["bob", "a newcomer"], **{verb: value})
    message = f"a newcomer can only connect or join, and cannot {verb}"
    hint = "for more, give somebody a name in people"
    assert list(casting_mistakes((7,), each, PEOPLE)) == [Mistake((7, "who", 1), message, hint)]


@pytest.mark.parametrize("name", ["bob", "crowd", "crowd-001", "everyone"])
def test_whom_one_can_hear(name: str) -> None:
    each = step(who="alice", hears={"from": name})
    assert list(casting_mistakes((), each, PEOPLE)) == []


def test_nobody_hears_a_stranger() -> None:
    each = step(who="alice", hears={"from": "bib"})
    assert list(casting_mistakes((3,), each, PEOPLE)) == [
        Mistake((3, "hears", "from"), "there is no 'bib' in people", "did you mean 'bob'?")
    ]
    text = step(who="alice", hears={"text": "bib"})
    assert list(casting_mistakes((3,), text, PEOPLE)) == []


def test_acts() -> None:
    story = (
        step(who=["alice", "crowd"], join=True),
        step(who=["5 of crowd", "everyone"], say="x", times=10),
        step(wait="1s"),
        step(**BLOCK),
    )
    told = tuple(resolved(each, PEOPLE) for each in story)
    assert acts(told, PEOPLE) == 21 + (5 + 22) * 10 + 1 + (1 + 1) * 3
