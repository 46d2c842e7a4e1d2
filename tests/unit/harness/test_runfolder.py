"""`harness.runfolder`: what a run leaves is never overwritten, and reads back as it was."""

import json
from pathlib import Path

import pytest

from harness import runfolder
from harness.dialect_files import builtin_dialects, load_dialect
from harness.errors import HarnessError, InputError, UsageError
from harness.plan import Plan
from harness.planning import make_plan
from harness.report.text import About
from harness.scenario import Scenario, load_scenario, read_scenario
from harness.source import loads

TEXT = """\
format: 1
scenario: "Ein Gespräch\\n\\u2028"
seed: 3
people: {alice: , bob: }
story:
  - {who: everyone, join: true}
  - {who: alice, say: "{sentence}"}
"""
ABOUT = About("talk", "Ein Gespräch", 3, "raw", "python x {port}", "harness run", "runs/a")
HISTORY = '{"whoheard-history": 1, "grade": "full"}\n["interrupted",5]\n'


def inputs() -> tuple[Scenario, Plan]:
    scenario = read_scenario(loads(TEXT, "talk.yaml"))
    plan = make_plan(scenario, load_dialect("raw"), name="talk", seed=3)
    return scenario, plan


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A folder with a whole run."""
    scenario, plan = inputs()
    folder = runfolder.make_folder(tmp_path / "run", "talk")
    runfolder.store_inputs(folder, scenario, "raw", plan, ABOUT)
    (folder / "history.jsonl").write_text(HISTORY, encoding="ascii")
    return folder


def test_a_run_has_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folders = [runfolder.make_folder(None, "talk") for _ in range(3)]
    assert len(set(folders)) == 3
    assert all(folder.parent == Path("runs") and folder.is_dir() for folder in folders)
    assert all("-talk" in folder.name for folder in folders)


def test_a_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    folder = runfolder.new_folder(tmp_path, "../../etc/pass wd\n" + "x" * 500)
    assert folder.parent == tmp_path
    assert folder.is_dir()
    assert len(folder.name) <= 80


def test_a_folder_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    first = runfolder.new_folder(tmp_path, "a")
    assert runfolder.new_folder(tmp_path, "a") == tmp_path / "a-2"
    assert first == tmp_path / "a"


def test_what_is_given_is_used_when_it_is_new_or_empty(tmp_path: Path) -> None:
    new = tmp_path / "new" / "er"
    assert runfolder.make_folder(new, "talk") == new
    assert new.is_dir()
    assert runfolder.make_folder(tmp_path / "new" / "er", "talk") == new


def test_what_is_recorded_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    with pytest.raises(UsageError, match="is not empty"):
        runfolder.make_folder(tmp_path, "talk")
    with pytest.raises(UsageError, match="is no folder to write to"):
        runfolder.make_folder(tmp_path / "kept", "talk")
    with pytest.raises(UsageError, match="no folder"):
        runfolder.make_folder(tmp_path / "kept" / "inside", "talk")
    with pytest.raises(UsageError, match="no folder"):
        runfolder.new_folder(tmp_path / "kept", "talk")


def test_what_was_stored_reads_back(stored: Path) -> None:
    scenario, plan = inputs()
    loaded, dialect, history, about = runfolder.load_run(stored)
    assert loaded == plan
    assert dialect == load_dialect("raw")
    assert [event.at for event in history] == [5]
    assert about == ABOUT
    assert load_scenario(stored / "scenario.yaml") == scenario


def test_what_the_verdict_knew_of_the_server_s_end_is_kept(stored: Path) -> None:
    verdict = {"about": {**json.loads((stored / "about.json").read_bytes()), "server_exit": "x"}}
    runfolder.store_verdict(stored, json.dumps(verdict), "a report\n")
    assert runfolder.load_run(stored)[3].server_exit == "x"
    assert (stored / "report.txt").read_text(encoding="utf-8") == "a report\n"


def test_a_dialect_is_stored_whole(tmp_path: Path) -> None:
    scenario, plan = inputs()
    own = tmp_path / "own.yaml"
    raw = load_dialect("raw")
    runfolder.store_inputs(tmp_path, scenario, "raw", plan, ABOUT)
    (tmp_path / "dialect.yaml").rename(own)
    own.write_text(own.read_text(encoding="utf-8") + "# mine, für mich\n", encoding="utf-8")
    runfolder.store_inputs(tmp_path, scenario, str(own), plan, ABOUT)
    assert (tmp_path / "dialect.yaml").read_bytes() == own.read_bytes()
    assert load_dialect(str(own)) == raw
    assert "raw" in builtin_dialects()


@pytest.mark.parametrize("name", ["plan.json", "dialect.yaml", "about.json", "history.jsonl"])
@pytest.mark.parametrize("damage", [None, b"", b"[1, 2", b"\xff\xfe\x00"])
def test_what_was_damaged_is_told_with_its_place(
    stored: Path, name: str, damage: bytes | None
) -> None:
    (stored / name).unlink()
    if damage is not None:
        (stored / name).write_bytes(damage)
    with pytest.raises(HarnessError) as caught:
        runfolder.load_run(stored)
    assert name in str(caught.value)


def test_a_verdict_of_another_version_is_told(stored: Path) -> None:
    (stored / "verdict.json").write_text('{"about": {"name": 5}}', encoding="ascii")
    with pytest.raises(InputError, match=r"verdict.json: this was not made by this version"):
        runfolder.load_run(stored)


def test_what_is_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        runfolder.load_run(tmp_path / "none")
    with pytest.raises(InputError, match="no run was kept here"):
        runfolder.load_run(tmp_path)


def test_a_run_that_never_began_leaves_nothing(stored: Path) -> None:
    (stored / "history.jsonl").unlink()
    runfolder.discard_unplayed(stored)
    assert not stored.exists()
    assert not stored.parent.exists()


def test_what_others_have_put_beside_it_stays(stored: Path) -> None:
    (stored / "history.jsonl").unlink()
    (stored / "mine").touch()
    runfolder.discard_unplayed(stored)
    assert [path.name for path in stored.iterdir()] == ["mine"]


def test_a_run_that_began_is_kept(stored: Path) -> None:
    before = sorted(stored.iterdir())
    runfolder.discard_unplayed(stored)
    assert sorted(stored.iterdir()) == before


def test_a_full_disk_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "verdict.json").symlink_to("/dev/full")
    with pytest.raises(UsageError, match=r"verdict.json cannot be written: No space left"):
        runfolder.store_verdict(tmp_path, "{}", "")
