"""Hostile servers: a report comes in bounded time, it blames the right one, and nothing is left.

Each server of `tests/hostile` is run as a person would run it, with short deadlines. Where a
verdict depends on a deadline and this machine was too busy to tell, it is asked again with more
patience, as its report advises.
"""

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest

import harness
from harness import cli

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

SERVERS = Path(__file__).parent / "hostile"
ROOT = Path(harness.__file__).parents[1]
# Seconds; on a machine that is not busy every one of these takes below 8.
BOUND = 60
PATIENCES = ("0.3", "1", "4")
SCENARIO = """\
format: 1
scenario: Three people talk
seed: 5
people: {alice: , bob: , carol: }
story:
  - {who: everyone, join: true}
  - {who: everyone, say: "{sentence}", times: 3, every: 5ms}
  - {who: everyone, hears: {from: everyone}}
  - {who: bob, say: "last words"}
  - {who: [alice, carol], hears: {from: bob}}
  - {who: bob, say: "more words"}
  - {who: [alice, carol], hears: {from: bob}}
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out: the outcome, who may be blamed and must be, and words of the report."""

    outcome: str
    blamed: frozenset[str] = frozenset()
    says: str = ""
    also: frozenset[str] = frozenset()


def fails(*blamed: str, says: str = "", also: tuple[str, ...] = ()) -> Expected:
    return Expected("fail", frozenset(blamed), says, frozenset(also))


EXPECTED = {
    "never_prompts": fails("JOIN-1", says="no prompt"),
    "closes_at_once": fails("JOIN-1", says="closed the connection"),
    "half_closes_at_once": fails("JOIN-2", says="closed the connection", also=("JOIN-1",)),
    "wrong_prompt_in_pieces": fails("JOIN-1", says="nicknaM"),
    "noise_for_a_prompt": fails("JOIN-1", says="instead of the prompt"),
    "noise_after_the_prompt": fails("JOIN-5", says="who said it?", also=("RELAY-6",)),
    "noise_in_the_room": fails("RELAY-6", says="~broken~"),
    "never_reads": fails("JOIN-2", says="nobody was heard"),
    "sends_controls": fails("RELAY-6", says="\\x1b[2J"),
    "repeats_forever": fails("RELAY-1", says="again", also=("RELAY-6",)),
    "echoes_forever": fails("RELAY-1", says="again", also=("RELAY-3", "RELAY-6")),
    "dies_in_the_middle": fails("LIFE-4", says="exit status 3"),
    "crashes": fails("LIFE-4", says="SIGSEGV"),
    "never_listens": Expected("inconclusive", says="any moment now"),
    "exits_before_listening": Expected("inconclusive", says="no configuration file"),
    "listens_late": Expected("pass"),
    "ignores_sigterm": Expected("pass"),
    "forks_children": Expected("pass"),
    "prints_forever": Expected("pass"),
}
STATUS = {"pass": 0, "fail": 1, "inconclusive": 3}


@dataclass(frozen=True, slots=True)
class Ran:
    """One run that is over."""

    status: int
    printed: str
    complained: str
    folder: Path
    verdict: dict[str, Any]


class Lab:
    """Runs servers whose processes can be told from all others by a mark in their environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mark = f"WHOHEARD_TEST={uuid4()}"
        self.scenario = folder / "talk.yaml"
        self.scenario.write_text(SCENARIO, encoding="utf-8")

    def run(self, program: Path, patience: str) -> Ran:
        out = self.folder / f"run-{patience}"
        server = f"env {self.mark} {sys.executable} {program} {{port}}"
        command = [sys.executable, "-m", "harness", "run", str(self.scenario), "--server", server]
        done = subprocess.run(
            [*command, "--patience", patience, "--out", str(out)],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=BOUND,
            check=False,
        )
        verdict = json.loads((out / "verdict.json").read_bytes())["verdict"]
        printed, complained = done.stdout.decode(), done.stderr.decode()
        return Ran(done.returncode, printed, complained, out, verdict)

    def run_until_sure(self, program: Path) -> Ran:
        for patience in PATIENCES:
            ran = self.run(program, patience)
            if ran.status != STATUS["inconclusive"]:
                break
        return ran

    def left(self) -> list[int]:
        """The processes of these servers that still live."""
        name, _, value = self.mark.partition("=")
        found = []
        for process in psutil.process_iter(["environ", "status"]):
            environ = process.info["environ"] or {}
            if environ.get(name) == value and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        return found


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = Lab(tmp_path)
    yield made
    assert made.left() == []


def requirements_of(verdict: dict[str, Any]) -> set[str]:
    return {one["requirement"] for check in verdict["checks"] for one in check["findings"]}


def is_harmless(text: str) -> bool:
    """Tell whether nothing in a text can move a cursor or turn the direction of writing."""
    return not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in text if c != "\n")


def test_each_server_is_expected_to_do_something() -> None:
    assert {path.stem for path in SERVERS.glob("*.py")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_hostile_server_is_reported_and_gone(
    name: str, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = EXPECTED[name]
    program = SERVERS / f"{name}.py"
    if expected.outcome == "inconclusive":
        ran = lab.run(program, PATIENCES[0])
    else:
        ran = lab.run_until_sure(program)

    assert lab.left() == []
    assert (ran.status, ran.verdict["outcome"]) == (STATUS[expected.outcome], expected.outcome)
    assert requirements_of(ran.verdict) >= expected.blamed
    assert requirements_of(ran.verdict) <= expected.blamed | expected.also
    assert expected.says in ran.printed
    assert "Traceback" not in ran.complained
    assert is_harmless(ran.printed + ran.complained)
    assert is_harmless((ran.folder / "verdict.json").read_text(encoding="utf-8"))
    assert is_harmless((ran.folder / "report.txt").read_text(encoding="utf-8"))

    before = (ran.folder / "verdict.json").read_bytes()
    assert cli.main(["check", str(ran.folder)]) == ran.status
    assert capsys.readouterr().out.splitlines()[0] == ran.printed.splitlines()[0]
    assert (ran.folder / "verdict.json").read_bytes() == before
