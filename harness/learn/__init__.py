"""Learning how an unknown chat server speaks, by trying; knows nothing of judging it."""

from collections.abc import Callable

from harness.dialect import Dialect
from harness.target import TargetSpec

__all__ = ["learn_dialect"]


def learn_dialect(spec: TargetSpec, say: Callable[[str], None]) -> tuple[Dialect, str]:
    """Find out how the server of `spec` speaks: its dialect, and what stands in its file.

    `say` is told each answer as a line, harmless to a terminal. Raises `HarnessError` where it
    cannot be found out, or where the server cannot be started.
    """
    from harness.learn.learning import learn  # noqa: PLC0415 - the events of asyncio are dear

    found = learn(spec, say)
    return found.dialect, found.text
