"""Checking: a stored run is judged again, and its verdict kept where the first one was."""

from dataclasses import replace
from pathlib import Path

from harness import runfolder
from harness.judge import judge
from harness.report.json_report import to_json
from harness.report.text import render
from harness.screen import Screen


def check(folder: Path, screen: Screen, verbose: bool) -> int:
    """Judge what the run folder holds, show and store the verdict; return the exit status."""
    plan, dialect, history, about = runfolder.load_run(folder)
    verdict = judge(plan, dialect, history)
    about = replace(about, run_folder=str(folder))
    screen.show(verdict, about, verbose)
    runfolder.store_verdict(folder, to_json(verdict, about), render(verdict, about))
    return verdict.outcome.exit_status
