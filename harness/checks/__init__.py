"""Checks: one file each, a pure function of a `Case`. `CHECKS` is all of them, in their order."""

from collections.abc import Callable, Mapping

from harness.case import Case
from harness.checks import (
    alive,
    cleanup,
    delivery,
    echo,
    intact,
    invented,
    once,
    order,
    prefix,
    stays,
    story,
)
from harness.verdict import CheckResult

CHECKS: Mapping[str, Callable[[Case], CheckResult]] = {
    "story": story.check,
    "delivery": delivery.check,
    "once": once.check,
    "nothing invented": invented.check,
    "intact": intact.check,
    "prefix": prefix.check,
    "echo": echo.check,
    "order": order.check,
    "stays": stays.check,
    "cleanup": cleanup.check,
    "alive": alive.check,
}
