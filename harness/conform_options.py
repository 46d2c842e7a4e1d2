"""The command line of `harness conform`; what it means is in `harness.conform.options`."""

import argparse
from pathlib import Path

from harness.arguments import add_command, address, patience, port, whole
from harness.requirements import Level
from harness.words import listed

EXAMPLES = """examples:
  harness conform --server 'python my_server.py {port}'
  harness conform --server 'java Chat' --port 14901 --build 'javac Chat.java'
  harness conform --client 'python my_client.py {host} {port}' --dialect lines
  harness conform --server './chat {port}' --dialect learn --report junit=chat.xml
  harness conform --server './chat {port}' --case silent_newcomer --repeat 20
  harness conform my-server.yaml                                   all of that in a file
  harness conform students/*.yaml --report markdown=matrix.md      many, as a table
  harness conform --list                                           the cases

exit status: 0 conforms, 1 does not, 2 the input is wrong, 3 could not be judged, 130 interrupted"""
MEMORY = 2048
"""MiB that a program under test may use."""
_MEMORY = f"the most memory that the program may use (default: {MEMORY})"
REPORTS = ("text", "json", "junit", "markdown", "badge")
"""The kinds of --report."""
SEVERAL = ("text", "json", "markdown")
"""Those that tell of several implementations."""


def add_conform(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the others."""
    parser = add_command(
        commands, "conform", "judge a server or a client, requirement by requirement", EXAMPLES
    )
    _add_program(parser)
    _add_choice(parser)
    _add_telling(parser)


def _add_program(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group(
        "what is judged (the reference server, unless told)"
    ).add_argument
    add("files", nargs="*", type=Path, metavar="FILE", help="a YAML file that describes a program")
    add("--server", metavar="CMD", help="start this server anew for each case: {port}, $PORT")
    add("--client", metavar="CMD", help="or this client: {host}, {port}, {nick}")
    add("--reference-client", action="store_true", help="or the reference client")
    add("--connect", type=address, metavar="HOST:PORT", help="or use a server that runs already")
    add("--port", type=port, metavar="N", help="the fixed port of a CMD without {port}")
    add("--build", metavar="CMD", help="run this once, before")
    add(
        "--dialect",
        metavar="NAME|FILE",
        help="raw (default), another of `harness list dialects`, a file, or learn: find it out",
    )
    add("--deviations", type=Path, metavar="FILE", help="what is known to be otherwise, in YAML")
    add("--memory", type=whole(1, 1 << 20), default=MEMORY, metavar="MIB", help=_MEMORY)
    add(
        "--no-isolation",
        action="store_true",
        help="give the program no network of its own: it may reach what this machine reaches",
    )


def _add_choice(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("which cases, and how").add_argument
    add("--case", action="append", default=[], metavar="NAME", help="only this one, as in join*")
    add("--requirement", action="append", default=[], metavar="ID", help="only what shows this")
    add("--level", action="append", default=[], choices=[*Level], help="only what asks so much")
    add("--list", action="store_true", help="show the cases, and judge nothing")
    add("--dry-run", action="store_true", help="show what would be run, and start nothing")
    add("--strict", action="store_true", help="what SHOULD be has to be")
    add("--repeat", type=whole(1, 10_000), default=1, metavar="N", help="run each case so often")
    add("--seed", type=whole(0, 2**64 - 1), metavar="N", help="drawn where it is not given")
    add("--patience", type=patience, default=1.0, metavar="F", help="multiply every deadline")
    add(
        "--workers",
        type=whole(1, 256),
        metavar="N",
        help="how many cases side by side: three for each processor, and more while they only wait",
    )


def _add_telling(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("what is told").add_argument
    add(
        "--report",
        action="append",
        default=[],
        metavar="KIND=FILE",
        help=f"write the report to a file, too: {listed(REPORTS)}",
    )
    add("--github", action="store_true", help="print annotations for GitHub Actions")
    add("--out", type=Path, metavar="DIR", help="keep every run here (default: what did not pass)")
    add("--quiet", action="store_true", help="show no progress")
    add("--verbose", action="store_true", help="tell of what passed, too")
