"""How a server speaks is found out where, and as apart as, its cases are played."""

import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from known_good import command

from harness.cli import main
from harness.conform.implementation import Implementation
from harness.conform.learning import Learning, check_learnable, learn_apart
from harness.conform.results import Kind
from harness.conform.workers import Failed, Job, Workers
from harness.errors import HarnessError, UsageError
from harness.learn.lab import NotLearntError
from harness.ports import free_port

SERVER = """\
import runpy, sys
from pathlib import Path
assert Path("beside.txt").exists(), "not in the folder of its file"
sys.argv = {words!r}
runpy.run_path({path!r}, run_name="__main__")
"""


@pytest.mark.shared
def test_in_the_folder_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "theirs"
    folder.mkdir()
    with free_port() as lease:
        port = str(lease.port)
    words = [word.replace("{port}", port) for word in command("correct/threads.py", "lines")[1:]]
    (folder / "beside.txt").touch()
    (folder / "server.py").write_text(SERVER.format(words=words, path=words[0]))
    python = shlex.quote(sys.executable)
    text = f"server: {python} server.py\nport: {port}\ndialect: learn\n"
    (folder / "chat.yaml").write_text(text)
    status = main(["conform", "--quiet", "theirs/chat.yaml", "--case", "everyone_hears"])
    said = capfd.readouterr().out
    assert status == 0, said
    assert 'prompt: "nickname\\n"' in said


def test_an_error_keeps_its_exit_status() -> None:
    with pytest.raises(NotLearntError, match="the server ended with 3"):
        learn_apart(Learning(Implementation("it", command="sh -c 'exit 3' {port}")))
    with pytest.raises(UsageError, match="nothing_such"):
        learn_apart(Learning(Implementation("it", command="./nothing_such {port}")))


@pytest.mark.parametrize(
    ("result", "raised"),
    [
        (Failed("it was interrupted", interrupted=True), KeyboardInterrupt),
        (Failed("its process was ended"), HarnessError),
        (None, KeyboardInterrupt),
    ],
)
def test_without_an_answer(
    monkeypatch: pytest.MonkeyPatch, result: Failed | None, raised: type[BaseException]
) -> None:
    def run(_: Workers, jobs: Sequence[Job[Any]], done: Callable[[int, Any], None]) -> None:
        assert len(jobs) == 1
        if result is not None:
            done(0, result)

    monkeypatch.setattr(Workers, "run", run)
    with pytest.raises(raised):
        learn_apart(Learning(Implementation("it", command="true")))


def test_only_a_server_of_somebody_s_is_learnt() -> None:
    check_learnable(Implementation("it", command="./chat {port}"))
    for one in (Implementation("it"), Implementation("it", kind=Kind.CLIENT, command="./chat")):
        with pytest.raises(UsageError, match="name one"):
            check_learnable(one)
