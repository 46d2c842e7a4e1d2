import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = ROOT / "benchmarks" / "harness_speed.py"
READS = ("equal", "unequal", "cut")


def run(*arguments: str, status: int = 0) -> str:
    command = [sys.executable, str(PROGRAM), *arguments]
    # From elsewhere than the project's root: it finds the project by itself.
    done = subprocess.run(
        command, cwd=Path(PROGRAM.anchor), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == status, done.stderr
    return done.stderr if status else done.stdout


def test_the_figures_have_a_row_for_each_kind_of_read_and_each_size() -> None:
    rows = json.loads(run("--quick", "--json", "--only", "delivery"))["delivery"]

    assert [(row["reads"], row["messages_per_read"]) for row in rows] == [
        *product(READS, (1, 5, 20))
    ]
    for row in rows:
        assert min(row["received"], row["attributed"], row["judged"]) > 0
        ratio = row["verified_ratio"]
        assert ratio["least"] <= ratio["median"] <= ratio["most"]


def test_the_judge_has_heard_every_delivery_of_the_stored_history() -> None:
    rows = json.loads(run("--quick", "--json", "--only", "judge"))["judge"]

    # Ten people, each with a first message and four more, heard by nine.
    assert [(row["reads"], row["deliveries"]) for row in rows] == [("equal", 450), ("unequal", 450)]
    assert all(row["load"] > 0 and row["judged"] > 0 and row["seconds"] > 0 for row in rows)


def test_as_many_people_join_as_were_asked_for() -> None:
    rows = json.loads(run("--quick", "--json", "--only", "join", "--people", "3", "5"))["join"]

    assert [row["people"] for row in rows] == [3, 5]
    assert all(row["seconds"] > 0 and row["cpu"] > 0 for row in rows)


def test_the_tables_are_for_people() -> None:
    text = run("--quick")

    headings = [line.partition(",")[0] for line in text.splitlines() if not line.startswith(" ")]
    assert headings == [
        "joining the reference server; the server's own time and memory are not counted",
        "a verified delivery",
        "the judge alone",
    ]
    assert len(text.splitlines()) == (2 + 1) + (2 + 9) + (2 + 2)


@pytest.mark.parametrize("arguments", [("--rounds", "0"), ("--people", "0"), ("--only", "nothing")])
def test_a_mistake_on_the_command_line_is_told(arguments: tuple[str, ...]) -> None:
    assert "error:" in run(*arguments, status=2)
