"""Learning: how a server that is to be judged speaks, found out as apart as its cases are played.

In the same folder, with the same bounds, and where it can be had in a network of its own. Knows
nothing of how a dialect is learnt.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.conform.implementation import Implementation
from harness.conform.results import Kind
from harness.conform.workers import Failed, Workers
from harness.dialect import Dialect
from harness.errors import HarnessError, UsageError
from harness.resources import UNBOUNDED, Bounds
from harness.spoken import LEARN
from harness.target import TargetSpec


def unsaid(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Learning:
    """A server of which it is to be found out how it speaks; `say` is told each answer.

    Where the process for it is not forked from this one, `say` has to be a function of a module.
    """

    implementation: Implementation
    bounds: Bounds = UNBOUNDED
    hidden: tuple[str, ...] = ()
    patience: float = 1.0
    say: Callable[[str], None] = unsaid

    @property
    def place(self) -> Path | None:
        """The folder in which the server is run."""
        return self.implementation.folder

    def do(self, *, network: bool) -> "tuple[Dialect, str] | HarnessError":
        """Ask the server in this process; an error is a result: it knows its exit status."""
        from harness.learn import learn_dialect  # noqa: PLC0415 - most runs learn nothing

        del network  # what is found out is the same
        one = self.implementation
        spec = TargetSpec(
            command=one.command,
            connect=one.connect,
            port=one.port,
            bounds=self.bounds,
            hidden=self.hidden,
        )
        try:
            return learn_dialect(spec, self.say)
        except HarnessError as error:
            return error


def check_learnable(one: Implementation) -> None:
    """Raise `UsageError` where there is no server of somebody's to ask."""
    if one.kind is Kind.CLIENT or one.is_reference:
        raise UsageError(f"--dialect {LEARN} learns how a server speaks: name one")


def learn_apart(
    learning: Learning, *, isolation: bool = True, clean: bool = False
) -> tuple[Dialect, str]:
    """Return the dialect of a server, and what stands in its file.

    `isolation` and `clean` are as for its cases. Raises `HarnessError` where it cannot be found
    out, `KeyboardInterrupt` after Ctrl-C.
    """
    apart = isolation and learning.implementation.connect is None
    workers = Workers(1, apart=apart, clean=clean)
    results: list[tuple[Dialect, str] | HarnessError | Failed] = []
    workers.run([learning], lambda _, result: results.append(result))
    (result,) = results or [Failed("", interrupted=True)]
    if isinstance(result, HarnessError):
        raise result
    if isinstance(result, Failed):
        if result.interrupted or workers.interrupted:
            raise KeyboardInterrupt
        raise HarnessError(f"how it speaks was not found out: {result.words}")
    return result
