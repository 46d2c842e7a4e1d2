"""The numbered requirements of the chat protocol: every one of them, by id and by group.

`docs/protocol.md` has its tables from here, and a finding quotes its sentence from here. This
package is data: it knows nothing of checks, scenarios or verdicts.
"""

from collections.abc import Mapping
from types import MappingProxyType

from harness.requirements.client import CLIENT
from harness.requirements.model import Dialects, Level, Requirement, Source
from harness.requirements.server import JOINING, LEAVING, LIFE, LOAD_AND_INPUT, RELAYING

__all__ = [
    "GROUPS",
    "REQUIREMENTS",
    "Dialects",
    "Level",
    "Requirement",
    "Source",
    "requirement",
]

GROUPS: Mapping[str, tuple[Requirement, ...]] = MappingProxyType(
    {
        "joining": JOINING,
        "relaying": RELAYING,
        "leaving": LEAVING,
        "load and input": LOAD_AND_INPUT,
        "life": LIFE,
        "client": CLIENT,
    }
)

REQUIREMENTS: Mapping[str, Requirement] = MappingProxyType(
    {each.id: each for group in GROUPS.values() for each in group}
)


def requirement(name: str) -> Requirement:
    """Return the requirement with the id `name`; a KeyError that says so where there is none."""
    try:
        return REQUIREMENTS[name]
    except KeyError:
        raise KeyError(f"there is no requirement {name!r}") from None
