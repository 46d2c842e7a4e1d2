"""The command `harness`: its subcommands. Turns errors into words and exit statuses."""

import contextlib
import os
import sys
import traceback
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from harness.errors import INTERRUPTED, HarnessError
from harness.options import parser
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
    return _COMMANDS[args.command](args, Screen(sys.stdout))


# Each imports what it needs, and no other waits for that.
# ruff: noqa: PLC0415


def _run(args: Namespace, screen: Screen) -> int:
    from harness.options import run_options
    from harness.runner import run

    return run(run_options(args), screen)


def _learn(args: Namespace, screen: Screen) -> int:
    from harness.learn.command import learn_command
    from harness.options import learn_options

    return learn_command(learn_options(args), screen.say)


def _conform(args: Namespace, screen: Screen) -> int:
    from harness.conform.command import conform
    from harness.conform.options import conform_options

    return conform(conform_options(args), screen)


def _check(args: Namespace, screen: Screen) -> int:
    from harness.checking import check

    return check(args.folder, screen, args.verbose)


def _schema(args: Namespace, screen: Screen) -> int:
    from harness.schema import schema_text

    screen.say(schema_text(args.of).rstrip("\n"))
    return 0


def _list(args: Namespace, screen: Screen) -> int:
    from harness import lists

    screen.say(lists.render(args.what))
    return 0


_COMMANDS: Mapping[str, Callable[[Namespace, Screen], int]] = {
    "run": _run,
    "learn": _learn,
    "conform": _conform,
    "check": _check,
    "schema": _schema,
    "list": _list,
}
