"""`harness.planning`: the same scenario and seed give the same plan, and what cannot be is told."""

from collections.abc import Iterable
from itertools import pairwise

import pytest

from harness import tokens
from harness.dialect import Dialect
from harness.dialect_files import load_dialect
from harness.errors import InputError
from harness.events import Ending
from harness.fitness import NotApplicableError
from harness.plan import Deed, Plan, PlannedStep, dump_plan
from harness.planning import make_plan
from harness.scenario import Scenario, Verb, read_scenario
from harness.source import loads

HEAD = "format: 1\nscenario: A test\npeople: {people}\nstory:\n"
RAW, LINES = load_dialect("raw"), load_dialect("lines")


def scenario(*steps: str, people: str = "{alice: , bob: , carol: }", more: str = "") -> Scenario:
    text = HEAD.replace("{people}", people) + "".join(f"  - {step}\n" for step in steps) + more
    return read_scenario(loads(text, "test.yaml"))


def plan(
    *steps: str,
    people: str = "{alice: , bob: , carol: }",
    seed: int = 1,
    dialect: Dialect = RAW,
    patience: float = 1.0,
) -> Plan:
    told = scenario(*steps, people=people)
    return make_plan(told, dialect, name="test", seed=seed, patience=patience)


def mistakes(*steps: str, people: str = "{alice: , bob: , carol: }") -> list[str]:
    with pytest.raises(InputError) as caught:
        plan(*steps, people=people)
    return [str(problem) for problem in caught.value.problems]


def step(made: Plan, index: int) -> PlannedStep:
    return list(made.steps())[index]


def who(made: Plan, index: int) -> list[str]:
    return [deed.person for deed in step(made, index).deeds]


def deed_of(made: Plan, index: int, person: str = "alice") -> Deed:
    return next(deed for deed in step(made, index).deeds if deed.person == person)


def words_of(made: Plan, person: str) -> list[bytes]:
    deeds = [deed for one in made.steps() for deed in one.deeds if deed.person == person]
    return [utterance.text.encode() for deed in deeds for utterance in deed.utterances]


ALL_JOIN = "{who: everyone, join: true}"
TALK = '{who: everyone, say: "{sentence}", times: 3, every: 5ms..20ms}'


# Chance


@pytest.mark.parametrize("dialect", [RAW, LINES], ids=["raw", "lines"])
def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(dialect: Dialect) -> None:
    people = "{alice: , bob: {nick: faker}, crowd: 20}"
    steps = (ALL_JOIN, TALK, '{who: 5 of crowd, say: "{word} and {name}"}')
    first, second, other = (
        dump_plan(plan(*steps, people=people, seed=seed, dialect=dialect)) for seed in (1, 1, 2)
    )
    assert first == second != other


def test_one_more_person_does_not_change_what_the_others_say_and_when() -> None:
    fewer = plan(ALL_JOIN, TALK)
    more = plan(ALL_JOIN, TALK, people="{dave: , alice: , eve: , bob: , carol: }")
    for person in ("alice", "bob", "carol"):
        assert words_of(fewer, person) == words_of(more, person)
        times = [[u.at for u in deed_of(made, 1, person).utterances] for made in (fewer, more)]
        assert times[0] == times[1]


def test_one_more_person_does_not_change_the_made_up_nicknames_of_the_others() -> None:
    fewer = plan(ALL_JOIN, people="{alice: {nick: faker}, bob: {nick: faker}}")
    more = plan(ALL_JOIN, people="{carol: , alice: {nick: faker}, bob: {nick: faker}}")
    for person in ("alice", "bob"):
        assert fewer.named(person).nick == more.named(person).nick not in ("faker", person)


def test_made_up_nicknames_are_not_given_twice() -> None:
    made = plan(ALL_JOIN, people="{crowd: {count: 1200, nick: faker}}")
    nicks = [one.nick for one in made.people]
    assert len(set(nicks)) == 1200


def test_people_are_drawn_among_those_present_and_anew_for_each_step() -> None:
    made = plan(
        "{who: 10 of crowd, join: true}",
        '{who: 4 of crowd, say: "a"}',
        '{who: 4 of crowd, say: "b"}',
        '{who: 4 of crowd, say: "c"}',
        people="{crowd: 40}",
    )
    present = set(who(made, 0))
    drawn = [who(made, index) for index in (1, 2, 3)]
    assert len(present) == 10
    assert all(set(some) <= present and len(set(some)) == 4 for some in drawn)
    assert len({tuple(some) for some in drawn}) > 1


def test_a_crowd_and_everyone_are_those_who_can() -> None:
    made = plan(
        "{who: [alice, crowd-001, crowd-002], join: true}",
        '{who: crowd, say: "a"}',
        '{who: everyone, say: "b"}',
        '{who: everyone but alice, say: "c"}',
        "{who: everyone, join: true}",
        '{who: "everyone but crowd, bob", say: "d"}',
        people="{alice: , bob: , crowd: 3}",
    )
    assert who(made, 1) == ["crowd-001", "crowd-002"]
    assert who(made, 2) == ["alice", "crowd-001", "crowd-002"]
    assert who(made, 3) == ["crowd-001", "crowd-002"]
    assert who(made, 4) == ["bob", "crowd-003"]
    assert who(made, 5) == ["alice"]


def test_who_is_named_twice_does_it_once() -> None:
    made = plan(ALL_JOIN, '{who: [bob, alice, everyone, bob], say: "a"}')
    assert who(made, 1) == ["bob", "alice", "carol"]


# Words


def test_every_message_has_a_token_of_its_own_at_one_of_its_ends() -> None:
    made = plan(ALL_JOIN, '{who: everyone, say: " {sentence} ", times: 40}')
    utterances = [u for one in made.steps() for deed in one.deeds for u in deed.utterances]
    found = [u.token for u in utterances]
    assert len(set(found)) == len(utterances) == 120
    assert all(tokens.is_whole(token) for token in found)
    front = [u.data == u.token + b" " + u.text.encode() for u in utterances]
    behind = [u.data == u.text.encode() + b" " + u.token for u in utterances]
    assert all(a != b for a, b in zip(front, behind, strict=True))
    assert any(front)
    assert any(behind)


def test_lines_end_with_a_line_feed() -> None:
    made = plan(ALL_JOIN, '{who: alice, say: "hello"}', dialect=LINES)
    [utterance] = deed_of(made, 1).utterances
    assert utterance.data.endswith(b"\n")
    assert utterance.data.strip(b"\n").replace(utterance.token, b"").strip() == b"hello"
    assert utterance.text == "hello"


def test_a_bare_text_is_what_is_said() -> None:
    made = plan(ALL_JOIN, '{who: alice, say: "bob: hi", bare: true, times: 2}')
    assert [(u.data, u.token) for u in deed_of(made, 1).utterances] == [(b"bob: hi", b"")] * 2


def test_an_empty_text_is_its_token_alone() -> None:
    [utterance] = deed_of(plan(ALL_JOIN, '{who: alice, say: ""}'), 1).utterances
    assert (utterance.text, utterance.data) == ("", utterance.token)


def test_each_life_of_a_person_numbers_its_own_messages() -> None:
    made = plan(
        "{who: alice, join: true}",
        '{who: alice, say: "a", times: 2}',
        "{who: alice, drop: reset}",
        "{who: alice, join: true}",
        '{who: alice, say: "b"}',
    )
    first, second = deed_of(made, 1), deed_of(made, 4)
    assert (first.life, second.life, made.lives) == (0, 1, 2)
    assert [u.token for u in first.utterances] == [tokens.mint(0, 0), tokens.mint(0, 1)]
    assert [u.token for u in second.utterances] == [tokens.mint(1, 0)]


def test_connecting_and_joining_is_one_life() -> None:
    made = plan("{who: alice, connect: true}", "{who: alice, join: true}")
    assert {deed_of(made, index).life for index in (0, 1)} == {0}
    assert made.lives == 1


# Times


def test_messages_come_at_even_or_drawn_times() -> None:
    made = plan(
        ALL_JOIN,
        '{who: alice, say: "a", times: 4, every: 20ms}',
        '{who: alice, say: "b", times: 50, every: 10ms..30ms}',
        '{who: alice, say: "c", times: 3}',
    )
    assert [u.at for u in deed_of(made, 1).utterances] == pytest.approx([0, 0.02, 0.04, 0.06])
    drawn = [u.at for u in deed_of(made, 2).utterances]
    gaps = [later - earlier for earlier, later in pairwise(drawn)]
    assert all(0.01 <= gap <= 0.03 for gap in gaps)
    assert len(set(gaps)) > 1
    assert [u.at for u in deed_of(made, 3).utterances] == [0, 0, 0]


def test_over_spreads_people_and_their_messages() -> None:
    made = plan(
        "{who: crowd, join: true, over: 8s, after: 1s}",
        '{who: crowd, say: "a", over: 4s}',
        '{who: crowd, say: "b", times: 2, over: 4s}',
        people="{crowd: 4}",
    )

    def due(index: int) -> Iterable[float]:
        deeds = step(made, index).deeds
        return sorted(deed.after + u.at for deed in deeds for u in deed.utterances)

    assert [deed.after for deed in step(made, 0).deeds] == [1, 3, 5, 7]
    assert due(1) == [0, 1, 2, 3]
    assert due(2) == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]


def test_over_no_time_is_at_once() -> None:
    made = plan("{who: crowd, join: true, over: 0s}", people="{crowd: 4}")
    assert step(made, 0).at_once
    assert {deed.after for deed in step(made, 0).deeds} == {0}
    assert not step(plan("{who: crowd, join: true}", people="{crowd: 4}"), 0).at_once


def test_deadlines_of_the_scenario_are_multiplied_too() -> None:
    made = plan("{who: alice, join: true, within: 2s}", "{who: bob, join: true}", patience=3)
    assert deed_of(made, 0).within == 6
    assert deed_of(made, 1, "bob").within is None


def test_a_wait_and_every_block_may_begin_later() -> None:
    made = plan(
        ALL_JOIN,
        "{wait: 2s, after: 1s}",
        "{together: [{who: alice, say: a, after: 1s}, {who: bob, say: b}, {wait: 1s}], after: 4s}",
        "{repeat: [{who: alice, say: a}, {who: bob, say: b}], times: 2, after: 5s}",
    )
    assert step(made, 1).wait == 3
    assert deed_of(made, 2).after == 5
    assert deed_of(made, 3, "bob").after == 4
    assert step(made, 4).wait == 5
    assert [step(made, index).deeds[0].after for index in (5, 6, 7, 8)] == [5, 0, 0, 0]


# Blocks


def test_together_is_one_scene_and_repeat_marks_the_ends_of_its_rounds() -> None:
    made = plan(
        ALL_JOIN,
        "{together: [{who: alice, say: a}, {who: bob, drop: close}]}",
        "{repeat: [{who: bob, join: true}, {who: bob, drop: reset}], times: 2}",
        "{repeat: [{who: alice, say: b}], times: 1}",
    )
    sizes = [len(scene.steps) for scene in made.scenes]
    assert sizes == [1, 2, 1, 1, 1, 1, 1]
    rounds = [scene.round for scene in made.scenes]
    assert rounds == [None, None, None, (1, 0), None, (1, 1), (2, 0)]
    assert [one.index for one in made.steps()] == list(range(8))


def test_a_repeated_text_is_made_up_anew() -> None:
    made = plan(ALL_JOIN, '{repeat: [{who: alice, say: "{sentence}"}], times: 5}')
    assert len(set(words_of(made, "alice"))) == 5


def test_the_scene_that_empties_the_room_says_how() -> None:
    made = plan(
        "{who: alice, join: true}",
        "{who: alice, leave: true}",
        "{wait: 1ms}",
        "{who: [bob, carol], join: true}",
        "{together: [{who: bob, drop: reset}, {who: carol, drop: reset}]}",
    )
    endings = [scene.empties for scene in made.scenes]
    assert endings == [None, Ending.LEAVE, None, None, Ending.RESET]


@pytest.mark.parametrize(
    ("verb", "how"),
    [
        ("leave: true", Ending.LEAVE),
        ("drop: close", Ending.CLOSE),
        ("drop: reset", Ending.RESET),
        ("drop: half-close", Ending.HALF_CLOSE),
    ],
)
def test_each_departure_has_its_kind(verb: str, how: Ending) -> None:
    made = plan(ALL_JOIN, f"{{who: bob, {verb}}}")
    assert deed_of(made, 1, "bob").how is how


def test_who_hears_listens_to_everyone_else() -> None:
    made = plan(
        ALL_JOIN,
        '{who: everyone, say: "a"}',
        "{who: everyone, hears: {from: everyone}}",
        "{who: alice, hears: {text: a}}",
    )
    assert deed_of(made, 2, "bob").hears_from == ("alice", "carol")
    assert deed_of(made, 2, "bob").hears_text is None
    assert (deed_of(made, 3).hears_from, deed_of(made, 3).hears_text) == ((), "a")


def test_steps_know_their_words_and_lines() -> None:
    made = plan(
        ALL_JOIN,
        '{who: [alice, bob], say: "{word}", times: 2}',
        "{who: bob, drop: half-close}",
        "{wait: 1500ms}",
        "{who: alice, hears: {text: a}}",
        "{who: alice, leave: true}",
    )
    assert [one.words for one in made.steps()] == [
        "everyone: join",
        "alice, bob: say '{word}' 2 times",
        "bob: drop (half-close)",
        "wait 1.5 s",
        "alice: hears 'a'",
        "alice: leave",
    ]
    assert [one.line for one in made.steps()] == [5, 6, 7, 8, 9, 10]
    assert step(made, 3).verb is Verb.WAIT


# Mistakes


def test_who_has_left_cannot_speak() -> None:
    told = mistakes(ALL_JOIN, "{who: bob, leave: true}", '{who: bob, say: "hi"}')
    assert len(told) == 1
    assert told[0].startswith("test.yaml:7:5: bob cannot say here: bob is away (to say, ")


def test_every_mistake_is_told_in_the_order_of_the_file() -> None:
    told = mistakes(
        '{who: bob, say: "hi"}',
        "{who: alice, join: true}",
        "{who: alice, join: true}",
        "{who: carol, leave: true}",
    )
    assert [one.split(": ")[0] for one in told] == [
        "test.yaml:5:5",
        "test.yaml:7:5",
        "test.yaml:8:5",
    ]
    assert "alice is in the room" in told[1]


def test_in_a_repeat_a_mistake_is_told_once() -> None:
    told = mistakes(ALL_JOIN, "{repeat: [{who: bob, drop: close}], times: 9}")
    assert len(told) == 1
    assert "bob cannot drop here" in told[0]


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        (["{who: crowd, say: a}"], "nobody can say here"),
        (["{who: 3 of crowd, join: true}", "{who: 4 of crowd, say: a}"], "only 3 of crowd can say"),
        (["{who: alice, connect: true}", "{who: alice, say: a}"], "connected, without a name"),
        (["{who: alice, connect: true}", "{who: alice, connect: true}"], "alice cannot connect"),
        (["{together: [{who: alice, join: true}, {who: alice, say: a}]}"], "alice cannot say here"),
        (
            ["{together: [{who: alice, join: true}, {who: everyone, join: true}]}"],
            "alice comes or goes twice",
        ),
        (
            [ALL_JOIN, "{together: [{who: alice, drop: reset}, {who: alice, leave: true}]}"],
            "alice comes or goes twice",
        ),
        (
            [ALL_JOIN, "{together: [{repeat: [{who: alice, say: a}], times: 2}]}"],
            "'repeat' inside of 'together'",
        ),
        ([ALL_JOIN, "{who: alice, hears: {from: crowd}}"], "nothing of crowd is there to hear"),
        ([ALL_JOIN, "{who: alice, say: a}", "{who: alice, hears: {from: alice}}"], "to hear"),
        ([ALL_JOIN, '{who: alice, say: "", bare: true}'], "cannot be said in raw"),
        ([ALL_JOIN, '{who: alice, say: "a ~0000000000~ b"}'], "looks like a token"),
    ],
    ids=str,
)
def test_what_cannot_be_done(steps: list[str], says: str) -> None:
    told = mistakes(*steps, people="{alice: , crowd: 5}")
    assert len(told) == 1
    assert told[0].startswith("test.yaml:")
    assert says in told[0]


def test_what_was_heard_in_an_earlier_life_is_not_there_to_hear() -> None:
    steps = (
        ALL_JOIN,
        '{who: bob, say: "a"}',
        "{who: bob, drop: reset}",
        "{who: bob, join: true}",
        "{who: alice, hears: {from: bob}}",
    )
    assert "nothing of bob is there to hear" in mistakes(*steps)[0]
    plan(*steps[:-1], '{together: [{who: bob, say: "b"}, ' + steps[-1] + "]}")


def test_a_line_end_cannot_be_said_where_lines_are() -> None:
    step_with_end = '{who: alice, say: "a\\nb"}'
    plan(ALL_JOIN, step_with_end)
    with pytest.raises(InputError, match=r"test.yaml:6:5: this cannot be said in lines"):
        plan(ALL_JOIN, step_with_end, dialect=LINES)


@pytest.mark.parametrize("people", ["{newcomer: }", "{alice: {nick: newcomer}}"])
def test_the_guest_at_the_end_keeps_its_name(people: str) -> None:
    assert "cannot be called 'newcomer'" in mistakes(ALL_JOIN, people=people)[0]


def test_more_messages_than_tokens_can_number() -> None:
    told = mistakes(ALL_JOIN, '{who: alice, say: "a", times: 999999}')
    assert "more than" in told[0]
    assert "messages" in told[0]


def test_the_whole_is_said_of_the_plan() -> None:
    made = make_plan(
        scenario(ALL_JOIN, more="requirement: [JOIN-1, STAY-1]\n"),
        LINES,
        name="short",
        seed=9,
        patience=2.5,
    )
    assert (made.name, made.title, made.seed, made.dialect) == ("short", "A test", 9, "lines")
    assert (made.requirements, made.patience) == (("JOIN-1", "STAY-1"), 2.5)


@pytest.mark.parametrize(
    ("steps", "line", "says"),
    [
        (("{server: stop}", "{who: bob, freeze: true}", "{server: continue}"), 7, "is stopped"),
        (("{who: bob, freeze: true}", "{server: stop}", "{who: bob, thaw: true}"), 8, "is stopped"),
        (("{server: stop}", "{server: restart}"), 7, "restart needs one that is running"),
        (("{server: stop}", "{server: kill}"), 7, "kill needs one that is running"),
        (("{server: stop}", "{server: stop}"), 7, "stop needs one that is running"),
        (("{server: continue}",), 6, "continue needs one that is stopped"),
        (("{server: kill}", "{server: kill}"), 7, "kill needs one that is running"),
    ],
)
def test_what_a_stopped_server_cannot_do_is_told(
    steps: tuple[str, ...], line: int, says: str
) -> None:
    told = mistakes(ALL_JOIN, *steps)
    assert any(one.startswith(f"test.yaml:{line}:5: ") and says in one for one in told), told


@pytest.mark.parametrize("act", ["kill", "interrupt", "terminate"])
def test_a_server_that_runs_or_has_ended_may_start_again(act: str) -> None:
    assert plan(ALL_JOIN, "{server: restart}", ALL_JOIN).acts_on_server
    assert plan(ALL_JOIN, f"{{server: {act}}}", "{server: restart}", ALL_JOIN).acts_on_server


# Servers, newcomers, and bytes


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        (["{server: continue}"], "the server is running here"),
        (["{server: stop}", "{server: stop}"], "the server is stopped here"),
        (["{server: kill}", "{server: interrupt}"], "the server is not running here"),
        (["{server: kill}", "{who: alice, join: true}"], "the server is not running here"),
        (["{server: stop}"], "the server is still stopped when the story ends"),
        (
            ["{server: stop}", "{who: alice, connect: true}", "{server: continue}"],
            "the server is stopped here",
        ),
        (
            ["{together: [{who: alice, join: true}, {server: terminate}]}"],
            "alice comes or goes while the server ends",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_done_to_the_server(steps: list[str], says: str) -> None:
    told = mistakes(*steps, people="{alice: }")
    assert any(says in one for one in told)


def test_all_are_away_once_the_server_has_ended() -> None:
    made = plan(
        ALL_JOIN, "{server: kill}", "{server: restart, after: 1s, within: 2s}", ALL_JOIN, patience=2
    )
    told = step(made, 2)
    assert (told.server, told.after, told.within, told.deeds) == ("restart", 1.0, 4.0, ())
    assert {deed.life for deed in step(made, 3).deeds} == {3, 4, 5}
    assert made.scenes[1].empties is None


def test_who_sends_at_the_door_is_a_stranger() -> None:
    made = plan(
        "{who: alice, connect: true}",
        '{who: alice, send: "x"}',
        '{who: alice, send: "y"}',
        "{who: alice, leave: true}",
    )
    utterances = [u for index in (1, 2) for u in deed_of(made, index).utterances]
    assert [u.messages for u in utterances] == [(), ()]
    assert (
        "other bytes in place of a name"
        in (
            mistakes(
                "{who: alice, connect: true}", '{who: alice, send: "x"}', "{who: alice, join: true}"
            )[0]
        )
    )


def test_a_member_sends_messages() -> None:
    made = plan(ALL_JOIN, '{who: alice, send: "x"}')
    assert deed_of(made, 1).utterances[0].messages == (b"x",)
    assert "cannot be sent in raw" in mistakes(ALL_JOIN, '{who: alice, send: "{end}"}')[0]


def test_who_is_frozen_does_nothing_until_thawed() -> None:
    steps = (ALL_JOIN, "{who: alice, freeze: true}", "{who: alice, say: a}")
    assert "alice is frozen" in mistakes(*steps)[0]
    made = plan(*steps[:2], "{who: alice, thaw: true}", steps[2])
    assert [one.freezes for one in made.people] == [True, False, False]


def test_who_is_refused_is_away() -> None:
    made = plan("{who: alice, refused: true}", "{who: alice, join: true}")
    assert [deed_of(made, index).life for index in (0, 1)] == [0, 1]


def test_glued_the_first_message_comes_with_the_nickname() -> None:
    people = "{alice: {on: {segments: glued, delay: 5ms}}, bob: }"
    made = plan(ALL_JOIN, people=people, dialect=LINES)
    [greeting] = deed_of(made, 0).utterances
    assert greeting.data == tokens.mint(deed_of(made, 0).life, 0) + b"\n"
    assert deed_of(made, 0).delay == 0.005
    assert deed_of(made, 0, "bob").utterances == ()
    assert deed_of(plan(ALL_JOIN, people=people), 0).utterances == ()


def test_more_lives_than_tokens_can_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.planning.MOST_LIVES", 2)
    assert "more than 2 connections" in mistakes(ALL_JOIN)[0]


def test_where_one_is_relayed_at_a_time_nothing_is_said_to_a_stopped_server() -> None:
    story = (ALL_JOIN, "{server: stop}", "{who: bob, say: hi}", "{server: continue}")
    with pytest.raises(NotApplicableError, match="what is said meanwhile is glued"):
        plan(*story, dialect=RAW.model_copy(update={"heard": load_dialect("nul").heard}))


def test_where_there_is_history_a_newcomer_is_told_what_was_said() -> None:
    story = (ALL_JOIN, "{who: bob, say: hi}", "{who: carol, hears-nothing: true}")
    with pytest.raises(NotApplicableError, match="newcomers are told what was said before"):
        plan(*story, dialect=LINES.model_copy(update={"history": 20}))
