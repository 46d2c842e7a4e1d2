"""`harness.company`: who is meant by a step's `who`, and how each of them speaks."""

import pytest

from harness.company import Company
from harness.dialect import Policy
from harness.dialect_files import load_dialect
from harness.fakes import Fakes
from harness.on import Cutting, On, Segments
from harness.plan import Presence
from harness.scenario import Scenario, Step, read_scenario
from harness.source import loads

PEOPLE = "{alice: , bob: , crowd: {count: 4}}"
NAMES = ("alice", "bob", "crowd-001", "crowd-002", "crowd-003", "crowd-004")
IN = dict.fromkeys(NAMES, Presence.IN_THE_ROOM)
CROWD = list(NAMES[2:])


def story(step: str, on: str = "") -> Scenario:
    text = f"format: 1\nscenario: A test\npeople: {PEOPLE}\n{on}story:\n  - {step}\n"
    return read_scenario(loads(text, "test.yaml"))


def company(told: Scenario, seed: int = 1) -> Company:
    made = Company(told, load_dialect("raw"), seed, {}, Fakes("en_US"), 1.0)
    for name in NAMES:
        made.players[name] = made.make_player(name, name, None)
    return made


def only(told: Scenario) -> Step:
    (step,) = told.story
    return step


def asked(step: str, before: dict[str, Presence], seed: int = 1) -> tuple[list[str], list[str]]:
    told = story(step)
    made = company(told, seed)
    return made.people(only(told), before), [str(one) for one in made.problems.values()]


@pytest.mark.parametrize(
    ("who", "names"),
    [
        pytest.param("alice", ["alice"], id="a person"),
        pytest.param("crowd-003", ["crowd-003"], id="one of a crowd"),
        pytest.param("crowd", CROWD, id="a crowd"),
        pytest.param("everyone", list(NAMES), id="everyone"),
        pytest.param('"everyone but bob, crowd"', ["alice"], id="everyone but some"),
        pytest.param("4 of crowd", CROWD, id="all that there are"),
        pytest.param("[bob, everyone]", ["bob", *NAMES[:1], *CROWD], id="each once"),
    ],
)
def test_who_is_meant_of_those_who_are_there(who: str, names: list[str]) -> None:
    assert asked(f"{{who: {who}, say: hi}}", IN) == (names, [])


def test_who_is_not_there_is_left_out_of_a_crowd_and_of_everyone() -> None:
    before = IN | {"alice": Presence.AWAY, "crowd-002": Presence.FROZEN}
    here = ["crowd-001", "crowd-003", "crowd-004"]
    assert asked("{who: crowd, say: hi}", before) == (here, [])
    assert asked("{who: everyone, say: hi}", before) == (["bob", *here], [])


def test_some_of_a_crowd_are_drawn_by_the_seed_in_the_order_of_their_names() -> None:
    drawn = {tuple(asked("{who: 2 of crowd, say: hi}", IN, seed)[0]) for seed in range(40)}
    pairs = {(a, b) for a in CROWD for b in CROWD if a < b}
    assert drawn == pairs
    again = asked("{who: 2 of crowd, say: hi}", IN, 7)
    assert again == asked("{who: 2 of crowd, say: hi}", IN, 7)


def test_a_newcomer_is_somebody_new_each_time() -> None:
    told = story("{who: a newcomer, join: true}")
    made = company(told)
    assert [made.people(only(told), IN) for _ in range(2)] == [["newcomer-1"], ["newcomer-2"]]
    assert [made.players[name].nick for name in ("newcomer-1", "newcomer-2")] == [
        "newcomer-1",
        "newcomer-2",
    ]


def test_a_step_of_nobody_asks_nobody() -> None:
    assert asked("{wait: 1s}", IN) == ([], [])


@pytest.mark.parametrize(
    ("who", "away", "names", "says"),
    [
        pytest.param(
            "alice",
            ("alice",),
            [],
            "alice cannot say here: alice is away; to say, alice must be in the room when this"
            " step begins",
            id="a person",
        ),
        pytest.param(
            "3 of crowd",
            ("crowd-001", "crowd-002"),
            ["crowd-003", "crowd-004"],
            "only 2 of crowd can say here; 3 are asked for",
            id="some of a crowd",
        ),
        pytest.param(
            "crowd", tuple(CROWD), [], "nobody can say here; nobody of them is there", id="a crowd"
        ),
    ],
)
def test_what_cannot_be_done_is_told_once(
    who: str, away: tuple[str, ...], names: list[str], says: str
) -> None:
    told = story(f"{{who: {who}, say: hi}}")
    made = company(told)
    before = IN | dict.fromkeys(away, Presence.AWAY)
    for _ in range(2):
        assert made.people(only(told), before) == names
    (problem,) = made.problems.values()
    assert f"{problem.message}; {problem.hint}" == says
    assert (problem.line, made.told) == (5, 2)


@pytest.mark.parametrize(
    ("common", "own", "cutting", "size", "delay"),
    [
        pytest.param("", None, Cutting.WHOLE, 0, 0.0, id="nothing said"),
        pytest.param("on: {segments: random, delay: 1s}", None, Cutting.RANDOM, 0, 1.0, id="all"),
        pytest.param(
            "on: {segments: random, delay: 1s}",
            On.model_validate({"segments": "7 bytes"}),
            Cutting.BYTES,
            7,
            1.0,
            id="its own segments",
        ),
        pytest.param(
            "on: {segments: random, delay: 1s}",
            On.model_validate({"delay": "0s"}),
            Cutting.RANDOM,
            0,
            0.0,
            id="no pause",
        ),
    ],
)
def test_everyone_speaks_as_the_story_says_but_where_it_says_so_of_one(
    common: str, own: On | None, cutting: Cutting, size: int, delay: float
) -> None:
    told = story("{who: alice, say: hi}", f"{common}\n" if common else "")
    player = company(told).make_player("alice", "ally", own)
    assert (player.segments, player.delay) == (Segments(cutting, size), delay)
    assert (player.name, player.nick) == ("alice", "ally")


def test_names_that_cannot_be_had() -> None:
    made = company(story("{who: alice, say: hi}"))
    for name, nick in (
        ("newcomer-7", "anybody"),
        ("dan", "newcomer"),
        ("eve", "e\nve"),
        ("fay", "fay"),
    ):
        made.players[name] = made.make_player(name, nick, None)
    made.check_names()
    assert sorted(made.problems) == ["dan", "newcomer-7"]
    assert str(made.problems["dan"]).endswith(
        "dan cannot be called 'newcomer' in raw (so are the harness's own guests)"
    )
    assert list(made.reasons) == ["eve"]


def test_two_of_one_name_where_names_tell_people_apart() -> None:
    made = company(story("{who: alice, say: hi}"))
    made.dialect = made.dialect.model_copy(update={"duplicate": Policy.REPLACE})
    made.players["eve"] = made.make_player("eve", "bob", None)
    made.check_names()
    assert (made.problems, list(made.reasons)) == ({}, ["twice"])
    assert made.reasons["twice"].message == (
        "two people are called 'bob', and in raw the second takes the place of the first"
    )


@pytest.mark.parametrize(("most", "unfit"), [(None, False), (9, False), (8, True)])
def test_a_dialect_lets_only_so_many_in(most: int | None, unfit: bool) -> None:
    told = story("{who: alice, say: hi}")
    made = company(told)
    made.dialect = made.dialect.model_copy(update={"most": most})
    for _ in range(2):  # told once
        made.check_most(only(told), IN)
    says = "raw lets 8 people in, and here are up to 9"
    assert [one.message for one in made.reasons.values()] == [says] * unfit
    made.reasons.clear()
    made.check_most(only(told), {})
    assert made.reasons == {}
