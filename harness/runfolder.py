"""Run folder: what a run leaves behind, so that it can be judged again.

    scenario.yaml   the scenario as resolved, its seed included
    dialect.yaml    the dialect
    plan.json       who does what when, every message with its token
    about.json      what was run, and the command that runs it again
    history.jsonl   what was seen
    server.log      what the server printed
    verdict.json    the verdict; report.txt the same for a person

Knows nothing of how these are made.
"""

import contextlib
import json
import re
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from harness.dialect import Dialect
from harness.dialect_files import load_dialect, read_dialect_text
from harness.errors import InputError, Problem, UsageError
from harness.history import History, HistoryFile, read_history
from harness.plan import Plan, dump_plan, load_plan
from harness.report.text import About
from harness.scenario import Scenario, dump_scenario

DIALECT = "dialect.yaml"
INPUTS = ("scenario.yaml", DIALECT, "plan.json", "about.json")
HISTORY = "history.jsonl"
LOG = "server.log"


@cache
def _about() -> TypeAdapter[About]:
    return TypeAdapter(About)


_MOST_TRIES = 1000
_LONGEST_NAME = 80


def check_out(out: Path) -> None:
    """Raise `UsageError` unless `out` is an empty folder or nothing yet."""
    try:
        if not out.exists():
            return
        if any(out.iterdir()):
            hint = "name a new or an empty folder with --out"
            raise UsageError(
                f"{out} is not empty, and what is recorded is never overwritten: {hint}"
            )
    except OSError as error:
        raise UsageError(f"--out: {out} is no folder to write to: {error.strerror}") from error


def make_folder(out: Path | None, name: str) -> Path:
    """Return a new folder: `out` itself, or `runs/DATE-NAME`. Raises `UsageError`."""
    if out is None:
        return dated_folder(Path("runs"), name)
    check_out(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _no_folder(out, error) from error
    return out


def dated_folder(parent: Path, name: str) -> Path:
    """Return a new folder in `parent`, called `DATE-NAME` or nearly so. Raises `UsageError`."""
    return new_folder(parent, f"{datetime.now().astimezone():%Y-%m-%dT%H-%M-%S}-{name}")


def new_folder(parent: Path, name: str) -> Path:
    """Return a new folder in `parent`, called `name` or nearly so. Raises `UsageError`."""
    plain = re.sub(r"[^\w.-]+", "-", name)[:_LONGEST_NAME]
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for number in range(1, _MOST_TRIES):
            folder = parent / (plain if number == 1 else f"{plain}-{number}")
            with contextlib.suppress(FileExistsError):
                folder.mkdir()
                return folder
    except OSError as error:
        raise _no_folder(parent, error) from error
    raise UsageError(f"{parent} holds too many runs called {plain}")


def _no_folder(path: Path, error: OSError) -> UsageError:
    return UsageError(f"no folder for the run can be made in {path}: {error.strerror}")


def discard_unplayed(folder: Path) -> None:
    """Take `folder` away where its run never began: there is no history in it."""
    if (folder / HISTORY).exists():
        return
    with contextlib.suppress(OSError):
        for name in (*INPUTS, LOG):
            (folder / name).unlink(missing_ok=True)
    discard_empty(folder)


def discard_empty(folder: Path) -> None:
    """Take `folder` away where nothing is in it, and then what it is in."""
    with contextlib.suppress(OSError):
        folder.rmdir()
        folder.parent.rmdir()


def store_inputs(
    folder: Path,
    scenario: Scenario,
    dialect: str,
    plan: Plan,
    about: About,
    learnt: str | None = None,
) -> None:
    """Put everything that is known before the run into `folder`.

    `dialect` is its name or its file; or else `learnt` is what would stand in one.
    """
    scenario_yaml, dialect_yaml, plan_json, about_json = INPUTS
    _write(folder / scenario_yaml, dump_scenario(scenario))
    _write(folder / dialect_yaml, read_dialect_text(dialect) if learnt is None else learnt)
    _write(folder / plan_json, dump_plan(plan).decode("ascii"))
    _write(folder / about_json, json.dumps(asdict(about), indent=1) + "\n")


def store_history(folder: Path, history: History, printed: bytes) -> None:
    """Put what was seen into `folder`, where that was not done while it happened."""
    try:
        with (folder / HISTORY).open("w", encoding="ascii") as stream:
            file = HistoryFile(stream)
            file.begin()
            file.append(history.events)
        (folder / LOG).write_bytes(printed)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written to: {error.strerror}") from error


def store_printed(folder: Path, printed: bytes, wire: str) -> None:
    """Put what a client printed, and what went to and fro, into `folder`."""
    try:
        (folder / "client.log").write_bytes(printed)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written to: {error.strerror}") from error
    _write(folder / "wire.txt", wire + "\n")


def store_verdict(folder: Path, verdict_json: str, report: str) -> None:
    """Put the verdict into `folder`, for programs and for people."""
    _write(folder / "verdict.json", verdict_json)
    _write(folder / "report.txt", report)


def load_run(folder: Path) -> tuple[Plan, Dialect, History, About]:
    """Return what a run was and what was seen in it. Raises `InputError`."""
    hint = "name a folder that `harness run` has made, as in runs/..."
    if not folder.is_dir():
        raise InputError([Problem("there is no such folder", str(folder), hint=hint)])
    if not any((folder / name).exists() for name in ("plan.json", HISTORY)):
        raise InputError([Problem("no run was kept here", str(folder), hint=hint)])
    plan = load_plan(folder / "plan.json")
    dialect = load_dialect(str(folder / "dialect.yaml"))
    return plan, dialect, read_history(folder / HISTORY), _load_about(folder)


def _load_about(folder: Path) -> About:
    """Return what was run; what the first verdict knew of the server's end is in the verdict."""
    judged = folder / "verdict.json"
    path = judged if judged.exists() else folder / "about.json"
    try:
        stored = json.loads(path.read_bytes())
        return _about().validate_python(stored["about"] if path is judged else stored)
    except OSError as error:
        raise InputError([Problem(f"cannot be read: {error.strerror}", str(path))]) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError([Problem("this was not made by this version", str(path))]) from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
