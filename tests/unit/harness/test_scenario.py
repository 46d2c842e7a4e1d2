"""`harness.scenario`: files become scenarios, or mistakes with their places."""

from pathlib import Path
from textwrap import dedent, indent

import pytest
from pydantic import ValidationError

from harness.cast import CastMember
from harness.casting import walk
from harness.durations import Span
from harness.errors import InputError
from harness.nodes import Mark, loads
from harness.scenario import (
    Crowd,
    Everyone,
    Person,
    PersonSpec,
    Scenario,
    Some,
    Step,
    Verb,
    dump_scenario,
    load_scenario,
    read_scenario,
)

CABLE = dedent(
    """\
    # What a person would write.
    format: 1
    scenario: One cut cable does not disturb the room
    requirement: [LEAVE-2, C-END-1]
    people:
      alice:
      bob: {nick: "Боб"}
      crowd: 20
    story:
      - {who: everyone, join: true}
      - together:
          - {who: 10 of crowd, say: "{sentence}", times: 20, every: 20ms}
          - {who: bob, drop: reset, after: 100ms}
      - {who: [bob, crowd], join: true, over: 2s}
      - repeat:
          - who: crowd-007
            say: I am back
            bare: true
        times: 3
      - {who: alice, hears: {from: crowd}}
    """
)


def mistakes(
    text: str, overrides: dict[str, str] | None = None, known: list[str] | None = None
) -> str:
    with pytest.raises(InputError) as caught:
        read_scenario(loads(text, "f"), overrides, known)
    return str(caught.value)


def scenario(
    people: str = "{bob: , crowd: 20}", story: str = "[{wait: 1s}]", more: str = ""
) -> str:
    return f"format: 1\nscenario: x\npeople: {people}\nstory: {story}\n{more}"


def test_a_scenario_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "cable.yaml"
    path.write_text(CABLE, encoding="utf-8")
    cable = load_scenario(path)
    assert cable.origin == str(path)
    assert (cable.format, cable.scenario) == (1, "One cut cable does not disturb the room")
    assert cable.requirement == ("LEAVE-2", "C-END-1")
    assert (cable.seed, cable.locale) == (None, "en_US")
    assert cable.people["crowd"] == PersonSpec(count=20)
    assert [step.verb for step in cable.story] == [
        Verb.JOIN,
        Verb.TOGETHER,
        Verb.JOIN,
        Verb.REPEAT,
        Verb.HEARS,
    ]
    assert cable.story[0].who == (Everyone(),)
    assert cable.story[1].block[0].who == (Some(10, "crowd"),)
    assert cable.story[1].block[0].every == Span(0.02, 0.02)
    assert cable.story[2].who == (Person("bob"), Crowd("crowd"))


def test_each_step_knows_its_place() -> None:
    cable = read_scenario(loads(CABLE, "f"))
    assert [step.mark for _, step in walk(cable.story)] == [
        Mark(10, 5),
        Mark(11, 5),
        Mark(12, 9),
        Mark(13, 9),
        Mark(14, 5),
        Mark(15, 5),
        Mark(16, 9),
        Mark(20, 5),
    ]


def test_the_cast_and_whom_names_stand_for() -> None:
    cable = read_scenario(loads(CABLE, "f"))
    cast = cable.cast()
    assert len(cast) == 22
    assert cast[:3] == (
        CastMember("alice", None, "alice"),
        CastMember("bob", "Боб", "bob"),
        CastMember("crowd-001", None, "crowd"),
    )
    assert cable.members("crowd") == cable.pool(Crowd("crowd"))
    assert cable.pool(Everyone(("crowd",))) == ("alice", "bob")


def test_what_is_written_reads_back() -> None:
    cable = read_scenario(loads(CABLE, "f"), {"seed": "7", "locale": "ru_RU"})
    written = dump_scenario(cable)
    assert "seed: 7\nlocale:" in written
    assert read_scenario(loads(written, "g")) == cable
    plain = read_scenario(loads(scenario(more="locale: en_US"), "f"))
    assert read_scenario(loads(dump_scenario(plain), "g")) == plain
    assert "requirement" not in dump_scenario(plain)


def test_a_scenario_made_in_python() -> None:
    step = Step.model_validate({"who": "crowd", "join": True})
    made = Scenario(format=1, scenario="x", people={"crowd": PersonSpec(count=2)}, story=(step,))
    assert made.story[0].who == (Crowd("crowd"),)
    assert (made.origin, made.story[0].mark) == ("", None)
    with pytest.raises(ValidationError):
        Scenario(format=1, scenario="x", people={"bob": PersonSpec()}, story=(step,))


def test_overrides() -> None:
    text = scenario(story="[{who: 30 of crowd, join: true}]")
    assert mistakes(text) == "f:4:15: 30 of 'crowd', which has 20"
    assert read_scenario(loads(text, "f"), {"people.crowd": "30"}).people["crowd"].count == 30
    assert mistakes(text, {"people.crowd": "many"}) == (
        "--set people.crowd=many: a person is nothing, a number or a mapping, not the text 'many' "
        "(for a nickname write {nick: many})"
    )
    assert mistakes(text, {"people.crow": "30"}) == (
        "--set people.crow=30: there is no 'crow' in people (did you mean 'crowd'?)"
    )


@pytest.mark.parametrize(
    ("requirement", "message"),
    [
        ("JOIN-3", ""),
        ("[JOIN-3, C-SHOW-1]", ""),
        ("[]", ""),
        ("join-3", "f:5:14: 'join-3' is no requirement's id (as in JOIN-3)"),
        ("JOIN", "f:5:14: 'JOIN' is no requirement's id (as in JOIN-3)"),
        ("JOIN-٣", "f:5:14: 'JOIN-٣' is no requirement's id (as in JOIN-3)"),
        ("5", "f:5:14: this must be a text, not the number 5 (put it in quotes)"),
        ("JOIN-33", "f:5:14: there is no requirement 'JOIN-33' (did you mean 'JOIN-3'?)"),
        ("[JOIN-3, X-1]", "f:5:23: there is no requirement 'X-1'"),
    ],
)
def test_requirements(requirement: str, message: str) -> None:
    text = scenario(more=f"requirement: {requirement}\n")
    known = ["JOIN-3", "C-SHOW-1"]
    if message:
        assert mistakes(text, known=known) == message
    else:
        read_scenario(loads(text, "f"), None, known)


def test_whether_a_requirement_exists_is_asked_only_where_it_is_known() -> None:
    text = scenario(more="requirement: JOIN-99\n")
    assert read_scenario(loads(text, "f")).requirement == ("JOIN-99",)
    assert mistakes(text, known=[]) == "f:5:14: there is no requirement 'JOIN-99'"


STEP_MISTAKES = [
    ("who: bob", "7:5: a step without a verb (one of VERBS)"),
    ("jion: true", "7:5: unknown key 'jion' (did you mean 'join'?)"),
    (
        "who: bob\njoin: true\nsay: x",
        "9:5: 'say' is a second verb beside 'join' (make two steps of them)",
    ),
    ("join: true", "7:5: 'join' needs a 'who' (as in {who: bob, join: ...})"),
    ("who: bob\nwait: 1s", "7:5: 'wait' takes no 'who' (take it out)"),
    (
        "who: bob\ndrop: reset\nwithin: 1s",
        (
            "9:5: 'drop' does not take 'within' "
            "(it takes after; within goes with connect, join, hears, leave)"
        ),
    ),
    ("wait: 5", "7:11: the number 5 has no unit (write 5s or 5ms)"),
    ("who: bib\njoin: true", "7:10: there is no 'bib' in people (did you mean 'bob'?)"),
    (
        "who: [bob, everyone but bib]\njoin: true",
        "7:16: there is no 'bib' in people (did you mean 'bob'?)",
    ),
    ("who: 30 of crowd\njoin: true", "7:10: 30 of 'crowd', which has 20"),
    (
        "who: bob\nhears: {from: crowd-021}",
        "8:19: there is no 'crowd-021' (from crowd-001 to crowd-020)",
    ),
    ("who: bob\nhears: {}", "8:12: nothing to hear (write {from: bob} or {text: hello})"),
    ("together: []", "7:15: 'together' must not be empty"),
    (
        "together:\n  - together: [{wait: 1s}]",
        "8:9: 'together' inside of 'together' (all its steps run side by side as it is)",
    ),
    (
        'who: bob\nsay: "{sentance}"',
        "8:10: unknown field '{sentance}' (did you mean 'sentence'?)",
    ),
    (
        'who: bob\nsay: "\\x80"',
        (
            "8:10: the text has the control character U+0080 "
            '("\\x80" is a character to YAML, as "\\xff" is the text ÿ; '
            'bytes are written {hex: "80"})'
        ),
    ),
    ("who: bob\nsay: yes\nsay: no", "9:5: the key 'say' stands here twice (first in line 8)"),
]


@pytest.mark.parametrize(("step", "message"), STEP_MISTAKES)
def test_mistakes_in_a_step(step: str, message: str) -> None:
    text = "format: 1\nscenario: x\npeople:\n  bob:\n  crowd: 20\nstory:\n"
    text += "  - " + indent(step, "    ").lstrip() + "\n  - wait: 1s\n"
    verbs = ", ".join(Verb)
    assert mistakes(text) == "f:" + message.replace("VERBS", verbs)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f:1:1: this must be a mapping, not nothing"),
        (
            "{}",
            (
                "f:1:1: 'format' is missing\nf:1:1: 'scenario' is missing\n"
                "f:1:1: 'people' is missing\nf:1:1: 'story' is missing"
            ),
        ),
        (
            scenario(more="sede: 5"),
            "f:5:1: unknown key 'sede' (did you mean 'seed'?)",
        ),
        (scenario(more="seed: -1"), "f:5:7: 'seed' must be at least 0, not the number -1"),
        (scenario(more="seed: 1.0"), "f:5:7: 'seed' must be a whole number, not the number 1.0"),
        (
            scenario(more="locale: ru_RUS"),
            "f:5:9: faker knows no locale 'ru_RUS' (did you mean 'ru_RU'?)",
        ),
        (
            scenario(more="locale: klingon"),
            "f:5:9: faker knows no locale 'klingon' (as in en_US, ru_RU)",
        ),
        (scenario(people="{}"), "f:3:9: 'people' must not be empty"),
        (scenario(people="[bob]"), "f:3:9: 'people' must be a mapping, not a list"),
        (
            scenario(people="{everyone: }"),
            "f:3:10: nobody can be called 'everyone' (it means all people)",
        ),
        (
            scenario(people="{crowd: 20, crowd-003: }"),
            "f:3:21: 'crowd-003' is also a member of the crowd 'crowd' (give it another name)",
        ),
        (
            scenario(people="{bob: {nick: a~b}}"),
            "f:3:22: the nickname has a '~' (the harness marks its messages so)",
        ),
        (scenario(story="[]"), "f:4:8: 'story' must not be empty"),
        (scenario(story="x"), "f:4:8: 'story' must be a list, not the text 'x'"),
        (
            scenario(story="[{who: crowd, say: x, times: 1000000}]"),
            "f:4:8: the story asks people for 20,000,000 acts (at most 10,000,000)",
        ),
        (
            scenario().replace("scenario: x", "scenario: ' '"),
            "f:2:11: a scenario needs a title (say in one sentence what it claims)",
        ),
    ],
)
def test_mistakes_around_the_story(text: str, message: str) -> None:
    assert mistakes(text) == message


@pytest.mark.parametrize(
    ("format_", "shown"),
    [("2", "the number 2"), ("1.0", "the number 1.0"), ("true", "true"), ("'1'", "the text '1'")],
)
def test_the_format(format_: str, shown: str) -> None:
    text = scenario().replace("format: 1", f"format: {format_}")
    assert mistakes(text) == f"f:1:9: format must be 1, not {shown} (there is no other yet)"


def test_all_mistakes_at_once() -> None:
    story = """
      - {who: bib, join: true}
      - {who: bob, jion: true}
      - together:
          - {who: bob, say: "{"}
          - {who: 21 of crowd, join: true}
    """
    assert mistakes(scenario(story=story, more="seed: x")) == (
        "f:5:15: there is no 'bib' in people (did you mean 'bob'?)\n"
        "f:6:20: unknown key 'jion' (did you mean 'join'?)\n"
        "f:8:29: a brace without its partner: '{' (write {{ or }} for a brace)\n"
        "f:9:19: 21 of 'crowd', which has 20\n"
        "f:11:7: 'seed' must be a whole number, not the text 'x'"
    )


def test_where_the_people_are_wrong_the_steps_are_not_blamed_for_them() -> None:
    story = "[{who: stranger, join: true}]"
    assert mistakes(scenario(people="{1a: }", story=story)).startswith("f:3:10: '1a' is no name")


def test_the_json_schema_describes_every_key() -> None:
    schema = Scenario.model_json_schema()
    for model in (schema, *schema["$defs"].values()):
        assert all("description" in key for key in model["properties"].values())
