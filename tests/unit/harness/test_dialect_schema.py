"""The JSON Schema of dialect files, and the guide to them."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from harness import dialect_guide
from harness.announcement import Announcement
from harness.dialect import ClientManner, Dialect
from harness.dialect_files import builtin_dialects, dialect_text
from harness.options import SCHEMAS
from harness.schema import FORMATS, dialect_schema, schema_text
from harness.source import loads, validated

SCHEMA = dialect_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
WHOLE = yaml.safe_load(dialect_guide.WHOLE)
EXAMPLES = [(key, line) for key, lines in dialect_guide.KEYS.items() for line in lines.splitlines()]


def errors(data: object) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(data)]


def whole_with(example: str) -> dict[str, Any]:
    """The whole example with these keys in it; a client that writes a name has `{nick}`."""
    return {**WHOLE, **yaml.safe_load(example)}


def test_it_is_a_schema_and_is_printed() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert json.loads(schema_text("dialect")) == SCHEMA
    assert tuple(FORMATS) == SCHEMAS


def test_every_key_is_described() -> None:
    assert all(about["description"] for about in SCHEMA["properties"].values())


@pytest.mark.parametrize("name", builtin_dialects())
def test_every_dialect_fits_and_names_it(name: str) -> None:
    text = dialect_text(name)
    assert errors(yaml.safe_load(text)) == []
    assert text.startswith("# yaml-language-server: $schema=./schema.json\n")


def test_it_stands_beside_the_dialects() -> None:
    import harness  # noqa: PLC0415

    path = Path(harness.__file__).parent / "dialects" / "schema.json"
    assert path.read_text(encoding="utf-8") == schema_text("dialect")


@pytest.mark.parametrize(("key", "example"), EXAMPLES)
def test_the_examples_are_right(key: str, example: str) -> None:
    data = whole_with(example)
    assert errors(data) == []
    assert key in data
    validated(loads(json.dumps(data), "example"), Dialect)


@pytest.mark.parametrize("example", dialect_guide.ANNOUNCEMENT.values())
def test_the_examples_of_an_announcement_are_right(example: str) -> None:
    Announcement.model_validate({"text": "hello", **yaml.safe_load(example)})


@pytest.mark.parametrize(("field", "row"), dialect_guide.FIELDS.items())
def test_the_examples_of_fields_are_right(field: str, row: tuple[str, str]) -> None:
    made = validated(loads(json.dumps({**WHOLE, "relay": row[1]}), "example"), Dialect)
    assert field.strip("{ }") in made.relay.source


def test_everything_is_in_the_guide() -> None:
    keys = {info.alias or name for name, info in Dialect.model_fields.items()}
    assert set(dialect_guide.KEYS) == keys
    assert set(dialect_guide.ANNOUNCEMENT) == set(Announcement.model_fields)
    assert set(dialect_guide.CLIENT) == set(ClientManner.model_fields)
    assert errors(WHOLE) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "ends: lf",
        "promt: x",
        "prompt: {ends: x}",
        "said: {ends: clrf}",
        "said: {ends: 200}",
        "heard: {}",
        "join: {text: x, to: nobody}",
        "duplicate: let-in",
        "most: 0",
        "history: -1",
        "silent-loss: maybe",
    ],
)
def test_what_is_wrong_is_marked(wrong: str) -> None:
    assert errors(whole_with(wrong))
