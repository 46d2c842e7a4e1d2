"""`harness.runner`: from options to an exit status, and all is known before anything is started."""

import io
import shlex
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness import runner
from harness.dialect_files import load_dialect
from harness.errors import InputError, UsageError
from harness.history import History
from harness.options import RunOptions, parser, run_options
from harness.reference_chat import reference_command
from harness.run import RunResult
from harness.runner import run
from harness.screen import Screen
from harness.spoken import Spoken
from harness.target import TargetSpec
from harness.verdict import Outcome, Verdict

SCENARIO = """\
format: 1
scenario: Two people talk
people: {alice: , bob: }
story:
  - {who: everyone, join: true}
  - {who: alice, say: "{sentence}"}
"""
Play = Callable[..., RunResult]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scenario, in which commands are given."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talk.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


def options(*words: str) -> RunOptions:
    return run_options(parser().parse_args(["run", *words]))


class Table:
    """Takes what would be run, and deals outcomes."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.seeds: list[int] = []
        self.names: list[str] = []
        self.specs: list[TargetSpec] = []

    def play(self, _options: object, job: runner._Job, *rest: object) -> RunResult:
        self.seeds.append(job.plan.seed)
        self.names.append(job.plan.name)
        spec, folder = rest[1:]
        assert isinstance(spec, TargetSpec)
        assert isinstance(folder, Path)
        self.specs.append(spec)
        (folder / "history.jsonl").touch()
        return RunResult(History(), b"out\xff", -11, "none", hidden=False, interrupted=False)

    def judge(self, *_: object) -> Verdict:
        return Verdict(self.outcomes.pop(0) if self.outcomes else Outcome.PASS, ())


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    """Nothing is run and nothing judged."""
    made = Table()
    monkeypatch.setattr(runner, "_play", made.play)
    monkeypatch.setattr(runner, "judge", made.judge)
    return made


def out_of(*words: str) -> tuple[int, str]:
    stream = io.StringIO()
    return run(options(*words), Screen(stream)), stream.getvalue()


@pytest.mark.parametrize(
    ("outcomes", "status", "says"),
    [
        ("pass pass pass", 0, "3 runs: pass"),
        ("pass inconclusive pass", 3, "3 runs: inconclusive"),
        ("fail inconclusive pass", 1, "3 runs: fail"),
    ],
)
def test_the_worst_outcome_wins(
    desk: Path, table: Table, outcomes: str, status: int, says: str
) -> None:
    table.outcomes = [Outcome(word) for word in outcomes.split()]
    assert out_of("talk.yaml", "--repeat", "3")[0] == status
    table.outcomes = [Outcome(word) for word in outcomes.split()]
    assert out_of("talk.yaml", "--repeat", "3")[1].splitlines()[-1] == says
    assert len(list((desk / "runs").iterdir())) == 6


def test_seeds_count_on_from_where_they_are_given(desk: Path, table: Table) -> None:
    seeded = desk / "seeded.yaml"
    seeded.write_text(SCENARIO + "seed: 40\n", encoding="utf-8")
    out_of("talk.yaml", "--seed", "7", "--repeat", "3")
    out_of("seeded.yaml", "--repeat", "2")
    out_of("seeded.yaml", "--seed", "9")
    assert table.seeds == [7, 8, 9, 40, 41, 9]


def test_a_seed_that_is_not_given_is_drawn_anew_and_told(desk: Path, table: Table) -> None:
    _, first = out_of("talk.yaml")
    _, second = out_of("talk.yaml")
    assert table.seeds[0] != table.seeds[1]
    assert f"seed {table.seeds[0]}" in first
    assert f"seed {table.seeds[1]}" in second
    assert desk.is_dir()


def test_folders_hold_their_scenarios_by_name_and_the_harness_has_its_own(
    desk: Path, table: Table
) -> None:
    for name in ("b", "a", "c"):
        path = desk / "all" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(SCENARIO, encoding="utf-8")
    out_of("all", "talk.yaml", "join.yaml", "scenarios/join.yaml")
    assert table.names == ["a", "b", "c", "talk", "join", "join"]


def test_two_runs_of_one_name_do_not_share_a_folder(desk: Path, table: Table) -> None:
    out_of("talk.yaml", "talk.yaml", "--seed", "5", "--out", "o")
    assert table.seeds == [5, 5]
    assert sorted(path.name for path in (desk / "o").iterdir()) == ["talk-5", "talk-5-2"]


def test_what_the_server_printed_and_how_it_ended_is_in_the_verdict(
    desk: Path, table: Table
) -> None:
    out_of("talk.yaml", "--out", "o", "--report", "json=v.json")
    text = (desk / "v.json").read_text(encoding="utf-8")
    assert '"server_exit": "SIGSEGV"' in text
    assert '"server_output_tail": "out\\\\xff"' in text
    assert text == (desk / "o" / "verdict.json").read_text(encoding="utf-8")
    assert len(table.specs) == 1


def test_an_interrupted_run_is_the_last(
    desk: Path, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: object) -> RunResult:
        return replace(table.play(*args), interrupted=True)  # type: ignore[arg-type]

    monkeypatch.setattr(runner, "_play", interrupted)
    assert out_of("talk.yaml", "--repeat", "5")[0] == 130
    assert len(list((desk / "runs").iterdir())) == 1


def test_a_run_that_cannot_begin_leaves_no_folder_and_those_before_stay(
    desk: Path, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    def second_fails(*args: object) -> RunResult:
        if table.seeds:
            raise UsageError("no")
        return table.play(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(runner, "_play", second_fails)
    with pytest.raises(UsageError, match="no"):
        out_of("talk.yaml", "--repeat", "5")
    [folder] = (desk / "runs").iterdir()
    assert (folder / "verdict.json").exists()


def test_a_mistake_in_the_last_file_is_known_before_anything_is_built(
    desk: Path, table: Table
) -> None:
    (desk / "slip.yaml").write_text(SCENARIO.replace("say", "sya"), encoding="utf-8")
    build = shlex.join([sys.executable, "-c", "open('built', 'w')"])
    with pytest.raises(UsageError):
        out_of("talk.yaml", "--build", build, "--server", "x", "--out", "slip.yaml")
    with pytest.raises(Exception, match="sya"):
        out_of("talk.yaml", "slip.yaml", "--build", build)
    assert not (desk / "built").exists()
    assert table.seeds == []


def test_a_build_is_done_once_before(desk: Path, table: Table) -> None:
    build = shlex.join([sys.executable, "-c", "print(1, file=open('built', 'a'))"])
    out_of("talk.yaml", "--repeat", "3", "--build", build)
    assert (desk / "built").read_text() == "1\n"
    assert len(table.seeds) == 3


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (" ", "the command is empty"),
        ("'", "cannot be split"),
        ("no-such-program x", "build command is not found: no-such-program"),
        ("/", "build command cannot be run"),
        (shlex.join([sys.executable, "-c", "exit('a \xff mistake')"]), "failed with 1:\na "),
    ],
)
def test_a_build_that_cannot_be_done_is_told(
    desk: Path, table: Table, build: str, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        out_of("talk.yaml", "--build", build)
    assert (table.seeds, sorted(desk.iterdir())) == ([], [desk / "talk.yaml"])


def test_the_target_is_what_was_asked_for(desk: Path, table: Table) -> None:
    out_of("talk.yaml")
    out_of("talk.yaml", "--server", "x {port}", "--port", "14901")
    out_of("talk.yaml", "--connect", "127.0.0.1:14901")
    assert table.specs == [
        TargetSpec(command=reference_command("raw")),
        TargetSpec(command="x {port}", port=14901),
        TargetSpec(connect=("127.0.0.1", 14901)),
    ]
    assert desk.is_dir()


def test_the_reference_speaks_what_it_speaks(desk: Path, table: Table) -> None:
    text = (Path(runner.__file__).parent / "dialects" / "raw.yaml").read_text(encoding="utf-8")
    (desk / "own.yaml").write_text(text, encoding="utf-8")
    out_of("talk.yaml", "--dialect", "lines")
    assert table.specs == [TargetSpec(command=reference_command("lines"))]
    with pytest.raises(UsageError, match="speaks raw, lines and nick only"):
        out_of("talk.yaml", "--dialect", "own.yaml")
    out_of("talk.yaml", "--dialect", "own.yaml", "--server", "x")


NEEDS = SCENARIO.replace("people:", "needs: frames\npeople:")


def test_what_a_dialect_has_not_is_skipped_and_the_rest_is_run(desk: Path, table: Table) -> None:
    (desk / "framed.yaml").write_text(NEEDS, encoding="utf-8")
    status, said = out_of("framed.yaml", "talk.yaml")
    assert (status, table.names) == (0, ["talk"])
    first, *_, last = said.splitlines()
    assert first.startswith("SKIP  framed: it needs frames, and in raw ")
    assert last == "1 runs: pass, 1 skipped"
    # In another dialect it is run.
    status, said = out_of("framed.yaml", "--dialect", "lines")
    assert (status, table.names) == (0, ["talk", "framed"])
    assert "SKIP" not in said


def test_where_all_is_skipped_nothing_is_proved(desk: Path, table: Table) -> None:
    (desk / "framed.yaml").write_text(NEEDS, encoding="utf-8")
    status, said = out_of("framed.yaml", "--repeat", "3")
    assert status == Outcome.INCONCLUSIVE.exit_status == 3
    assert said.splitlines()[0].startswith("SKIP  framed: ")
    assert said.splitlines()[-1] == "0 runs: inconclusive, 1 skipped"
    assert table.seeds == []
    assert not (desk / "runs").exists()


def test_a_failure_beside_what_is_skipped_is_a_failure(desk: Path, table: Table) -> None:
    (desk / "framed.yaml").write_text(NEEDS, encoding="utf-8")
    table.outcomes = [Outcome.FAIL]
    assert out_of("framed.yaml", "talk.yaml")[0] == 1


@pytest.mark.parametrize("act", ["stop", "interrupt", "restart"])
def test_what_is_done_to_a_server_needs_one_of_our_own(desk: Path, table: Table, act: str) -> None:
    behind = "  - {server: continue}\n" if act == "stop" else ""
    text = f"{SCENARIO}  - {{server: {act}}}\n{behind}"
    (desk / "acts.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"acts\.yaml .*--server instead of --connect"):
        out_of("talk.yaml", "acts.yaml", "--connect", "127.0.0.1:14901")
    assert table.seeds == []
    assert out_of("acts.yaml", "--server", "x {port}")[0] == 0


ODD = """\
name: odd
about: A test.
encoding: ascii
nickname: {ends: lf}
said: {ends: lf}
heard: {ends: lf}
relay: "{nick}: {message}"
"""
RUSSIAN = SCENARIO.replace('"{sentence}"', "привет")


def test_what_a_dialect_cannot_say_is_skipped_with_its_reason(desk: Path, table: Table) -> None:
    (desk / "odd.yaml").write_text(ODD, encoding="utf-8")
    (desk / "hi.yaml").write_text(RUSSIAN, encoding="utf-8")
    spoken = ("--dialect", "odd.yaml", "--server", "x")
    status, said = out_of("hi.yaml", "talk.yaml", *spoken, "--repeat", "2")
    assert (status, table.names) == (0, ["talk", "talk"])
    first, *_, last = said.splitlines()
    assert first == (
        "SKIP  hi: line 6: this cannot be said in odd ('п' cannot be written in ascii)"
    )
    assert last == "2 runs: pass, 1 skipped"
    assert out_of("hi.yaml", *spoken)[0] == Outcome.INCONCLUSIVE.exit_status
    # In another dialect it is run.
    assert out_of("hi.yaml")[0] == 0


@pytest.mark.parametrize("dialect", ["telnet", "own/nick.yaml"])
def test_a_dialect_that_the_reference_does_not_speak_needs_a_server(
    desk: Path, table: Table, dialect: str
) -> None:
    (desk / "own").mkdir()
    (desk / "own" / "nick.yaml").write_text(ODD.replace("odd", "nick"), encoding="utf-8")
    with pytest.raises(UsageError, match=rf"for {dialect} name a server with --server or"):
        out_of("talk.yaml", "--dialect", dialect)
    assert out_of("talk.yaml", "--dialect", dialect, "--server", "x")[0] == 0
    assert out_of("talk.yaml", "--dialect", "nick")[0] == 0
    assert table.specs[-1] == TargetSpec(command=reference_command("nick"))


@pytest.mark.usefixtures("table")
def test_a_dialect_is_learnt_once_and_kept_with_each_run(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def learn(spec: TargetSpec, _screen: Screen) -> Spoken:
        asked.append(spec)
        (desk / "odd.yaml").write_text(ODD, encoding="utf-8")
        return Spoken(load_dialect(str(desk / "odd.yaml")), ODD)

    monkeypatch.setattr(runner, "learnt", learn)
    built = shlex.join([sys.executable, "-c", "open('built', 'x')"])
    words = ("talk.yaml", "--dialect", "learn", "--server", "x", "--repeat", "2")
    assert out_of(*words, "--build", built)[0] == 0
    assert asked == [TargetSpec(command="x")]
    assert (desk / "built").exists()
    for folder in (desk / "runs").iterdir():
        assert (folder / "dialect.yaml").read_text(encoding="utf-8") == ODD
        about = (folder / "about.json").read_text(encoding="utf-8")
        assert f"--dialect runs/{folder.name}/dialect.yaml" in about


def test_nothing_is_learnt_of_the_reference_or_for_a_wrong_scenario(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learn(*_: object) -> Spoken:
        raise AssertionError

    monkeypatch.setattr(runner, "learnt", learn)
    with pytest.raises(UsageError, match="--dialect learn learns how a server speaks: name one"):
        out_of("talk.yaml", "--dialect", "learn")
    (desk / "wrong.yaml").write_text("format: 2\n", encoding="utf-8")
    with pytest.raises(InputError):
        out_of("talk.yaml", "wrong.yaml", "--dialect", "learn", "--server", "x")
