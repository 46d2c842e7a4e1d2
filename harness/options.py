"""Options: the command line of `harness`, and what it means. Knows nothing of how a run is made."""

import argparse
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.arguments import add_command, address, bracketed, check_server, patience, port, whole
from harness.conform_options import add_conform
from harness.errors import UsageError
from harness.on import On
from harness.overrides import option
from harness.places import release
from harness.words import listed, suggest

RUN_EXAMPLES = """examples:
  harness run scenarios/disconnect.yaml                            the reference server
  harness run scenarios --server 'python my_server.py {port}'      your server, all scenarios
  harness run scenarios/join.yaml --server 'java Chat' --port 14901
  harness run scenarios/join.yaml --connect 127.0.0.1:14901        one that runs already
  harness run scenarios/crowd.yaml --set people.crowd=200 --seed 7
  harness run scenarios --on segments=1byte                        every message cut up

exit status: 0 pass, 1 fail, 2 the input is wrong, 3 inconclusive, 130 interrupted"""
LEARN_EXAMPLES = """examples:
  harness learn --server 'python my_server.py {port}'
  harness run scenarios --server 'python my_server.py {port}' --dialect learnt.yaml
  harness learn --connect 127.0.0.1:14901 --out theirs.yaml

It connects, speaks, leaves and listens until it knows what a dialect file says, writes one, with
what was seen above each answer, and runs a small scenario in it. What is a defect of the server is
told, and not written as its manner.

exit status: 0 learnt, and the scenario passed; 1 it did not; 2 the input is wrong; 3 not learnt"""
CHECK_EXAMPLES = """example:
  harness check runs/2026-01-31T12-00-00-disconnect"""
LIST_EXAMPLES = """example:
  harness list requirements"""
_OF = "scenario (unless told), client, dialect, implementation, or report"
SCHEMA_EXAMPLES = """examples:
  harness schema > schema.json
  harness schema dialect > dialect.schema.json

Then, as the first line of a scenario of your own beside it:
  # yaml-language-server: $schema=./schema.json
An editor with the YAML language server (VS Code with its YAML extension, among others) completes
its words, explains them, and marks what is wrong."""
SCHEMAS = ("scenario", "client", "dialect", "implementation", "report")
LISTS = ("scenarios", "requirements", "dialects", "checks", "faults")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What `harness run` was told. Patience multiplies every deadline."""

    scenarios: tuple[str, ...]
    server: str | None
    connect: tuple[str, int] | None
    port: int | None
    build: str | None
    dialect: str
    seed: int | None
    repeat: int
    patience: float
    changes: Mapping[str, str]
    out: Path | None
    json: Path | None
    quiet: bool
    verbose: bool

    def repeat_command(self, scenario: str, seed: int) -> str:
        """Return the command that runs exactly one of the runs again."""
        words = ["harness", "run", scenario]
        if self.server is not None:
            words += ["--server", self.server]
        if self.connect is not None:
            words += ["--connect", f"{bracketed(self.connect[0])}:{self.connect[1]}"]
        if self.port is not None:
            words += ["--port", str(self.port)]
        if self.build is not None:
            words += ["--build", self.build]
        if self.dialect != "raw":
            words += ["--dialect", self.dialect]
        if self.patience != 1:
            words += ["--patience", f"{self.patience:g}"]
        for key, value in self.changes.items():
            words += option(key, value)
        return shlex.join([*words, "--seed", str(seed)])


@dataclass(frozen=True, slots=True)
class LearnOptions:
    """What `harness learn` was told; `force` lets it overwrite any file."""

    server: str | None
    connect: tuple[str, int] | None
    port: int | None
    out: Path
    force: bool


class _Version(argparse.Action):
    """Prints the version; it is looked up only where it is asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"whoheard {release() or '(not installed: run from a checkout)'}")
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    main = argparse.ArgumentParser(
        prog="harness", description="Plays the people of a chat, and tells who heard whom."
    )
    main.add_argument("--version", action=_Version, help="show the version and exit")
    commands = main.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_run(commands)
    _add_learn(commands)
    add_conform(commands)
    check = add_command(commands, "check", "judge a stored run again", CHECK_EXAMPLES)
    check.add_argument("folder", type=Path, metavar="RUN_DIR")
    check.add_argument("--verbose", action="store_true", help="say what each check looked at")
    schema = add_command(
        commands, "schema", "print the JSON Schema of a format, for editors", SCHEMA_EXAMPLES
    )
    schema.add_argument("of", nargs="?", choices=SCHEMAS, default="scenario", help=_OF)
    lists = add_command(commands, "list", "show what there is", LIST_EXAMPLES)
    lists.add_argument("what", nargs="?", choices=LISTS, help="everything, unless told")
    return main


def _add_learn(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    learn = add_command(commands, "learn", "find out how a server speaks", LEARN_EXAMPLES)
    add = learn.add_argument
    add("--server", metavar="CMD", help="start this program: {port}, {host}, $PORT")
    add("--connect", type=address, metavar="HOST:PORT", help="or ask one that runs already")
    add("--port", type=port, metavar="N", help="the fixed port of a CMD without {port}")
    add(
        "--out",
        type=Path,
        default=Path("learnt.yaml"),
        metavar="FILE",
        help="write this file (default: learnt.yaml)",
    )
    add("--force", action="store_true", help="overwrite a file that learn has not written")


def learn_options(args: argparse.Namespace) -> LearnOptions:
    """Return what `args` mean; raises `UsageError` where they name no server, or two."""
    if args.server is None and args.connect is None:
        raise UsageError("learn needs a server: name one with --server or --connect")
    check_server(args)
    return LearnOptions(args.server, args.connect, args.port, args.out, args.force)


def _add_run(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = add_command(commands, "run", "run scenarios and judge what was heard", RUN_EXAMPLES)
    add = run.add_argument
    add("scenarios", nargs="+", metavar="SCENARIO|FOLDER")
    add(
        "--server",
        metavar="CMD",
        help="start this program anew for each run: {port}, {host}, $PORT",
    )
    add("--connect", type=address, metavar="HOST:PORT", help="or use one that runs already")
    add("--port", type=port, metavar="N", help="the fixed port of a CMD without {port}")
    add("--build", metavar="CMD", help="run this once, before")
    add(
        "--dialect",
        default="raw",
        metavar="NAME|FILE",
        help="raw (default), another of `harness list dialects`, a file, or learn: find it out",
    )
    add("--seed", type=whole(0, 2**64 - 1), metavar="N", help="drawn where it is not given")
    add(
        "--repeat",
        type=whole(1, 100_000),
        default=1,
        metavar="N",
        help="so often, with seeds counting on",
    )
    add("--patience", type=patience, default=1.0, metavar="F", help="multiply every deadline")
    add(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change a value, as in people.crowd=1000",
    )
    add(
        "--on",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="cut and pace everyone's bytes: segments=1byte, segments=random, segments=glued, "
        "delay=20ms",
    )
    add("--out", type=Path, metavar="DIR", help="keep the run here (default: runs/DATE-NAME)")
    add(
        "--report",
        action="append",
        default=[],
        metavar="json=FILE",
        help="write the verdict to a file, too",
    )
    add("--quiet", action="store_true", help="show no progress")
    add("--verbose", action="store_true", help="say what each check looked at")


def run_options(args: argparse.Namespace) -> RunOptions:
    """Return what `args` mean; raises `UsageError` where they contradict each other."""
    check_server(args)
    return RunOptions(
        scenarios=tuple(args.scenarios),
        server=args.server,
        connect=args.connect,
        port=args.port,
        build=args.build,
        dialect=args.dialect,
        seed=args.seed,
        repeat=args.repeat,
        patience=args.patience,
        changes={**_changes(args.set), **_on(args.on)},
        out=args.out,
        json=_report(args.report),
        quiet=args.quiet,
        verbose=args.verbose,
    )


def _changes(texts: Sequence[str]) -> dict[str, str]:
    changes = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise UsageError(f"--set takes KEY=VALUE, as in people.crowd=1000, not {text!r}")
        changes[key] = value
    return changes


def _on(texts: Sequence[str]) -> dict[str, str]:
    changes = {}
    known = On.keys()
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not value:
            raise UsageError(f"--on takes KEY=VALUE, as in segments=1byte, not {text!r}")
        if key not in known:
            hint = suggest(key, known) or f"there are {listed(known)}"
            raise UsageError(f"--on has no {key!r} ({hint})")
        changes[f"on.{key}"] = value
    return changes


def _report(texts: Sequence[str]) -> Path | None:
    paths = []
    for text in texts:
        kind, _, path = text.partition("=")
        if kind != "json" or not path:
            raise UsageError(f"--report takes json=FILE, not {text!r}")
        paths.append(Path(path))
    if len(paths) > 1:
        raise UsageError("--report json=FILE can be given once")
    return paths[0] if paths else None
