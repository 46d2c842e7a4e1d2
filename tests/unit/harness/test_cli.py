"""`harness.cli`: errors are words, every outcome has its exit status, and what cannot be runs not.

Here the command is called in this process; `tests/test_cli_run.py` starts it.
"""

import errno
import os
import sys
from pathlib import Path

import pytest

from harness import cli, lists
from harness.errors import HarnessError
from harness.schema import schema_text

SCENARIO = """\
format: 1
scenario: Two people talk
people: {alice: , bob: }
story:
  - {who: everyone, join: true}
  - {who: alice, say: hello}
  - {who: bob, hears: {from: alice}}
"""
SERVERS = Path(__file__).parents[2]
EXITS = f"{sys.executable} -c 'exit(\"it is broken\")'"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scenario, in which commands are given."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talk.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "of.something").touch()
    (tmp_path / "bad.yaml").write_text("name: bad\n", encoding="utf-8")
    return tmp_path


def status(*words: str) -> int:
    try:
        return cli.main(words)
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else -1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nothing.yaml"], "nothing.yaml: there is no such file"),
        (["empty"], "no scenario (*.yaml) in empty"),
        (["talk.yaml", "--dialect", "lnies"], "did you mean 'lines'"),
        (["talk.yaml", "--dialect", "bad.yaml"], "bad.yaml:1:1: "),
        (["talk.yaml", "--server", "no-such-program {port}"], "command not found"),
        (["talk.yaml", "--server", "x {prot}"], "did you mean {port}"),
        (["talk.yaml", "--server", "x 'y"], "cannot be split"),
        (["talk.yaml", "--server", " "], "the command is empty"),
        (["talk.yaml", "--server", "x", "--connect", "127.0.0.1:1"], "give one of them"),
        (["talk.yaml", "--connect", "a..b:1"], "there is no host"),
        (["talk.yaml", "--connect", "14901"], "is no HOST:PORT"),
        (["talk.yaml", "--port", "14901"], "give both"),
        (["talk.yaml", "--set", "people.bob"], "takes KEY=VALUE"),
        (["talk.yaml", "--set", "peple.bob=3"], "peple"),
        (["talk.yaml", "--on", "segments=1byt"], "--on segments=1byt: the text '1byt' is no way"),
        (["talk.yaml", "--on", "segment=1byte"], "did you mean 'segments'"),
        (["talk.yaml", "--set", "requirement=JOIN-99"], "JOIN-99"),
        (["talk.yaml", "--report", "html=x"], "takes json=FILE"),
        (["talk.yaml", "--report", "json=no/folder"], "cannot be written"),
        (["talk.yaml", "--report", "json=empty"], "cannot be written"),
        (["talk.yaml", "--report", "json=a", "--repeat", "2"], "one verdict"),
        (["talk.yaml", "--build", "no-such-builder"], "no-such-builder"),
        (["talk.yaml", "--build", EXITS], "it is broken"),
        (["talk.yaml", "--out", "talk.yaml"], "no folder to write to"),
        (["talk.yaml", "--out", "full"], "full is not empty"),
        ([], "required: SCENARIO"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_what_cannot_be_run_leaves_nothing_but_words(
    desk: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(desk.rglob("*"))
    assert status("run", *words) == 2
    printed, complained = capsys.readouterr()
    assert printed == ""
    assert says in complained
    assert "Traceback" not in complained
    assert sorted(desk.rglob("*")) == before


def test_a_pass_a_fail_and_what_could_not_be_judged(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty = f"{sys.executable} {SERVERS / 'faulty' / 'wrong_prompt.py'} {{port}}"
    assert status("run", "talk.yaml", "--quiet", "--out", "pass") == 0
    assert capsys.readouterr().out.startswith("PASS")
    assert status("run", "talk.yaml", "--quiet", "--out", "fail", "--server", faulty) == 1
    assert capsys.readouterr().out.startswith("FAIL")
    none = ("--server", EXITS, "--out", "none", "--patience", "0.1")
    assert status("run", "talk.yaml", "--quiet", *none) == 3
    assert capsys.readouterr().out.startswith("INCONCLUSIVE")
    for folder, outcome in (("pass", 0), ("fail", 1), ("none", 3)):
        before = {path: path.read_bytes() for path in (desk / folder).iterdir()}
        assert status("check", folder) == outcome
        assert {path: path.read_bytes() for path in (desk / folder).iterdir()} == before


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (HarnessError("it is so\nand so"), 2, "harness: it is so\nand so\n"),
        (KeyboardInterrupt(), 130, "harness: interrupted\n"),
        (ZeroDivisionError("x"), 3, "this is our mistake"),
        (OSError(errno.ENOSPC, "no space"), 3, "this is our mistake"),
    ],
)
def test_no_error_looks_like_a_verdict(
    error: BaseException,
    code: int,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_what: str | None) -> str:
        raise error

    monkeypatch.setattr(lists, "render", fail)
    assert status("list") == code
    assert says in capsys.readouterr().err


def test_without_standard_streams_there_are_some_that_lead_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", None)
        patch.setattr(sys, "stderr", None)
        assert status("list", "dialects") == 0
        assert status("check", "no-such-folder") == 2
        streams = [sys.stdout, sys.stderr]
        for stream in streams:
            assert stream.name == os.devnull
            stream.close()


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("schema") == 0
    assert capsys.readouterr().out == schema_text()
    assert status("schema", "dialect") == 0
    assert capsys.readouterr().out == schema_text("dialect")
    assert status("schema", "scenarios") == 2
    assert "choose from" in capsys.readouterr().err


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("--version") == 0
    assert capsys.readouterr().out.startswith("whoheard ")


def test_a_wrong_command_tells_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert status() == 2
    assert "usage: harness" in capsys.readouterr().err
    assert status("rnu") == 2
    assert "invalid choice" in capsys.readouterr().err
    assert status("list", "nothing") == 2
    assert "scenarios" in capsys.readouterr().err
