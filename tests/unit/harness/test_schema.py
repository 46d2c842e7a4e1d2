"""`harness.schema`: the JSON Schema says what the models say, in the words of draft 7."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from harness import guide
from harness.nodes import loads
from harness.places import scenario_folder
from harness.schema import schema, schema_text
from harness.step import Step
from harness.verbs import ALL_MODIFIERS, MODIFIERS, NOBODYS, Verb

CLIENTS = scenario_folder() / "conformance" / "client"
FILES = sorted(path for path in scenario_folder().rglob("*.yaml") if path.parent != CLIENTS)
SCHEMA = schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
# What came after draft 7, and means nothing to the YAML language server.
LATER = {
    "$defs",
    "$anchor",
    "$dynamicRef",
    "prefixItems",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
    "minContains",
    "maxContains",
}
VALUES: dict[str, object] = {
    **dict.fromkeys(Verb, True),
    "say": "hello",
    "send": {"hex": "ff"},
    "hears": {"from": "bob"},
    "sees-join": "bob",
    "sees-leave": "bob",
    "drop": "reset",
    "server": "restart",
    "wait": "1s",
    "together": [{"wait": "1s"}],
    "repeat": [{"wait": "1s"}],
    "who": "bob",
    "times": 2,
    "every": "1s..2s",
    "over": "1s",
    "after": "1s",
    "within": "1s",
    "bare": True,
    "or-refused": True,
}


def errors(data: object) -> list[jsonschema.ValidationError]:
    return list(VALIDATOR.iter_errors(data))


def scenario(**more: object) -> dict[str, object]:
    plain = {"format": 1, "scenario": "x", "people": {"bob": None}, "story": [{"wait": "1s"}]}
    return {**plain, **more}


def branch(verb: Verb) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for each in SCHEMA["definitions"]["step"]["oneOf"] if each["title"] == verb
    )
    return found


def told(verb: Verb, step: object) -> list[str]:
    """What an editor says: the mistakes by the branch of the verb that is there."""
    rules = {**branch(verb), "definitions": SCHEMA["definitions"]}
    return [error.message for error in jsonschema.Draft7Validator(rules).iter_errors(step)]


def nodes_of(node: object) -> Iterator[dict[str, Any]]:
    """Every schema within a schema, and a few mappings more."""
    if isinstance(node, dict):
        yield node
        for key, inner in node.items():
            if key not in ("examples", "enum", "const"):
                yield from nodes_of(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from nodes_of(inner)


def test_it_is_draft_7_and_no_later_one() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert not [node for node in nodes_of(SCHEMA) if LATER & set(node)]
    # Draft 7 reads nothing that stands beside a reference.
    assert all(len(node) == 1 for node in nodes_of(SCHEMA) if "$ref" in node)


def test_an_editor_shows_no_pattern_to_a_person() -> None:
    patterns = [node for node in nodes_of(SCHEMA) if isinstance(node.get("pattern"), str)]
    assert patterns
    assert all(node["patternErrorMessage"].endswith(".") for node in patterns)


def test_references_lead_somewhere() -> None:
    used = {node["$ref"] for node in nodes_of(SCHEMA) if "$ref" in node}
    assert used == {f"#/definitions/{name}" for name in SCHEMA["definitions"]}


def test_what_is_printed_is_the_same_anywhere() -> None:
    assert json.loads(schema_text()) == SCHEMA
    assert schema_text().isascii()
    assert schema_text().endswith("}\n")


def test_every_word_is_described() -> None:
    definitions = SCHEMA["definitions"]
    for model in (SCHEMA, definitions["hears"], definitions["on"], definitions["limits"]):
        assert all(about["description"] for about in model["properties"].values())
    assert all(definitions[f"step.{key}"]["description"] for key in ("who", *Verb, *ALL_MODIFIERS))
    for verb in Verb:
        assert branch(verb)["description"].endswith(guide.VERBS[verb].complete)
        assert branch(verb)["examples"]


@pytest.mark.parametrize("verb", Verb)
def test_the_examples_of_a_verb_are_right(verb: Verb) -> None:
    assert [told(verb, example) for example in branch(verb)["examples"]] == [
        [] for _ in branch(verb)["examples"]
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_scenario_is_right(path: Path) -> None:
    assert [error.message for error in errors(loads(path.read_text("utf-8"), path.name).data)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_scenario_names_the_schema_in_its_first_line(path: Path) -> None:
    folder = scenario_folder()
    up = "../" * (len(path.relative_to(folder).parts) - 1) or "./"
    first = path.read_text("utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={up}schema.json"
    assert (path.parent / up / "schema.json").is_file()


def test_the_published_schema_is_this_one() -> None:
    published = (scenario_folder() / "schema.json").read_text("utf-8")
    assert published == schema_text(), "run `python tools/docs.py`"


EXAMPLES = [
    *(guide.with_steps(verb.example) for verb in guide.VERBS.values()),
    *map(guide.with_steps, guide.MODIFIERS.values()),
    *(guide.with_steps(example) for _, example in guide.WHO.values()),
    *(guide.with_steps(example) for _, example in guide.TEXTS.values()),
    *map(guide.with_key, guide.ROOT.values()),
    *map(guide.with_key, guide.PEOPLE.values()),
    *map(guide.with_key, guide.ON.values()),
    *map(guide.with_key, guide.LIMITS.values()),
    *(guide.with_key(example) for _, example in guide.SEGMENTS.values()),
]


def test_every_example_is_right() -> None:
    assert [error.message for text in EXAMPLES for error in errors(loads(text, "f").data)] == []


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("key", ["", *VALUES])
def test_schema_and_models_agree_about_the_keys_of_a_step(verb: Verb, key: str) -> None:
    keys = [verb.value, *([] if verb in NOBODYS else ["who"]), *([key] if key else [])]
    if verb is Verb.REPEAT or (key == "every" and "times" in MODIFIERS[verb]):
        keys.append("times")
    step = {each: VALUES[each] for each in keys}
    try:
        Step.model_validate(step)
    except ValidationError:
        assert errors(scenario(story=[step]))
    else:
        assert errors(scenario(story=[step])) == []


RIGHT_OR_WRONG: dict[str, list[object]] = {
    **{verb.value: [VALUES[verb.value], None, False, "x"] for verb in Verb},
    "say": ["x", "", "{word}", "{я*3}", 5],
    "send": ["x", "{end}", {"hex": "FFfe 00 "}, {"hex": "ff f"}, ["x", {"hex": "d0"}], [""], {}],
    "hears": [{"from": "everyone"}, {"text": " "}, {"from": 5}, {}],
    "sees-join": ["crowd", "a newcomer", "b!", 5, []],
    "sees-leave": [["bob", "alice"], {}],
    "drop": ["close", "half-close", "shut"],
    "server": ["stop", "terminate", "STOP"],
    "wait": ["1.5s", "1 m", "0ms", "5", "1h"],
    "together": [[{"wait": "1s"}, {"who": "bob", "say": "x"}], [], [{"wait": 1}]],
    "repeat": [[{"server": "kill"}], [{"repeat": [{"wait": "1s"}], "times": 2}], [{}]],
    "who": ["bob", ["bob", "10 of crowd"], "a newcomer", "everyone but a, b", [], 5, "b!"],
    "times": [1, 1_000_000, 0, 1_000_001, 1.5],
    "every": ["1s", "1s..2s", "1ms ..  2m", "2s..", "..2s"],
    "over": ["1s", "0ms", "1s..2s"],
    "after": ["100ms", "100"],
    "within": ["2s", "2 s", "2  s"],
    "bare": [True, False, "yes"],
    "or-refused": [True, "yes"],
}


def steps_with(verb: Verb) -> Iterator[dict[str, object]]:
    """Each value of a verb, of its `who` and of each modifier beside it."""
    plain = {key: VALUES[key] for key in ("who",) if verb not in NOBODYS}
    plain |= {"times": 3} if "times" in MODIFIERS[verb] else {}
    for key in (verb.value, "who", *MODIFIERS[verb]):
        for value in RIGHT_OR_WRONG[key]:
            yield {**plain, verb.value: VALUES[verb.value], key: value}


@pytest.mark.parametrize("verb", Verb)
def test_an_editor_marks_nothing_that_is_right(verb: Verb) -> None:
    right = 0
    for step in steps_with(verb):
        try:
            Step.model_validate(step)
        except ValidationError:
            continue
        right += 1
        assert errors(scenario(story=[step])) == []
    # By itself, and put off.
    assert right >= 2


@pytest.mark.parametrize(
    "step",
    [
        {},
        {"who": "bob"},
        {"who": "bob", "jion": True},
        {"who": "bob", "join": False},
        {"who": "bob", "join": None},
        {"who": "bob", "join": "yes"},
        {"who": "bob", "join": True, "say": "x"},
        {"join": True},
        {"who": "bob", "wait": "1s"},
        {"who": [], "join": True},
        {"who": 5, "join": True},
        {"who": "bob", "say": 5},
        {"who": "bob", "say": "x", "every": "1s"},
        {"who": "bob", "say": "x", "every": "1s", "over": "1s", "times": 2},
        {"who": "bob", "say": "x", "every": "1", "times": 2},
        {"who": "bob", "say": "x", "times": 0},
        {"who": "bob", "say": "x", "within": "1s"},
        {"who": "bob", "send": []},
        {"who": "bob", "send": ""},
        {"who": "bob", "send": {"hex": "f"}},
        {"who": "bob", "send": {"hex": 80}},
        {"who": "bob", "send": ["x", {"hx": "ff"}]},
        {"who": "bob", "hears": {}},
        {"who": "bob", "hears": {"from": "bob", "text": "x"}},
        {"who": "bob", "hears": {"text": ""}},
        {"who": "bob", "drop": "halfclose"},
        {"server": "restrat"},
        {"who": "bob", "server": "restart"},
        {"wait": 5},
        {"wait": "5"},
        {"repeat": [{"wait": "1s"}]},
        {"repeat": [], "times": 2},
        {"together": []},
        {"together": [{"wait": 5}]},
        {"together": [{"repeat": [{"who": "bob"}], "times": 2}]},
    ],
)
def test_wrong_steps(step: object) -> None:
    with pytest.raises(ValidationError):
        Step.model_validate(step)
    assert errors(scenario(story=[step]))


@pytest.mark.parametrize(
    "more",
    [
        {"format": 2},
        {"sede": 7},
        {"seed": -1},
        {"seed": 2**64},
        {"seed": None},
        {"requirement": "join-3"},
        {"requirement": [5]},
        {"needs": "frame"},
        {"on": "glued"},
        {"on": {"segments": "1 byt"}},
        {"on": {"segment": "1 byte"}},
        {"on": {"delay": 5}},
        {"limits": {"delivery-p99": 5}},
        {"limits": {"delivery_p99": "5s"}},
        {"limits": {"memory": 64}},
        {"people": {}},
        {"people": {"bob": "x"}},
        {"people": {"bob": 0}},
        {"people": {"bob": {"nik": "x"}}},
        {"people": {"bob": {"on": {"segments": 5}}}},
        {"story": []},
        {"story": {}},
    ],
)
def test_wrong_scenarios(more: dict[str, object]) -> None:
    assert errors(scenario()) == []
    assert errors(scenario(**more))


@pytest.mark.parametrize("missing", ["format", "scenario", "people", "story"])
def test_what_must_be_there(missing: str) -> None:
    data = {key: value for key, value in scenario().items() if key != missing}
    assert [error.message for error in errors(data)] == [f"'{missing}' is a required property"]


@pytest.mark.parametrize(
    ("verb", "step", "message"),
    [
        (Verb.JOIN, {"join": True}, "'who' is a required property"),
        (Verb.JOIN, {"who": "bob", "join": True, "bare": True}, "'bare' was unexpected"),
        (Verb.JOIN, {"who": "bob", "join": True, "say": "x"}, "'say' was unexpected"),
        (Verb.SAY, {"who": "bob", "say": "x", "timse": 2}, "'timse' was unexpected"),
        (Verb.SAY, {"who": "bob", "say": "x", "every": "1s"}, "'times' is a required property"),
        (Verb.SERVER, {"server": "restrat"}, "'restrat' is not one of ['stop', 'continue', "),
        (Verb.REPEAT, {"repeat": [{"wait": "1s"}]}, "'times' is a required property"),
        (Verb.WAIT, {"wait": 5}, "5 is not of type 'string'"),
    ],
)
def test_what_an_editor_says_is_one_sentence_about_the_right_key(
    verb: Verb, step: object, message: str
) -> None:
    [said] = told(verb, step)
    assert message in said
