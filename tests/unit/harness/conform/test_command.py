"""`harness conform` from the command line to its exit status and its reports."""

import io
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from known_good import command

import harness
from harness.cli import main
from harness.conform.suite import has_network

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

Conform = Callable[..., tuple[int, str, str]]

GOOD = shlex.join(command("correct/threads.py", "raw"))
HOLDS = shlex.join(command("faulty/holds_the_door.py", "raw"))
# No deadline is needed to find this one out, however busy the machine is.
ECHOES = shlex.join(command("faulty/echoes.py", "raw"))
DIES = shlex.join(command("faulty/dies_on_early_reset.py", "raw"))
# Where the harness is that runs here: in the checkout, or installed.
ROOT = str(Path(harness.__file__).parent.parent)


@pytest.fixture
def conform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Conform:
    """Run the command in an empty folder; return its status and what it printed."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["conform", "--quiet", *words])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def test_the_reference_unless_told(conform: Conform, tmp_path: Path) -> None:
    status, out, _ = conform("--case", "join", "--case", "everyone_hears")
    assert status == 0
    assert out.startswith("CONFORMS STRICTLY  the reference server")
    assert "Only some cases were asked for: join, everyone_hears" in out
    assert list(tmp_path.iterdir()) == []


def test_what_fails_is_told_and_kept(conform: Conform, tmp_path: Path) -> None:
    status, out, _ = conform("--server", ECHOES, "--case", "everyone_hears")
    assert status == 1
    assert "DOES NOT CONFORM" in out
    assert "Fix first: RELAY-3 (it explains 1 of 1 failing cases)" in out
    assert "was sent a copy of what" in out
    assert "--case everyone_hears --seed" in out
    (folder,) = (tmp_path / "runs").iterdir()
    (kept,) = folder.iterdir()
    assert {one.name for one in kept.iterdir()} >= {"history.jsonl", "verdict.json", "server.log"}
    assert f"Kept in {folder}" in out


def test_a_stored_run_is_judged_again(conform: Conform, tmp_path: Path) -> None:
    conform("--server", ECHOES, "--case", "everyone_hears", "--out", "kept")
    (folder,) = (tmp_path / "kept").iterdir()
    assert main(["check", str(folder)]) == 1


def test_with_out_every_run_is_kept(conform: Conform, tmp_path: Path) -> None:
    assert conform("--case", "join", "--out", "kept")[0] == 0
    (folder,) = (tmp_path / "kept").iterdir()
    assert (folder / "history.jsonl").exists()
    status, _, err = conform("--case", "join", "--out", "kept")
    assert status == 2
    assert "is not empty" in err


def test_a_crash_is_a_finding_of_its_case_and_the_rest_still_runs(conform: Conform) -> None:
    report = "out.json"
    status, *_ = conform(
        *("--server", DIES, "--case", "early_departure", "--case", "join"),
        *("--report", f"json={report}"),
    )
    data = json.loads(Path(report).read_text())
    assert status == 1
    assert data["cases"]["early_departure"]["outcome"] == "fail"
    assert data["requirements"]["JOIN-4"]["outcome"] == "fail"
    assert data["requirements"]["JOIN-2"]["outcome"] == "pass"
    assert "exit status" in data["cases"]["early_departure"]["runs"][0]["ended"]


def test_every_report_is_written(conform: Conform) -> None:
    kinds = ("text", "json", "junit", "markdown", "badge")
    wanted = [word for kind in kinds for word in ("--report", f"{kind}=r.{kind}")]
    status, out, _ = conform("--server", ECHOES, "--case", "everyone_hears", *wanted, "--github")
    assert status == 1
    assert "::error title=RELAY-3 is violated::" in out
    # What quotes the program stands where no command is obeyed.
    assert out.index("::stop-commands::") < out.index("DOES NOT CONFORM")
    assert Path("r.text").read_text().startswith("DOES NOT CONFORM")
    suite = ET.parse("r.junit").getroot().find("testsuite")  # noqa: S314 - our own
    assert suite is not None
    assert suite.attrib["failures"] == "1"
    assert "RELAY-3" in Path("r.markdown").read_text()
    svg = ET.fromstring(Path("r.badge").read_text())  # noqa: S314 - our own
    assert svg.tag.endswith("svg")


def test_known_deviations_fail_nobody_and_stale_ones_do(conform: Conform) -> None:
    Path("known.yaml").write_text("deviations: [{of: RELAY-3, reason: one for all}]")
    wanted = ("--case", "everyone_hears", "--deviations", "known.yaml")
    status, out, _ = conform("--server", ECHOES, *wanted)
    assert status == 0
    assert "CONFORMS, BUT FOR KNOWN DEVIATIONS" in out
    assert "Known: RELAY-3 is violated: one for all" in out
    status, out, _ = conform("--server", GOOD, *wanted)
    assert status == 1
    assert "known.yaml:1:14: RELAY-3 is kept now" in out


def test_stability(conform: Conform) -> None:
    status, *_ = conform(
        *("--case", "join", "--repeat", "3", "--seed", "5", "--report", "json=r.json")
    )
    case = json.loads(Path("r.json").read_text())["cases"]["join"]
    assert status == 0
    assert case["stability"] == {"passed": 3, "of": 3}
    assert [run["seed"] for run in case["runs"]] == [5, 6, 7]


def test_several_give_a_matrix(conform: Conform) -> None:
    Path("good.yaml").write_text(json.dumps({"server": GOOD, "claims": ["RELAY-12"]}))
    Path("bad.yaml").write_text(json.dumps({"server": ECHOES, "name": "bad one"}))
    wanted = ("--case", "everyone_hears", "--case", "answers")
    status, out, _ = conform("good.yaml", "bad.yaml", *wanted, "--report", "markdown=m.md")
    assert status == 1
    assert "1  good: conforms strictly" in out
    assert "2  bad one: does not conform" in out
    assert "RELAY-3" in Path("m.md").read_text()
    status, _, err = conform("good.yaml", "bad.yaml", *wanted, "--report", "junit=m.xml")
    assert status == 2
    assert "of several there is text and json and markdown" in err


def test_a_claim_has_to_be_shown(conform: Conform) -> None:
    Path("mine.yaml").write_text(json.dumps({"server": GOOD, "claims": ["LEAVE-7"]}))
    status, out, _ = conform("mine.yaml", "--case", "announcements", "--case", "join")
    assert status == 1
    assert "LEAVE-7 is claimed, and was not shown to be kept" in out


@pytest.mark.skipif(not has_network(), reason="no network of one's own is allowed")
def test_a_program_with_a_fixed_port_runs_side_by_side(conform: Conform) -> None:
    server = GOOD.replace("'{port}'", "14901").replace("{port}", "14901")
    status, out, _ = conform(
        "--server", server, "--port", "14901", "--case", "j*", "--workers", "3"
    )
    assert status == 0
    assert "a network of its own" in out


def test_without_isolation_it_says_so(conform: Conform) -> None:
    status, out, _ = conform("--server", GOOD, "--case", "join", "--no-isolation")
    assert status == 0
    assert "could not see the harness" not in out
    assert "a network of its own" not in out


def test_a_program_that_runs_already(conform: Conform) -> None:
    from harness.ports import free_port  # noqa: PLC0415

    with free_port() as lease:
        words = [
            word.replace("{port}", str(lease.port)) for word in command("correct/threads.py", "raw")
        ]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as server:
            try:
                assert server.stdout is not None
                status, out, _ = conform(
                    *("--connect", f"127.0.0.1:{lease.port}", "--patience", "2"),
                    *("--case", "join", "--case", "restart"),
                )
            finally:
                server.kill()
    assert status == 0
    assert "n/a: restart: it stops, ends or starts the server" in out
    assert "isolation: none" in out


def test_whoever_starts_the_installed_reference_instead_finds_nothing(
    conform: Conform, tmp_path: Path
) -> None:
    cheat = tmp_path / "cheat.py"
    cheat.write_text(
        f"import runpy, sys\nsys.path.insert(0, {ROOT!r})\n"
        "sys.argv = ['x', '--port', sys.argv[1]]\n"
        "runpy.run_module('reference.server', run_name='__main__')\n"
    )
    words = ("--server", f"{sys.executable} {cheat} {{port}}", "--case", "join")
    status, out, _ = conform(*words)
    if "could not see the harness" not in out:
        pytest.skip("nothing can be hidden here")
    assert status == 3
    assert "nothing ever listened on the port" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--case", "joyn"), "did you mean 'join'?"),
        (("--server", "a", "--client", "b"), "one at a time"),
        (("--port", "5"), "give both"),
        (("--server", "no-such-program {port}", "--case", "join"), "no-such-program"),
        (("--dialect", "learn"), "name one"),
        (("--dialect", "nul"), "the reference speaks raw, lines and nick only"),
        (("--report", "jnuit=x"), "did you mean 'junit'?"),
        (("--report", "json=/no/such/folder/x"), "name a file in a folder"),
        (("none.yaml",), "there is no such file"),
        (("--server", "x", "--build", "false", "--case", "join"), "the build command failed"),
        (("--server", "x {prot}", "--case", "join"), "did you mean {port}?"),
        (("--case", "join", "--deviations", "none.yaml"), "there is no such file"),
    ],
)
def test_a_user_s_mistake(conform: Conform, words: tuple[str, ...], told: str) -> None:
    status, out, err = conform(*words)
    assert status == 2
    assert told in err
    assert "Traceback" not in out + err


def test_list_and_dry_run_start_nothing(conform: Conform) -> None:
    status, out, _ = conform("--list")
    assert status == 0
    assert "everyone_hears " in out
    status, out, _ = conform("--server", "no-such-program", "--dry-run", "--requirement", "JOIN-9")
    assert status == 0
    assert "not applicable: it needs lines" in out
    assert out.endswith("2 cases: nothing was started\n")


def test_a_client(conform: Conform) -> None:
    status, out, _ = conform("--reference-client", "--case", "nickname", "--case", "refused")
    assert status == 0
    assert out.startswith("CONFORMS STRICTLY  the reference client")


def test_interrupted_the_report_is_written(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "harness", "conform", "--server", HOLDS]
    words += ["--report", "json=r.json", "--workers", "2"]
    environment = os.environ | {"PYTHONPATH": ROOT}
    with subprocess.Popen(
        words,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()  # the first run is over
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Interrupted: not all of it was run." in out
    data = json.loads((tmp_path / "r.json").read_text())
    assert data["interrupted"] is True
    assert "Traceback" not in out + err
    assert any("interrupted" in case["reason"] for case in data["cases"].values())


def test_a_pipe_that_closes_is_no_error(tmp_path: Path) -> None:
    stream = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        patch.setattr(sys, "stdout", stream)
        assert main(["conform", "--quiet", "--case", "join"]) == 0
    assert stream.getvalue().startswith("CONFORMS STRICTLY")
