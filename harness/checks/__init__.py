"""Checks: one file each, a pure function of a `Case`. `CHECKS` is all of them, in their order."""

from collections.abc import Callable, Mapping

from harness.case import Case
from harness.checks import (
    alive,
    announcements,
    cleanup,
    delivery,
    echo,
    flood,
    intact,
    invented,
    lifecycle,
    limits,
    once,
    order,
    prefix,
    silence,
    stalled,
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
    "announcements": announcements.check,
    "stays": stays.check,
    "hears nothing": silence.check,
    "stalled reader": stalled.check,
    "flood": flood.check,
    "limits": limits.check,
    "cleanup": cleanup.check,
    "lifecycle": lifecycle.check,
    "alive": alive.check,
}
