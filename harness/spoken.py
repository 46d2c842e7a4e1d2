"""Spoken: the dialect of a command's runs, as it is known or as it is learnt from the server.

Knows nothing of how it is learnt.
"""

from dataclasses import dataclass

from harness.dialect import Dialect
from harness.screen import Screen
from harness.target import TargetSpec

LEARN = "learn"
"""The name of a dialect that has to be found out first."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A dialect; `text` is what stands in its file, where that was just learnt."""

    dialect: Dialect
    text: str | None = None


def learnt(spec: TargetSpec, screen: Screen) -> Spoken:
    """Find out how the server of `spec` speaks."""
    # Most runs learn nothing, and need not wait until it is known how that is done.
    from harness.learn import learn_dialect  # noqa: PLC0415

    return Spoken(*learn_dialect(spec, screen.say))
