"""The command `harness`: its subcommands. Turns errors into words and exit statuses."""

import contextlib
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harness import lists, runfolder
from harness.errors import HarnessError
from harness.judge import judge
from harness.options import learn_options, parser, run_options
from harness.report.json_report import to_json
from harness.report.text import render
from harness.runner import INTERRUPTED, run
from harness.schema import schema_text
from harness.screen import Screen
from harness.verdict import Outcome


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; return its exit status.

    0 pass, 1 fail, 2 the input is wrong, 3 inconclusive, 130 interrupted.
    """
    _mend_streams()
    try:
        return _main(arguments)
    except HarnessError as error:
        _complain(f"harness: {error}")
        return error.exit_status
    except KeyboardInterrupt:
        _complain("harness: interrupted")
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - whatever it is, it must not look like a verdict
        _complain(traceback.format_exc())
        _complain("harness: this is our mistake, and says nothing about the server")
        return Outcome.INCONCLUSIVE.exit_status


def _mend_streams() -> None:
    """Give a process that was started without standard streams some that lead nowhere.

    Otherwise the first files and connections to be opened take their numbers.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115


def _complain(words: str) -> None:
    with contextlib.suppress(OSError):
        print(words, file=sys.stderr, flush=True)


def _main(arguments: Sequence[str] | None) -> int:
    args = parser().parse_args(arguments)
    screen = Screen(sys.stdout)
    if args.command == "run":
        return run(run_options(args), screen)
    if args.command == "learn":
        # Nothing else needs it.
        from harness.learn.command import learn_command  # noqa: PLC0415

        return learn_command(learn_options(args), screen.say)
    if args.command == "conform":
        from harness.conform.command import conform  # noqa: PLC0415
        from harness.conform.options import conform_options  # noqa: PLC0415

        return conform(conform_options(args), screen)
    if args.command == "check":
        return _check(args.folder, screen, args.verbose)
    screen.say(
        schema_text(args.of).rstrip("\n") if args.command == "schema" else lists.render(args.what)
    )
    return 0


def _check(folder: Path, screen: Screen, verbose: bool) -> int:
    """Judge a stored run again, and keep the verdict where the first one is."""
    plan, dialect, history, about = runfolder.load_run(folder)
    verdict = judge(plan, dialect, history)
    about = replace(about, run_folder=str(folder))
    screen.show(verdict, about, verbose)
    runfolder.store_verdict(folder, to_json(verdict, about), render(verdict, about))
    return verdict.outcome.exit_status
