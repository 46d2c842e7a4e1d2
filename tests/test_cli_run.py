"""The command `harness` as a person uses it: as a program, in a folder of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest

import harness
from harness.dialect_files import builtin_dialects
from harness.events import Cut, Kind, Said
from harness.history import read_history

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

ROOT = Path(harness.__file__).parents[1]
THREADS = Path(__file__).parent / "correct" / "threads.py"
PATIENCE = 60.0
SCENARIO = """\
format: 1
scenario: Two people talk
requirement: RELAY-1
people: {alice: , bob: }
story:
  - {who: everyone, join: true}
  - {who: alice, say: "{sentence}", times: 2}
  - {who: bob, hears: {from: alice}}
"""
INPUTS = {"scenario.yaml", "dialect.yaml", "plan.json", "about.json"}
ALL = INPUTS | {"history.jsonl", "server.log", "verdict.json", "report.txt"}


class Desk:
    """A folder with a scenario, in which commands are given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("talk.yaml", SCENARIO)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def command(self, *words: object) -> list[str]:
        return [sys.executable, "-m", "harness", *map(str, words)]

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"PYTHONPATH": str(ROOT)}

    def harness(self, *words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    def refuses(self, *words: object) -> str:
        """Give a command that cannot be; nothing is run, and nothing is left but words."""
        before = sorted(self.folder.rglob("*"))
        done = self.harness(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr
        assert sorted(self.folder.rglob("*")) == before
        return done.stderr

    def run_folders(self) -> list[Path]:
        return sorted((self.folder / "runs").iterdir())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def stored(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "verdict.json").read_bytes())
    return loaded


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


# Running


def test_a_run_leaves_all_it_was_and_can_be_judged_again(desk: Desk) -> None:
    done = desk.harness("run", "talk.yaml")

    assert done.returncode == 0
    assert done.stdout.startswith("PASS  talk: Two people talk")
    [folder] = desk.run_folders()
    assert names_in(folder) == ALL
    assert folder.name.endswith("-talk")
    verdict = (folder / "verdict.json").read_bytes()
    again = desk.harness("check", folder.relative_to(desk.folder))
    assert (again.returncode, again.stdout) == (0, done.stdout)
    assert (folder / "verdict.json").read_bytes() == verdict


def test_a_pipe_gets_plain_lines_and_quiet_gets_none(desk: Desk) -> None:
    loud = desk.harness("run", "talk.yaml", "--out", "loud").stderr
    quiet = desk.harness("run", "talk.yaml", "--out", "quiet", "--quiet").stderr

    assert "0 of 2 in" in loud
    assert not set(loud) & {"\r", "\x1b"}
    assert quiet == ""


def test_a_server_of_ones_own_is_started_with_its_port(desk: Desk) -> None:
    done = desk.harness("run", "talk.yaml", "--server", f"{sys.executable} {THREADS} {{port}}")

    assert done.returncode == 0, done.stdout
    [folder] = desk.run_folders()
    assert str(THREADS) in stored(folder)["about"]["server"]


def test_a_server_with_a_fixed_port(desk: Desk) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = f"{sys.executable} {THREADS} {port}"
    done = desk.harness("run", "talk.yaml", "--server", server, "--port", port)

    assert done.returncode == 0, done.stdout
    about = stored(desk.run_folders()[0])["about"]
    assert f"--port {port}" in about["repeat_command"]


def test_a_server_that_runs_already_is_used_and_left_running(desk: Desk) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen([sys.executable, str(THREADS), str(port)]) as process:
        try:
            done = desk.harness("run", "talk.yaml", "--connect", f"127.0.0.1:{port}")
            assert done.returncode == 0, done.stdout + done.stderr
            assert process.poll() is None
        finally:
            process.kill()
    assert stored(desk.run_folders()[0])["about"]["server"] == f"127.0.0.1:{port}"


def test_a_seed_gives_the_same_plan_and_another_seed_another(desk: Desk) -> None:
    for out, seed in (("a", 7), ("b", 7), ("c", 8)):
        assert desk.harness("run", "talk.yaml", "--seed", seed, "--out", out).returncode == 0

    a, b, c = ((desk.folder / out / "plan.json").read_bytes() for out in "abc")
    assert a == b != c
    assert "seed: 7" in (desk.folder / "a" / "scenario.yaml").read_text()


def test_a_stored_scenario_runs_again_as_it_was(desk: Desk) -> None:
    changed = ("--set", "people.bob=3", "--set", "story.1.times=4")
    desk.write("talk.yaml", SCENARIO.replace("bob: }", "bob: 2}"))
    assert desk.harness("run", "talk.yaml", *changed, "--out", "a").returncode == 0
    assert desk.harness("run", "a/scenario.yaml", "--out", "b").returncode == 0

    a, b = (json.loads((desk.folder / out / "plan.json").read_bytes()) for out in "ab")
    assert [one["name"] for one in a["people"]] == ["alice", "bob-001", "bob-002", "bob-003"]
    assert len(a["scenes"][1]["steps"][0]["deeds"][0]["utterances"]) == 4
    for plan in (a, b):
        for scene in plan["scenes"]:
            for step in scene["steps"]:
                del step["line"]  # the stored file has lines of its own
    assert (a["scenes"], a["seed"]) == (b["scenes"], b["seed"])


def test_repeated_runs_count_their_seeds_on(desk: Desk) -> None:
    done = desk.harness("run", "talk.yaml", "--repeat", 2, "--seed", 3, "--out", "all")

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "2 runs: pass"
    assert names_in(desk.folder / "all") == {"talk-3", "talk-4"}
    assert all(names_in(path) == ALL for path in (desk.folder / "all").iterdir())


def test_a_folder_of_scenarios_runs_in_the_order_of_names(desk: Desk) -> None:
    desk.write("all/b.yaml", SCENARIO)
    desk.write("all/a.yaml", SCENARIO)
    done = desk.harness("run", "all", "--quiet")

    verdicts = [line.split(":")[0] for line in done.stdout.splitlines() if line[:4] == "PASS"]
    assert verdicts == ["PASS  a", "PASS  b"]


def test_a_report_is_the_verdict_that_the_folder_keeps(desk: Desk) -> None:
    done = desk.harness("run", "talk.yaml", "--out", "a", "--report", "json=verdict.json")

    assert done.returncode == 0
    kept = (desk.folder / "a" / "verdict.json").read_bytes()
    assert (desk.folder / "verdict.json").read_bytes() == kept


def test_a_build_is_done_once_before(desk: Desk) -> None:
    build = f"{sys.executable} -c \"print(1, file=open('built', 'a'))\""
    done = desk.harness("run", "talk.yaml", "--build", build, "--repeat", 2)

    assert done.returncode == 0
    assert (desk.folder / "built").read_text() == "1\n"


def test_every_requirement_scenario_and_dialect_is_listed(desk: Desk) -> None:
    every = desk.harness("list")

    assert every.returncode == 0
    for word in ("scenarios/join.yaml", "JOIN-3", "raw", "lines", "drop: reset"):
        assert word in every.stdout
    only = desk.harness("list", "dialects").stdout
    assert [line.split()[0] for line in only.splitlines()] == list(builtin_dialects())


def test_lists_go_where_there_is_only_ascii(desk: Desk) -> None:
    done = subprocess.run(
        desk.command("list"),
        env=desk.environment | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_any_scenario_can_be_cut(desk: Desk) -> None:
    done = desk.harness("run", "talk.yaml", "--on", "segments=1byte", "--out", "a")

    assert done.returncode == 0, done.stdout + done.stderr
    stories = (desk.folder / "a" / "scenario.yaml").read_text()
    assert "1 byte" in stories
    events = list(read_history(desk.folder / "a" / "history.jsonl"))
    said = [one for one in events if isinstance(one, Said) and one.kind is Kind.STORY]
    cuts = [one for one in events if isinstance(one, Cut)]
    assert len(said) == len(cuts) == 2
    for message, cut in zip(said, cuts, strict=True):
        assert (cut.pieces, cut.glued) == (len(message.data), 1)
        # Elsewhere the kernel does not tell.
        assert cut.apart in (cut.pieces - 1, -1)
    # And as it was stored it is cut again.
    assert desk.harness("run", "a/scenario.yaml", "--out", "b").returncode == 0
    assert '["cut",' in (desk.folder / "b" / "history.jsonl").read_text()


# What cannot be


def test_a_misspelt_key(desk: Desk) -> None:
    desk.write("slip.yaml", SCENARIO.replace("say:", "sya:").replace("hears:", "heers:"))

    lines = desk.refuses("run", "slip.yaml").splitlines()

    assert lines[0].startswith("harness: slip.yaml:7:18: ")
    assert "did you mean 'say'" in lines[0]
    assert lines[1].startswith("slip.yaml:8:16: ")


def test_a_mistake_in_the_last_file_is_told_before_the_first_runs(desk: Desk) -> None:
    desk.write("slip.yaml", SCENARIO.replace("say:", "sya:"))

    assert "slip.yaml:7:18" in desk.refuses("run", "talk.yaml", "slip.yaml")


def test_somebody_who_speaks_after_leaving(desk: Desk) -> None:
    desk.write("gone.yaml", SCENARIO + "  - {who: bob, leave: true}\n  - {who: bob, say: hi}\n")

    said = desk.refuses("run", "gone.yaml")
    assert said.startswith("harness: gone.yaml:10:5: bob cannot say here: bob is away")
    assert len(said.splitlines()) == 1


def test_a_command_that_is_not_found(desk: Desk) -> None:
    desk.write("own/kept", "what was here before")

    said = desk.refuses("run", "talk.yaml", "--server", "no-such-program {port}")
    assert said == "harness: command not found: no-such-program\n"
    assert "command not found" in desk.refuses(
        "run", "talk.yaml", "--repeat", 2, "--out", "new", "--server", "no-such-program"
    )


def test_a_port_in_use(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = ("--server", f"{sys.executable} {THREADS} {port}", "--port", port)
        assert f"port {port} is in use" in desk.refuses("run", "talk.yaml", *server)
        # Nothing has connected to what listens there.
        taken.setblocking(False)
        with pytest.raises(BlockingIOError):
            taken.accept()


def test_a_server_that_the_harness_did_not_start_cannot_be_restarted(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        said = desk.refuses("run", "scenarios/restart.yaml", "--connect", f"127.0.0.1:{port}")
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert len(said.splitlines()) == 1
    assert "restart.yaml stops, ends or starts the server" in said
    assert said.endswith("--server instead of --connect\n")


def test_messages_are_not_glued_where_nothing_ends_them(desk: Desk) -> None:
    done = desk.harness("run", "scenarios/glued.yaml", "--dialect", "raw")

    assert (done.returncode, done.stderr) == (3, "")
    first, last = done.stdout.splitlines()
    assert first.startswith("SKIP  glued: it needs lines, and in raw ")
    assert last == "0 runs: inconclusive, 1 skipped"
    assert not (desk.folder / "runs").exists()


def test_a_way_to_cut_that_is_none(desk: Desk) -> None:
    assert "write 3 bytes" in desk.refuses("run", "talk.yaml", "--on", "segments=3")


# Those who watch


def test_whoever_reads_the_report_may_have_gone(desk: Desk) -> None:
    with subprocess.Popen(
        desk.command("run", "talk.yaml", "--repeat", 2, "--out", "all"),
        cwd=desk.folder,
        env=desk.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        complained = process.stderr.read()
        assert process.wait(PATIENCE) == 0
    assert b"Error" not in complained
    assert len(names_in(desk.folder / "all")) == 2


def test_there_may_be_no_standard_streams_at_all(desk: Desk) -> None:
    words = " ".join(desk.command("run", "talk.yaml", "--out", "a"))
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {words} <&- >&- 2>&-"],
        cwd=desk.folder,
        env=desk.environment,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0
    assert names_in(desk.folder / "a") == ALL


def test_an_interrupted_run_keeps_what_it_saw_and_leaves_no_process(desk: Desk) -> None:
    desk.write("long.yaml", SCENARIO + "  - {wait: 10m}\n")
    mark = f"WHOHEARD_TEST={uuid4()}"
    server = f"env {mark} {sys.executable} {THREADS} {{port}}"
    with subprocess.Popen(
        desk.command("run", "long.yaml", "--server", server, "--out", "a"),
        cwd=desk.folder,
        env=desk.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        history = desk.folder / "a" / "history.jsonl"
        until(lambda: history.exists() and b'["step-begun",' in history.read_bytes())
        until(lambda: history.read_bytes().count(b'["step-ended"') >= 3)
        servers = marked(mark)
        assert servers
        process.send_signal(signal.SIGINT)
        printed, complained = process.communicate(timeout=PATIENCE)

    assert process.returncode == 130
    assert b"the run was interrupted" in printed
    assert b"Traceback" not in complained
    assert not any(psutil.pid_exists(pid) for pid in servers)
    assert marked(mark) == []
    verdict = (desk.folder / "a" / "verdict.json").read_bytes()
    again = desk.harness("check", "a")
    assert (again.returncode, again.stdout.encode()) == (3, printed)
    assert (desk.folder / "a" / "verdict.json").read_bytes() == verdict


# Who has gone for good the second time it is started.
AGAIN = """\
import pathlib, runpy, sys, time
marker = pathlib.Path(__file__).with_name("started")
if marker.exists():
    time.sleep(1000)
marker.touch()
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize(
    ("steps", "seen"),
    [
        ("  - {who: bob, freeze: true}\n  - {wait: 10m}\n", b'["froze",'),
        ("  - {server: stop}\n  - {wait: 10m}\n  - {server: continue}\n", b'["server-done",'),
        ("  - {server: restart}\n", b'"restart"'),
    ],
    ids=["frozen", "stopped", "restarting"],
)
def test_in_the_middle_of_a_fault_it_can_be_interrupted(
    desk: Desk, steps: str, seen: bytes
) -> None:
    desk.write("long.yaml", SCENARIO + steps)
    script = desk.write("again.py", AGAIN)
    mark = f"WHOHEARD_TEST={uuid4()}"
    server = f"env {mark} {sys.executable} {script} {THREADS} {{port}}"
    with subprocess.Popen(
        desk.command("run", "long.yaml", "--server", server, "--out", "a", "--patience", 5),
        cwd=desk.folder,
        env=desk.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        history = desk.folder / "a" / "history.jsonl"
        until(lambda: history.exists() and seen in history.read_bytes())
        until(lambda: marked(mark))
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        printed, complained = process.communicate(timeout=PATIENCE)

    # By its deadlines it would have gone on for 50 seconds, and for ten minutes.
    assert time.monotonic() - begin < 30
    assert process.returncode == 130
    assert b"the run was interrupted" in printed
    assert b"Traceback" not in complained
    assert marked(mark) == []
    again = desk.harness("check", "a")
    assert (again.returncode, again.stdout.encode()) == (3, printed)


def marked(mark: str) -> list[int]:
    """The processes that have this in their environment."""
    name, _, value = mark.partition("=")
    found = psutil.process_iter(["environ"])
    return [one.pid for one in found if (one.info["environ"] or {}).get(name) == value]
