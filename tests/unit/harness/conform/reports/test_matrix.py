"""The matrix: a column for each implementation, however many there are."""

import json
import re
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import FAILING, KNOWN, PERFECT, hostile, report
from results import case, run

from harness.conform.reports.matrix import matrix, matrix_json, matrix_markdown
from harness.escape import cells
from harness.schema import report_schema


@pytest.mark.parametrize("count", [1, 9, 10, 40, 130])
@pytest.mark.parametrize("width", [40, 100])
def test_many_implementations_fit_the_width(count: int, width: int) -> None:
    made = [replace(PERFECT, name=f"number {number}") for number in range(1, count + 1)]
    lines = matrix(made, width=width).splitlines()
    assert max(map(cells, lines)) <= width
    heads = [line for line in lines if re.fullmatch(r"[ 0-9]+", line)]
    assert " ".join(heads).split() == [str(number) for number in range(1, count + 1)]
    assert sum(line.count("✓") for line in lines if line.startswith("JOIN-3")) == count
    assert "".join(lines).count("number ") == count


def test_every_column_stands_under_its_number() -> None:
    lines = matrix([PERFECT, FAILING, PERFECT]).splitlines()
    assert "JOIN-3  ✓ ✗ ✓" in lines
    places = [at for at, char in enumerate(lines[0]) if char != " "]
    for line in lines[1 : lines.index("")]:
        assert {at for at, char in enumerate(line) if char in "✓✗?∅·"} <= set(places)


def test_what_nothing_was_looked_at_for_is_empty_and_not_inapplicable() -> None:
    lines = matrix([report(case("join", "JOIN-2", run())), PERFECT]).splitlines()
    assert "RELAY-1   ✓" in lines
    assert lines[-1] == "(✓ pass)"
    assert "| RELAY-1 |  | ✓ |" in matrix_markdown([report(case("join", "JOIN-2", run())), PERFECT])


def test_colours_only_where_asked() -> None:
    assert "\x1b[31m" in matrix([FAILING], colour=True)
    assert "\x1b" not in matrix([FAILING])


def test_json_has_every_report_in_its_own_schema() -> None:
    data = json.loads(matrix_json([PERFECT, FAILING, KNOWN]))
    assert [one["verdict"]["conforms"] for one in data["reports"]] == [True, False, False]
    for one in data["reports"]:
        jsonschema.validate(one, report_schema())


@given(text=st.text(st.characters(exclude_categories=()), max_size=60))
def test_names_break_neither_table(text: str) -> None:
    made = [hostile(text), PERFECT]
    rows = matrix_markdown(made).splitlines()
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}
    assert len(matrix(made, ascii_only=True).splitlines()[0].split()) == 2
    assert matrix(made, ascii_only=True).isascii()
