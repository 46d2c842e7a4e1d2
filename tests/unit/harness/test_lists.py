"""`harness.lists`: everything that can be named is listed, each with a few words."""

from pathlib import Path

import pytest

from harness import lists
from harness.checks import CHECKS
from harness.dialect_files import builtin_dialects
from harness.options import LISTS
from harness.requirements import REQUIREMENTS
from harness.scenario import DropKind, ServerAct


def rows(what: str) -> list[list[str]]:
    return [line.split(maxsplit=1) for line in lists.render(what).splitlines()]


@pytest.mark.parametrize("what", LISTS)
def test_each_row_has_a_name_and_words(what: str) -> None:
    assert rows(what)
    assert all(len(row) == 2 and len(row[1]) > 10 for row in rows(what))


def test_every_scenario_requirement_dialect_check_and_fault_is_there() -> None:
    assert [row[0] for row in rows("requirements")] == list(REQUIREMENTS)
    assert [row[0] for row in rows("dialects")] == list(builtin_dialects())
    assert "scenarios/join.yaml" in [row[0] for row in rows("scenarios")]
    assert len(rows("checks")) == len(CHECKS)
    assert all(name in lists.render("checks") for name in CHECKS)
    assert all(f"drop: {kind}" in lists.render("faults") for kind in DropKind)
    assert all(f"server: {act}" in lists.render("faults") for act in ServerAct)


def test_without_a_name_all_lists_are_shown() -> None:
    text = lists.render(None)
    assert all(f"{what}:\n" in text for what in LISTS)
    assert all(lists.render(what) in text for what in LISTS)


def test_a_scenario_that_cannot_be_read_is_listed_with_its_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.yaml").write_text("format: 1\nscenraio: x\n", encoding="utf-8")
    monkeypatch.setattr(lists, "scenario_folder", lambda: tmp_path)
    [[name, words]] = rows("scenarios")
    assert name == "scenarios/bad.yaml"
    assert "cannot be read: " in words
    assert "bad.yaml:1:1: " in words
