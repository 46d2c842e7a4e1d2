"""The schema of a program's file takes what the harness takes, and nothing else."""

import json
from pathlib import Path

import jsonschema
import pytest

from harness.conform.implementation import load_implementation
from harness.errors import InputError
from harness.schema import schema_text

SCHEMA = json.loads(schema_text("implementation"))
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
LEAST = {"server": "java Chat {port}"}
KNOWN = {"of": "JOIN-6", "reason": "nc users want it", "link": "https://example.org/1"}
RIGHT = [
    LEAST,
    {"client": "./client {host} {port}", "name": "mine", "claims": ["strict"]},
    {"connect": "127.0.0.1:14901", "dialect": "lines", "claims": ["RELAY-11", "RELAY-12"]},
    {**LEAST, "port": 14901, "build": "javac Chat.java", "deviations": [KNOWN]},
]
WRONG = [
    {},
    {"name": "of nothing"},
    {**LEAST, "client": "./client"},
    {**LEAST, "poort": 1},
    {**LEAST, "port": 0},
    {**LEAST, "claims": ["JOIN-99"]},
    {**LEAST, "deviations": [{"of": "JOIN-6"}]},
    {**LEAST, "deviations": [{**KNOWN, "why": ""}]},
    {"connect": "127.0.0.1"},
    {"connect": "127.0.0.1:14901", "port": 14901},
    {"connect": "127.0.0.1:14901", "build": "make"},
]


def is_read(tmp_path: Path, data: object) -> bool:
    """Tell whether the harness reads `data`; JSON is YAML."""
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(data))
    try:
        load_implementation(path)
    except InputError:
        return False
    return True


def test_it_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert all(about["description"] for about in SCHEMA["properties"].values())


@pytest.mark.parametrize("data", RIGHT)
def test_what_is_right_fits(data: object, tmp_path: Path) -> None:
    assert list(VALIDATOR.iter_errors(data)) == []
    assert is_read(tmp_path, data)


@pytest.mark.parametrize("data", WRONG)
def test_what_is_wrong_does_not(data: object, tmp_path: Path) -> None:
    assert not VALIDATOR.is_valid(data)
    assert not is_read(tmp_path, data)
