"""Arguments: how the values of a command line are read, whichever the command is."""

import argparse

from harness.errors import UsageError


def add_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    does: str,
    examples: str,
) -> argparse.ArgumentParser:
    """Return the parser of a new command that `does` something, with examples."""
    return commands.add_parser(
        name,
        help=does,
        description=f"{does[0].upper()}{does[1:]}.",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def check_server(args: argparse.Namespace) -> None:
    """Raise `UsageError` where a server is named twice, or a port without one."""
    if args.server is not None and args.connect is not None:
        raise UsageError(
            "--server starts a program and --connect uses one that runs: give one of them"
        )
    if args.port is not None and args.server is None:
        raise UsageError("--port is the port of the program that --server starts: give both")


def bracketed(host: str) -> str:
    """Return a host as it stands before a colon."""
    return f"[{host}]" if ":" in host else host


def address(text: str) -> tuple[str, int]:
    """Read HOST:PORT."""
    host, colon, number = text.rpartition(":")
    if not colon or not host:
        raise argparse.ArgumentTypeError(f"{text!r} is no HOST:PORT, as in 127.0.0.1:14901")
    return host.removeprefix("[").removesuffix("]"), port(number)


def port(text: str) -> int:
    """Read the number of a port."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: it is a number from 1 to 65535")
    return int(text)


class whole:  # noqa: N801 - used as a function
    """Reads a whole number within bounds."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __call__(self, text: str) -> int:
        """Read one."""
        if not text.isdecimal() or not self.least <= int(text) <= self.most:
            bounds = f"a whole number from {self.least} to {self.most}"
            raise argparse.ArgumentTypeError(f"{text!r} is not {bounds}")
        return int(text)


def patience(text: str) -> float:
    """Read by what every deadline is multiplied."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0.1 to 1000")
    return value
