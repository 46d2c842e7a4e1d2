"""The format of a client's scenario, its mistakes, its schema and its guide."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from harness import client_guide
from harness.client_scenario import (
    ClientScenario,
    is_client_scenario,
    load_client_scenario,
    read_client_scenario,
)
from harness.client_step import ClientVerb
from harness.errors import InputError
from harness.places import scenario_folder
from harness.requirements import REQUIREMENTS
from harness.schema import client_schema, schema_text
from harness.source import loads

SCHEMA = client_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
HEAD = "format: 1\nscenario: a test\n"


def read(text: str) -> ClientScenario:
    return read_client_scenario(loads(HEAD + text, "t.yaml"))


def mistakes(text: str) -> str:
    with pytest.raises(InputError) as found:
        read(text)
    return str(found.value)


def story(*steps: str, before: str = "  - {joins: true}\n") -> str:
    return "story:\n" + before + "".join(f"  - {step}\n" for step in steps)


def test_a_scenario_is_read() -> None:
    scenario = read("client: terminal\nnick: ann\n" + story("{types: hello, enter: false}"))
    assert scenario.terminals == (True,)
    assert scenario.nick == "ann"
    assert [step.verb for step in scenario.story] == [ClientVerb.JOINS, ClientVerb.TYPES]
    assert scenario.story[1].mark is not None
    assert scenario.story[1].mark.line == 7


@pytest.mark.parametrize(
    ("place", "terminals"),
    [("terminal", (True,)), ("pipe", (False,)), ("both", (True, False))],
)
def test_where_the_person_sits(place: str, terminals: tuple[bool, ...]) -> None:
    assert read(f"client: {place}\n{story()}").terminals == terminals


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("client: termnal\n" + story(), "t.yaml:3:9: must be one of terminal, pipe, both"),
        (story("{typse: x}"), "t.yaml:5:6: unknown key 'typse' (did you mean 'types'?)"),
        (story("{types: x, keys: enter}"), "second verb beside 'types'"),
        (story("{enter: false}"), "a step without a verb"),
        (story("{keys: ctrl-x}"), "did you mean 'ctrl-"),
        (story("{keys: enter, within: 2s}"), "'keys' does not take 'within'"),
        (story("{types: '{wrod}'}"), "did you mean 'word'?"),
        (story("{server-sends: {say: x}}"), "'say' needs a 'from'"),
        (story("{server-sends: {from: bob}}"), "'from' needs a 'say'"),
        (story("{server-sends: {prompt: true, hex: ff}}"), "'hex' stands beside 'prompt'"),
        (story("{server-sends: {}}"), "one of prompt, say, text, hex is needed"),
        (story("{shows: {from: bob}}"), "bob has said nothing"),
        (story("{shows: 3}"), "must be a mapping"),
        (story("{ends: {within: 2}}"), "the number 2 has no unit"),
        (story("{ends: {status: -1}}"), "must be any, nonzero or a number"),
        (story("{ends: true}", "{types: x}"), "types stands behind the end"),
        (story("{types: x}", "{joins: true}"), "joins can stand at the beginning alone"),
        (story("{server-drops: close}", "{server-drops: reset}"), "ended the connection"),
        (story("{refused: true}", before=""), "write listening: false"),
        ("listening: false\n" + story(), "nothing listens"),
        (story("{server-hears: true}", before=""), "begin with joins: true"),
        (
            story("{server-sends: {from: bob, say: x, controls: title}}"),
            "write client: terminal",
        ),
        (story("{server-sends: {from: bob, say: x, controls: titel}}"), "did you mean 'title'?"),
        (story("{server-sends: {hex: ff}, segments: befor the message}"), "before the message'?"),
        (story("{server-hears: 3}"), "must be true or a text"),
        (story("{say: x}"), "a person types"),
        (story('{types: "a\\tb"}'), "which is a key at a terminal"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, says: str) -> None:
    told = mistakes(text)
    assert says in told
    assert "t.yaml:" in told


def test_all_mistakes_are_told_at_once() -> None:
    told = mistakes("client: x\n" + story("{typse: x}", "{keys: ctrl-x}", "{ends: 3}"))
    assert len(told.splitlines()) == 4


def test_requirements_are_known(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(HEAD + "requirement: C-SHO-1\n" + story(), encoding="utf-8")
    assert load_client_scenario(path).requirement == ("C-SHO-1",)
    with pytest.raises(InputError, match="did you mean 'C-SHOW-1'"):
        load_client_scenario(path, {}, ["C-SHOW-1"])
    changed = load_client_scenario(path, {"requirement": "C-SHOW-1"}, ["C-SHOW-1"])
    assert changed.requirement == ("C-SHOW-1",)


def test_it_is_told_from_a_scenario_for_servers(tmp_path: Path) -> None:
    ours = tmp_path / "ours.yaml"
    ours.write_text(HEAD + story("{types: x}"), encoding="utf-8")
    assert is_client_scenario(ours)
    assert not is_client_scenario(tmp_path / "nothing.yaml")
    servers = [*scenario_folder().glob("*.yaml"), *scenario_folder().glob("*/server/*.yaml")]
    assert servers
    assert not [path for path in servers if is_client_scenario(path)]


@pytest.mark.parametrize("verb", ClientVerb)
def test_every_example_is_right(verb: ClientVerb) -> None:
    text = client_guide.with_steps(verb)
    assert read_client_scenario(loads(text, str(verb))).story
    assert [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(text))] == []


def test_the_schema_is_printed_and_stands_beside_the_cases() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert json.loads(schema_text("client")) == SCHEMA
    path = scenario_folder() / "conformance" / "client" / "schema.json"
    assert path.read_text(encoding="utf-8") == schema_text("client")


@pytest.mark.parametrize(
    "wrong", ["{typse: x}", "{types: 3}", "{keys: x}", "{types: x, keys: enter}", "{ends: no}"]
)
def test_the_schema_marks_what_is_wrong(wrong: str) -> None:
    data = yaml.safe_load(HEAD + story(wrong))
    assert [error.message for error in VALIDATOR.iter_errors(data)]


def test_every_case_fits_and_names_the_schema() -> None:
    cases = sorted((scenario_folder() / "conformance" / "client").glob("*.yaml"))
    for path in cases:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=./schema.json\n"), path
        assert [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(text))] == []
        assert load_client_scenario(path, {}, REQUIREMENTS).requirement


def test_it_knows_its_file() -> None:
    assert read(story("{types: hello}")).origin == "t.yaml"
