"""Options: what `harness conform` was told, and the implementations that it means."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from harness.arguments import bracketed, check_server
from harness.conform.cases import Selection
from harness.conform.implementation import Implementation, load_implementation, repeat_command
from harness.conform.results import Kind
from harness.conform_options import REPORTS
from harness.errors import UsageError
from harness.implementation_file import STRICT
from harness.words import listed, suggest


@dataclass(frozen=True, slots=True)
class ConformOptions:
    """What `harness conform` was told; `workers` is None where the machine decides."""

    implementations: tuple[Implementation, ...]
    selection: Selection
    strict: bool
    deviations: Path | None
    repeat: int
    seed: int | None
    patience: float
    workers: int | None
    memory: int
    isolation: bool
    reports: tuple[tuple[str, Path], ...]
    github: bool
    out: Path | None
    listing: bool
    dry: bool
    quiet: bool
    verbose: bool

    def again(self, one: Implementation, case: str, seed: int) -> str:
        """Return the command that runs one case exactly so again."""
        return repeat_command(one, case, seed, self.patience)


def conform_options(args: argparse.Namespace) -> ConformOptions:
    """Return what `args` mean; raises `HarnessError` where they contradict each other."""
    return ConformOptions(
        implementations=_implementations(args),
        selection=Selection(tuple(args.case), tuple(args.requirement), tuple(args.level)),
        strict=args.strict,
        deviations=args.deviations,
        repeat=args.repeat,
        seed=args.seed,
        patience=args.patience,
        workers=args.workers,
        memory=args.memory,
        isolation=not args.no_isolation,
        reports=tuple(map(_report, args.report)),
        github=args.github,
        out=args.out,
        listing=args.list,
        dry=args.dry_run,
        quiet=args.quiet,
        verbose=args.verbose,
    )


def _implementations(args: argparse.Namespace) -> tuple[Implementation, ...]:
    named = (args.server, args.client, args.connect, args.port, args.build, args.dialect)
    if args.files:
        if any(one is not None for one in named) or args.reference_client:
            raise UsageError("a FILE says all of the program: give no options for it beside")
        return tuple(map(load_implementation, args.files))
    return (_from_options(args),)


def _from_options(args: argparse.Namespace) -> Implementation:
    client = args.client is not None or args.reference_client
    if client and (args.server is not None or args.connect is not None):
        raise UsageError("a client and a server are judged one at a time: give one of them")
    if client and args.port is not None and args.client is None:
        raise UsageError("--port is the port of the program that --client starts: give both")
    if not client:
        check_server(args)
    command = args.client if client else args.server
    return Implementation(
        name=_name(args, command),
        kind=Kind.CLIENT if client else Kind.SERVER,
        command=command,
        connect=args.connect,
        port=args.port,
        build=args.build,
        dialect=args.dialect or "raw",
        claims=(STRICT,) if args.strict else (),
    )


def _name(args: argparse.Namespace, command: str | None) -> str:
    if command is not None:
        return command
    if args.connect is not None:
        return f"{bracketed(args.connect[0])}:{args.connect[1]}"
    return "the reference client" if args.reference_client else "the reference server"


def _report(text: str) -> tuple[str, Path]:
    kind, _, path = text.partition("=")
    if kind not in REPORTS or not path:
        hint = suggest(kind, REPORTS) or f"there are {listed(REPORTS)}"
        raise UsageError(f"--report takes KIND=FILE, not {text!r} ({hint})")
    return kind, Path(path)
