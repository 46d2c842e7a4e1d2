"""`harness.scenario`: files become scenarios, or mistakes with their places."""

from pathlib import Path
from textwrap import dedent

import pytest
from pydantic import ValidationError

from harness.cast import CastMember
from harness.casting import walk
from harness.durations import Span
from harness.errors import InputError
from harness.feature import Feature
from harness.limits import Limits
from harness.nodes import Mark, loads
from harness.on import On
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


EVERY_WORD = """\
format: 1
scenario: "every word: of the format"
requirement: [JOIN-3, C-END-1]
seed: 7
locale: ru_RU
needs: [frames]
on: {segments: 7 bytes, delay: 20ms}
limits: {delivery-p50: 10ms, delivery-p90: 0.5s, delivery-p99: 2s, delivery-max: 1m, memory: 64MB,
  lag: 200ms}
people:
  alice:
  bob: {nick: "Боб", on: {segments: 1 byte}}
  carol: {on: {delay: 0ms}}
  crowd: {count: 20, on: {segments: glued}}
  guests: {count: 3, nick: faker, on: {segments: random}}
  mallory: {on: {segments: whole}}
story:
  - {who: a newcomer, connect: true, after: 1ms, within: 2s}
  - {who: [alice, 3 of crowd, "everyone but bob, crowd-001"], join: true, over: 1s, within: 2s}
  - {who: bob, say: "{sentence}{{no}}{я*25}", times: 3, every: 1ms..2ms, bare: true}
  - {who: bob, send: "on{end}", times: 2, every: 1s, after: 1s}
  - {who: bob, send: {hex: "8090"}, over: 1s}
  - {who: bob, send: [{hex: "d0"}, {hex: "b0 FF"}, "no", "{word}{end}"]}
  - {who: alice, hears: {from: bob}, within: 1s}
  - {who: alice, hears: {text: "{end}"}}
  - {who: mallory, hears-nothing: true, after: 1s}
  - {who: alice, sees-join: crowd, within: 1s}
  - {who: alice, sees-leave: everyone, after: 1s}
  - {who: mallory, refused: true, within: 1s}
  - {who: bob, freeze: true}
  - {who: bob, thaw: true, within: 3s}
  - together:
      - {who: alice, leave: true}
      - {who: bob, drop: half-close}
      - {wait: 0ms}
  - repeat:
      - {server: stop}
      - {server: continue}
      - {server: kill}
      - {server: restart, within: 5s}
      - {server: interrupt}
      - {server: terminate, after: 1s}
    times: 1
"""


def test_every_word_reads_back() -> None:
    every = read_scenario(loads(EVERY_WORD, "f"))
    assert {step.verb for _, step in walk(every.story)} == set(Verb)
    assert all(getattr(every, name) for name in Scenario.model_fields)
    assert every.limits
    assert all(getattr(every.limits, name) for name in type(every.limits).model_fields)
    assert read_scenario(loads(dump_scenario(every), "g")) == every


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


def test_what_is_added_from_outside() -> None:
    changes = {"on.segments": "1byte", "on.delay": "5ms", "limits.memory": "1MB", "seed": "3"}
    changed = read_scenario(loads(scenario(), "f"), changes)
    assert changed.on == On.model_validate({"segments": "1 byte", "delay": "5ms"})
    assert (changed.limits, changed.seed) == (Limits.model_validate({"memory": "1MB"}), 3)
    given = scenario(more="on: {segments: glued, delay: 1s}")
    assert read_scenario(loads(given, "f"), {"on.segments": "random"}).on == On.model_validate(
        {"segments": "random", "delay": "1s"}
    )


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "on.segments",
            "0byte",
            "--on segments=0byte: segments of 0 bytes (from 1 to 1,048,576)",
        ),
        (
            "on.segmnts",
            "1",
            "--on segmnts=1: there is no 'segmnts' in on (did you mean 'segments'?)",
        ),
        ("on.x", "1", "--on x=1: there is no 'x' in on (it takes segments, delay)"),
        (
            "limits.memory",
            "64",
            "--set limits.memory=64: the number 64 has no unit (write 64MB or 64KB)",
        ),
        (
            "limits.delivery-p98",
            "1s",
            (
                "--set limits.delivery-p98=1s: there is no 'delivery-p98' in limits "
                "(did you mean 'delivery-p99'?)"
            ),
        ),
        (
            "needs",
            "frame",
            (
                f"--set needs=frame: must be one of {', '.join(Feature)}, not the text 'frame' "
                "(did you mean 'frames'?)"
            ),
        ),
        (
            "people.bob.on",
            "{}",
            "--set people.bob.on={}: there is no 'on' in people.bob (nothing is inside of it)",
        ),
    ],
)
def test_what_cannot_be_added_from_outside(path: str, value: str, message: str) -> None:
    assert mistakes(scenario(), {path: value}) == message


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


def test_the_json_schema_describes_every_key() -> None:
    schema = Scenario.model_json_schema()
    for model in (schema, *schema["$defs"].values()):
        assert all("description" in key for key in model["properties"].values())
