"""The plugin makes tests of cases, and fails with what was found."""

import os
import shlex
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from known_good import command

import harness

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

HOLDS = shlex.join(command("faulty/holds_the_door.py", "raw"))
BLANK = shlex.join(command("faulty/admits_blank.py", "raw"))
LINES = shlex.join(command("correct/threads.py", "lines"))
GOOD = shlex.join(command("correct/threads.py", "raw"))
OWN = """\
format: 1
scenario: Two people talk
requirement: RELAY-1
people: {alice: , bob: }
story:
  - {who: everyone, join: true}
  - {who: alice, say: hello}
  - {who: bob, hears: {from: alice}}
"""


def pytest_says(folder: Path, *words: str, ini: str = "[pytest]\n") -> tuple[int, str]:
    """Run pytest in `folder` with the plugin; return its status and what it printed."""
    (folder / "pytest.ini").write_text(ini)
    # Where whoheard is installed, pytest finds the plugin by itself.
    found = any(one.name == "whoheard" for one in entry_points(group="pytest11"))
    load = [] if found else ["-p", "harness.pytest_plugin"]
    begin = [sys.executable, "-m", "pytest", *load, "-p", "no:randomly", "-p", "no:cacheprovider"]
    environment = os.environ | {
        "PYTHONPATH": str(Path(harness.__file__).parent.parent),
        "PYTEST_ADDOPTS": "",
    }
    environment.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(
        [*begin, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


SUITE = ("--pyargs", "harness.suite")


def test_a_failure_is_what_was_found(tmp_path: Path) -> None:
    status, said = pytest_says(
        tmp_path,
        *(*SUITE, "--chat-server", HOLDS, "-k", "silent_newcomer and not talk or echo"),
        *("--junitxml=out.xml", "-rs"),
    )
    assert status == 1, said
    assert "silent_newcomer" in said
    assert "mute had connected and not given a name" in said
    assert "Traceback" not in said
    assert "it needs echo, and in raw a sender gets no copy" in said
    suite = ET.parse(tmp_path / "out.xml").getroot().find("testsuite")  # noqa: S314 - our own
    assert suite is not None
    properties = {one.attrib["value"] for one in suite.iter("property")}
    assert {"JOIN-3 MUST", "JOIN-5 MUST"} <= properties


def test_what_should_be_and_what_is_known_are_expected_failures(tmp_path: Path) -> None:
    known = tmp_path / "known.yaml"
    known.write_text("deviations: [{of: blank_nickname, reason: we like it}]")
    words = (*SUITE, "--chat-server", BLANK, "-k", "blank_nickname and not talk", "-rx")
    status, said = pytest_says(tmp_path, *words)
    assert (status, "JOIN-6 SHOULD be kept" in said) == (0, True), said
    status, said = pytest_says(tmp_path, *words, "--chat-strict")
    assert (status, "1 failed" in said) == (1, True), said
    status, said = pytest_says(tmp_path, *words, "--chat-deviations", str(known))
    assert (status, "known deviation: we like it" in said) == (0, True), said


def test_scenarios_of_one_s_own_side_by_side(tmp_path: Path) -> None:
    folder = tmp_path / "talks"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text(OWN)
    ini = f"[pytest]\nchat_scenarios = talks\nchat_server = {GOOD}\n"
    status, said = pytest_says(tmp_path, "-n", "2", "-v", "talks", ini=ini)
    assert status == 0, said
    assert "talks/one.yaml::one" in said
    assert "2 passed" in said
    status, said = pytest_says(tmp_path, "-m", "chat_should", "talks", ini=ini)
    assert "2 deselected" in said
    (folder / "three.yaml").write_text(OWN.replace("people", "poeple"))
    status, said = pytest_says(tmp_path, "--collect-only", "talks", ini=ini)
    assert status == 2
    assert "three.yaml:4:1: unknown key 'poeple'" in said
    assert "Traceback" not in said


def test_how_it_speaks_is_learnt_once_for_all_workers(tmp_path: Path) -> None:
    # Were it not learnt to be `lines`, nobody would be understood.
    words = (*SUITE, "--chat-server", LINES, "--chat-dialect", "learn")
    status, said = pytest_says(tmp_path, *words, "-n", "2", "-k", "everyone_hears or shutdown")
    assert (status, "passed" in said, "failed" in said) == (0, True, False), said


def test_how_it_speaks_cannot_be_learnt(tmp_path: Path) -> None:
    words = (*SUITE, "--chat-dialect", "learn")
    status, said = pytest_says(tmp_path, *words, "--chat-client", "true")
    assert (status, "learns how a server speaks: name one" in said) == (4, True), said
    status, said = pytest_says(tmp_path, *words, "--chat-server", "sh -c 'exit 3' {port}")
    assert (status, "the server ended with 3" in said) == (4, True), said
    assert "Traceback" not in said


def test_what_is_judged_has_to_be_named(tmp_path: Path) -> None:
    status, said = pytest_says(tmp_path, *SUITE)
    assert status == 2
    assert "name what to judge: --chat-server, --chat-client or --chat-connect" in said
    assert "Traceback" not in said


def test_a_client(tmp_path: Path) -> None:
    client = shlex.join([sys.executable, "-m", "reference.client", "--host", "{host}"])
    client += " --port {port} --lang en"
    status, said = pytest_says(tmp_path, *SUITE, "--chat-client", client, "-k", "refused-pipe")
    assert (status, "1 passed" in said) == (0, True), said
