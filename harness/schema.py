"""Schema: the formats as JSON Schema (draft 7), by which an editor completes and checks.

Made from the models and the guide. What a schema cannot say (that people exist, that a story can
be) only reading the scenario tells. Draft 7, as the YAML language server reads no later one well.

Source: https://json-schema.org/draft-07/json-schema-validation
"""

import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from harness import client_guide, guide
from harness.client_scenario import ClientScenario
from harness.client_step import MODIFIERS as CLIENT_MODIFIERS
from harness.client_step import ClientStep, ClientVerb
from harness.dialect import Dialect
from harness.implementation_file import STARTED, WAYS, ImplementationFile
from harness.nodes import loads
from harness.scenario import Scenario, Step, Verb
from harness.verbs import MODIFIERS, NOBODYS

DRAFT = "http://json-schema.org/draft-07/schema#"
_LOCAL = "#/$defs/"
_NEW_NAMES = {
    "Framing": "framing",
    "Said": "said",
    "Announcement": "announcement",
    "ClientManner": "client",
    "Step": "step",
    "ClientStep": "step",
    "Sent": "sent",
    "Shown": "shown",
    "Ends": "ends",
    "Hears": "hears",
    "On": "on",
    "Limits": "limits",
    "PersonSpec": "person",
    "KnownDeviation": "deviation",
}

Schema = dict[str, Any]


def schema_text(of: str = "scenario") -> str:
    """Return the JSON Schema of one of `FORMATS` as it is published.

    ASCII, so that no terminal changes it.
    """
    return json.dumps(FORMATS[of](), indent=2) + "\n"


def dialect_schema() -> Schema:
    """Return the JSON Schema of a dialect file."""
    made = _plain(Dialect.model_json_schema())
    found = made.pop("$defs")
    return {
        "$schema": DRAFT,
        "title": "A dialect",
        "description": "How a chat looks on the wire, for `harness run --dialect`.",
        **{key: value for key, value in made.items() if key != "description"},
        "definitions": {_NEW_NAMES.get(name, name): found[name] for name in sorted(found)},
    }


def schema() -> Schema:
    """Return the JSON Schema of a scenario."""
    made = _plain(Scenario.model_json_schema())
    found = made.pop("$defs")
    definitions = {_NEW_NAMES.get(name, name): found[name] for name in sorted(found)}
    words = definitions["step"]["properties"]
    definitions |= {_word(key): about for key, about in words.items()}
    definitions["step"] = _step(words)
    return {
        "$schema": DRAFT,
        "title": "A scenario",
        "description": "Who is in a chat, and what they do there, for `harness run`.",
        **{key: value for key, value in made.items() if key != "description"},
        "definitions": definitions,
    }


def implementation_schema() -> Schema:
    """Return the JSON Schema of a file that describes a program."""
    made = _plain(ImplementationFile.model_json_schema())
    found = made.pop("$defs")
    started = {"required": ["connect"]}
    return {
        "$schema": DRAFT,
        "title": "An implementation",
        "description": "A server or a client to be judged, for `harness conform FILE`.",
        **{key: value for key, value in made.items() if key != "description"},
        "oneOf": [{"required": [way]} for way in WAYS],
        "dependencies": {key: {"not": started} for key in STARTED},
        "definitions": {_NEW_NAMES[name]: found[name] for name in found},
    }


def _plain(node: Any, inside: str = "") -> Any:
    """Take out what pydantic adds: titles, defaults, and nothing as a value of what is optional."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    if inside == "properties":
        return {key: _required(_plain(value)) for key, value in node.items()}
    if "$ref" in node:
        name = node["$ref"].removeprefix(_LOCAL)
        return {**node, "$ref": f"#/definitions/{_NEW_NAMES.get(name, name)}"}
    kept = {key: _plain(value, key) for key, value in node.items() if key not in _ADDED}
    return kept if inside != "$defs" else {key: _plain(value) for key, value in node.items()}


_ADDED = ("title", "default", "propertyNames")


def _required(about: Schema) -> Schema:
    """Take away the choice of nothing that pydantic gives to a key that may be left out."""
    choices = [each for each in about.get("anyOf", ()) if each != {"type": "null"}]
    if len(choices) != 1:
        return _described(about)
    rest = {key: value for key, value in about.items() if key != "anyOf"}
    return _described({**choices[0], **rest})


def _described(about: Schema) -> Schema:
    """Keep the description beside a reference: draft 7 reads nothing else beside one."""
    if "$ref" not in about or len(about) == 1:
        return about
    rest = {key: value for key, value in about.items() if key != "$ref"}
    return {**rest, "allOf": [{"$ref": about["$ref"]}]}


# -- steps -----------------------------------------------------------------------------------------


def _word(key: str) -> str:
    """Name the definition of a word of a step."""
    return f"step.{key}"


def _step(words: Mapping[str, Schema]) -> Schema:
    return {
        "description": Step.__doc__ or "",
        "type": "object",
        "oneOf": [_branch(verb, words) for verb in Verb],
    }


def _branch(verb: Verb, words: Mapping[str, Schema]) -> Schema:
    """Describe the steps with one verb; whoever breaks a rule is told by this branch alone."""
    told = guide.VERBS[verb]
    keys = [verb.value, *MODIFIERS[verb]]
    required = [verb.value]
    if verb not in NOBODYS:
        keys, required = ["who", *keys], ["who", *required]
    if verb is Verb.REPEAT:
        required.append("times")
    branch: Schema = {
        "title": verb.value,
        "description": _sentences(words[verb.value]["description"], told.more, told.complete),
        "type": "object",
        "required": required,
        "properties": {key: {"$ref": f"#/definitions/{_word(key)}"} for key in keys},
        "additionalProperties": False,
        "examples": _examples(verb, told.example),
    }
    if "every" in MODIFIERS[verb]:
        branch["dependencies"] = {"every": {"required": ["times"], "properties": {"over": False}}}
    return branch


def _sentences(about: str, more: str, complete: str) -> str:
    return " ".join(filter(None, (about, more, f"Complete when {complete}")))


def _examples(verb: Verb, steps: str) -> list[object]:
    data = loads(steps, "example").data
    return [step for step in data if verb.value in step] if isinstance(data, list) else []


# -- clients ---------------------------------------------------------------------------------------


def client_schema() -> Schema:
    """Return the JSON Schema of a scenario for a client."""
    made = _plain(ClientScenario.model_json_schema())
    found = made.pop("$defs")
    definitions = {_NEW_NAMES.get(name, name): found[name] for name in sorted(found)}
    words = definitions["step"]["properties"]
    definitions |= {_word(key): about for key, about in words.items()}
    for key, short in _SHORT.items():
        definitions[_word(key)] = _or_short(definitions[_word(key)], short)
    definitions["step"] = {
        "description": ClientStep.__doc__ or "",
        "type": "object",
        "oneOf": [_client_branch(verb, words) for verb in ClientVerb],
    }
    return {
        "$schema": DRAFT,
        "title": "A scenario for a client",
        "description": "What a person types and is shown, for `harness conform --client`.",
        **{key: value for key, value in made.items() if key != "description"},
        "definitions": definitions,
    }


def _client_branch(verb: ClientVerb, words: Mapping[str, Schema]) -> Schema:
    """Describe the steps with one verb."""
    keys = (verb.value, *CLIENT_MODIFIERS[verb])
    told = client_guide.VERBS[verb]
    return {
        "title": verb.value,
        "description": _sentences(words[verb.value]["description"], told.more, told.complete),
        "type": "object",
        "required": [verb.value],
        "properties": {key: {"$ref": f"#/definitions/{_word(key)}"} for key in keys},
        "additionalProperties": False,
        "examples": [step for step in _steps(told.example) if verb.value in step],
    }


_SHORT: Mapping[str, Schema] = {
    "server-sends": {"$ref": "#/definitions/sent"},
    "shows": {"type": "string", "minLength": 1},
    "ends": {"const": True},
}
"""What may stand in the place of a list, or of a mapping."""


def _or_short(about: Schema, short: Schema) -> Schema:
    told: Schema = {key: about[key] for key in ("description", "examples") if key in about}
    whole = {key: value for key, value in about.items() if key not in told}
    return {**told, "anyOf": [short, whole]}


def _steps(example: str) -> list[dict[str, object]]:
    data = loads(example, "example").data
    assert isinstance(data, list)
    return data


def report_schema() -> Schema:
    """Return the JSON Schema of what `harness conform --report json=FILE` writes."""
    entry = files("harness") / "conform" / "reports" / "report.schema.json"
    read: Schema = json.loads(entry.read_text(encoding="utf-8"))
    return read


FORMATS: Mapping[str, Callable[[], Schema]] = {
    "scenario": schema,
    "client": client_schema,
    "dialect": dialect_schema,
    "implementation": implementation_schema,
    "report": report_schema,
}
"""What can be printed, by its name."""
