"""The command `harness`: run, check, list. Turns errors into words and exit statuses."""

import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harness import lists, runfolder
from harness.errors import HarnessError
from harness.judge import judge
from harness.options import parser, run_options
from harness.report.json_report import to_json
from harness.report.text import render
from harness.runner import INTERRUPTED, run
from harness.screen import Screen
from harness.verdict import Outcome


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; return its exit status.

    0 pass, 1 fail, 2 the input is wrong, 3 inconclusive, 130 interrupted.
    """
    try:
        return _main(arguments)
    except HarnessError as error:
        print(f"harness: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("harness: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough of it; Python must not complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception:  # noqa: BLE001 - whatever it is, it must not look like a verdict
        traceback.print_exc()
        print("harness: this is our mistake, and says nothing about the server", file=sys.stderr)
        return Outcome.INCONCLUSIVE.exit_status


def _main(arguments: Sequence[str] | None) -> int:
    args = parser().parse_args(arguments)
    screen = Screen(sys.stdout)
    if args.command == "run":
        return run(run_options(args), screen)
    if args.command == "check":
        return _check(args.folder, screen, args.verbose)
    screen.say(lists.render(args.what))
    return 0


def _check(folder: Path, screen: Screen, verbose: bool) -> int:
    """Judge a stored run again, and keep the verdict where the first one is."""
    plan, dialect, history, about = runfolder.load_run(folder)
    verdict = judge(plan, dialect, history)
    about = replace(about, run_folder=str(folder))
    screen.show(verdict, about, verbose)
    runfolder.store_verdict(folder, to_json(verdict, about), render(verdict, about))
    return verdict.outcome.exit_status
