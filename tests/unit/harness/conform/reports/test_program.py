"""The report for programs keeps to its schema, and the schema can be violated."""

import json
import re
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import FAILING, KNOWN, STALE, hostile, repeated

from harness.conform.reports.program import to_data, to_json
from harness.schema import report_schema

KEYS = tuple(to_data(FAILING))


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(report_schema())


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_asked_for(key: str) -> None:
    data = to_data(FAILING)
    del data[key]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, report_schema())


@pytest.mark.parametrize("key", KEYS)
def test_no_key_takes_just_anything(key: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**to_data(FAILING), key: [0.5]}, report_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**to_data(FAILING), f"{key}s": 1}, report_schema())


def test_every_object_of_the_schema_is_closed() -> None:
    assert list(_open(report_schema(), "")) == []


def _open(node: Any, path: str) -> list[str]:
    """Return the places of objects that take keys that nobody described."""
    if isinstance(node, list):
        return [
            found for index, item in enumerate(node) for found in _open(item, f"{path}/{index}")
        ]
    if not isinstance(node, dict):
        return []
    here = [path] if node.get("type") == "object" and "additionalProperties" not in node else []
    below = [found for key, item in node.items() for found in _open(item, f"{path}/{key}")]
    return here + below


def test_deviations_are_told_known_and_stale() -> None:
    known = {"of": "JOIN-3", "reason": "one at a time", "link": "https://example.org", "place": ""}
    assert to_data(KNOWN)["deviations"] == {"known": [known], "stale": []}
    stale = {"of": "JOIN-3", "reason": "once", "link": "", "place": "k.yaml:1:1"}
    assert to_data(STALE)["deviations"] == {"known": [], "stale": [stale]}


def test_each_run_is_told() -> None:
    stall = to_data(repeated())["cases"]["stall"]
    assert stall["stability"] == {"passed": 1, "of": 3}
    assert [one["outcome"] for one in stall["runs"]] == ["inconclusive", "fail", "pass"]
    assert stall["runs"][1]["repeat"] == "harness conform --seed 2"
    assert stall["runs"][1]["findings"][0]["requirement"] == "LOAD-1"


@given(text=st.text(st.characters(exclude_categories=()), max_size=80))
def test_every_reader_of_json_can_read_it(text: str) -> None:
    told = to_json(hostile(text))
    assert told.isascii()
    # Strict readers take no half of a character, which is how bytes that are no text are kept.
    json.dumps(json.loads(told), ensure_ascii=False).encode("utf-8")
    jsonschema.validate(json.loads(told), report_schema())


def test_a_byte_that_is_no_text_can_be_seen() -> None:
    data = to_data(hostile("a\udcffb\ud800"))
    assert data["fix_first"][0]["says"] == r"a\xffb\ud800"


def test_long_texts_keep_their_beginning_and_their_end() -> None:
    says = to_data(hostile("A" + "x" * 1_000_000 + "Z"))["fix_first"][0]["says"]
    assert len(says) < 5_000
    assert re.fullmatch(r"Ax+\n\[\.\.\. 996 002 characters left out \.\.\.\]\nx+Z", says)
