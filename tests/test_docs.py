"""The documents are true: generated parts are fresh, links lead somewhere, examples run.

An example is a line that begins with `$ ` in a block marked `console`; the examples of one block
run one after the other in one folder. Each one is run, so each has to be a `harness` command; what
only a person can run stands in a block marked `sh`. The lines below a command, if any, are what it
prints, with `...` for what differs from run to run. Its exit status is 0, or the N of
`console exit=N`.
"""

import doctest
import importlib.util
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

import harness
from harness.cast import PersonSpec
from harness.limits import Limits
from harness.on import On
from harness.places import scenario_folder
from harness.requirements import REQUIREMENTS
from harness.scenario import Scenario
from harness.verbs import ALL_MODIFIERS, DropKind, ServerAct, Verb

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("**/*.md"))]
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
SCENARIO = re.compile(r"\bscenarios/([\w/-]+\.yaml)")
SECONDS = 120


@dataclass(frozen=True)
class Example:
    """A command as a document shows it, with the lines that stand below it."""

    command: str
    printed: str
    exit_status: int


def blocks_of(text: str) -> Iterator[tuple[Example, ...]]:
    for kind, body in FENCE.findall(text):
        name, _, option = kind.partition(" ")
        if name == "console":
            status = int(option.removeprefix("exit=") or 0)
            parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
            assert not parts[0], f"a block of examples begins with `$ `: {parts[0]}"
            lines = (part.partition("\n") for part in parts[1:])
            yield tuple(Example(command, printed, status) for command, _, printed in lines)


def run(example: Example, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run an example in `folder`, which is no checkout: what is installed is what runs."""
    program, *arguments = shlex.split(example.command)
    assert program == "harness", f"an example that the tests cannot run: {example.command}"
    return subprocess.run(
        [sys.executable, "-m", "harness", *arguments],
        cwd=folder,
        env={**os.environ, **environment()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )


def environment() -> dict[str, str]:
    """This test's own harness, be it a checkout's or installed, and its own Python as `python`."""
    programs = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    return {
        "PYTHONPATH": str(Path(harness.__file__).parent.parent),
        "PATH": programs,
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }


def anchors_of(text: str) -> set[str]:
    """The anchors that headings get: small letters and digits, a hyphen for each blank."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    targets = [one or other for one, other in LINK.findall(FENCE.sub("", text))]
    return [target for target in targets if not _leads_somewhere(path, target)]


def _leads_somewhere(path: Path, target: str) -> bool:
    if target.startswith("https://"):
        return True
    name, _, anchor = target.partition("#")
    there = (path.parent / name) if name else path
    if not there.exists():
        return False
    return not anchor or anchor in anchors_of(there.read_text(encoding="utf-8"))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


BLOCKS = [
    pytest.param(block, id=f"{shown(path)}: {block[0].command}")
    for path in DOCUMENTS
    for block in blocks_of(path.read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs", ROOT / "tools" / "docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with scenarios and servers in it, as a person has it who works in a checkout."""
    (tmp_path / "scenarios").symlink_to(scenario_folder())
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    return tmp_path


def test_generated_parts_are_up_to_date(
    tool: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool.main(["--check"]) == 0, capsys.readouterr().out


def test_a_stale_part_is_seen_and_written_again(tool: ModuleType) -> None:
    stale = "before\n<!-- generated: requirements life -->\nSTALE\n<!-- end -->\nafter\n"
    fresh = tool.fill(stale)
    assert "STALE" not in fresh
    assert fresh.startswith("before\n<!-- generated: requirements life -->\n| id |")
    assert fresh.endswith("|\n<!-- end -->\nafter\n")
    assert tool.fill(fresh) == fresh


def test_a_stale_file_is_seen_and_written_again(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.json"
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "documents", list)
    monkeypatch.setattr(tool, "FILES", {path: lambda: "{}"})
    assert tool.main(["--check"]) == 1
    assert not path.exists()
    assert tool.main([]) == 0
    assert path.read_text(encoding="utf-8") == "{}"
    path.write_text("{", encoding="utf-8")
    assert tool.main(["--check"]) == 1
    assert tool.main([]) == tool.main(["--check"]) == 0


def test_every_word_of_a_scenario_is_in_the_documents() -> None:
    text = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    keys = [*Scenario.keys(), *PersonSpec.keys(), *On.keys(), *Limits.keys(), *ALL_MODIFIERS]
    assert [key for key in keys if f"**`{key}`**: " not in text] == []
    assert [verb for verb in Verb if f"\n### {verb}\n" not in text] == []
    assert [each for each in (*ServerAct, *DropKind) if f"`{each}`" not in text] == []


def test_a_part_that_nothing_generates_is_an_error(tool: ModuleType) -> None:
    with pytest.raises(SystemExit, match="nothing generates a part 'requirments life'"):
        tool.fill("<!-- generated: requirments life -->\n<!-- end -->\n")


def test_the_protocol_has_every_requirement() -> None:
    text = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    assert [name for name in REQUIREMENTS if text.count(f"\n| {name} | ") != 1] == []


def test_the_architecture_has_every_file() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    files = [*(ROOT / "harness").glob("*.py"), *(ROOT / "reference").glob("*.py")]
    assert [
        each.name for each in files if f"`{each.name}`" not in text and each.name[0] != "_"
    ] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_links_lead_somewhere(path: Path) -> None:
    assert dead_links(path) == []


def test_a_dead_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# Two words\n")
    path = tmp_path / "one.md"
    path.write_text(
        "[a](other.md) [b](other.md#two-words) [c](none.md) [d](other.md#three) [e](#no)\n"
        '<img src="none.svg"> [f](https://example.org/)\n```sh\n[g](none)\n```\n'
    )
    assert dead_links(path) == ["none.md", "other.md#three", "#no", "none.svg"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_scenarios_that_a_document_names_exist(path: Path) -> None:
    names = set(SCENARIO.findall(path.read_text(encoding="utf-8")))
    assert {name for name in names if not (scenario_folder() / name).exists()} == set()


def test_the_readme_has_examples() -> None:
    assert list(blocks_of((ROOT / "README.md").read_text(encoding="utf-8")))


@pytest.mark.parametrize("block", BLOCKS)
def test_examples_run(block: tuple[Example, ...], folder: Path) -> None:
    for example in block:
        done = run(example, folder)
        told = f"{done.stdout}\n{done.stderr}"
        assert done.returncode == example.exit_status, told
        assert "Traceback" not in told, told
        assert not example.printed or is_printed(example.printed, done.stdout), told


def is_printed(expected: str, output: str) -> bool:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    return doctest.OutputChecker().check_output(expected, output, flags)


def test_what_an_example_prints_is_compared() -> None:
    assert is_printed("heard by ... people\n", "heard by 12 people\n")
    assert not is_printed("heard by ... people\n", "heard by nobody\n")


def test_how_examples_are_read() -> None:
    text = (
        "```console\n$ a b\n$ c\nprinted\n  ...\n```\n"
        "```sh\n$ d\n```\n"
        "```console exit=3\n$ e\n```\n"
    )
    assert list(blocks_of(text)) == [
        (Example("a b", "", 0), Example("c", "printed\n  ...\n", 0)),
        (Example("e", "", 3),),
    ]


def test_a_block_without_a_command_is_an_error() -> None:
    with pytest.raises(AssertionError, match="begins with"):
        list(blocks_of("```console\nharness list\n```\n"))


def test_an_example_that_cannot_be_run_is_an_error(folder: Path) -> None:
    with pytest.raises(AssertionError, match="the tests cannot run"):
        run(Example("make all", "", 0), folder)
