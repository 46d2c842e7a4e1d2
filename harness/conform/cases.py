"""Cases: the scenarios of the suite, or of a user's own folders, and which of them are wanted.

A case is a scenario that names the requirements it shows. Knows nothing of how one is played.
"""

import fnmatch
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.client_scenario import ClientScenario, is_client_scenario, load_client_scenario
from harness.conform.results import Kind
from harness.errors import HarnessError, UsageError
from harness.places import scenario_folder
from harness.requirements import REQUIREMENTS, Level
from harness.scenario import Scenario, load_scenario
from harness.words import shown, suggest

SUITE = "conformance"
TERMINAL, PIPE = "terminal", "pipe"


@dataclass(frozen=True, slots=True)
class Case:
    """One case: what is played, and what it shows.

    `id` is its file's name without the suffix, and for a client behind it whether it is at a
    terminal or in a pipe. `terminal` is None for a server.
    """

    id: str
    path: Path
    scenario: Scenario | ClientScenario
    terminal: bool | None = None

    @property
    def kind(self) -> Kind:
        """What it judges."""
        return Kind.SERVER if isinstance(self.scenario, Scenario) else Kind.CLIENT

    @property
    def of(self) -> tuple[str, ...]:
        """The requirements that it names."""
        return tuple(self.scenario.requirement)

    @property
    def title(self) -> str:
        """What it claims."""
        return self.scenario.scenario

    @property
    def levels(self) -> frozenset[Level]:
        """The levels of what it names."""
        return frozenset(REQUIREMENTS[name].level for name in self.of)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases are wanted: by the id (or a pattern of it), a requirement, a level; all of none.

    What is named by several of these has to fit each.
    """

    cases: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.cases or self.requirements or self.levels)

    def __str__(self) -> str:
        return ", ".join((*self.cases, *self.requirements, *self.levels))


def suite_folder(kind: Kind) -> Path:
    """Return the folder with the cases that come with the harness."""
    return scenario_folder() / SUITE / kind


def load_suite(kind: Kind) -> tuple[Case, ...]:
    """Read the cases that come with the harness; raises `InputError`."""
    cases = load_folder(suite_folder(kind))
    if not cases:
        raise HarnessError(f"no cases in {suite_folder(kind)}: install the harness again")
    return cases


def load_folder(folder: Path) -> tuple[Case, ...]:
    """Read every scenario of a folder, in the order of their names; raises `InputError`."""
    return tuple(case for path in sorted(folder.glob("*.yaml")) for case in load_case(path))


def load_case(path: Path) -> Iterator[Case]:
    """Read one file: a case for a server, or one or two for a client; raises `InputError`."""
    if not is_client_scenario(path):
        yield Case(path.stem, path, load_scenario(path, {}, REQUIREMENTS))
        return
    scenario = load_client_scenario(path, {}, REQUIREMENTS)
    for terminal in scenario.terminals:
        place = TERMINAL if terminal else PIPE
        yield Case(f"{path.stem}-{place}", path, scenario, terminal)


def select(cases: Sequence[Case], wanted: Selection) -> tuple[Case, ...]:
    """Return the cases that are wanted; raises `UsageError` for a name of nothing, and for none."""
    _check_names(cases, wanted)
    chosen = tuple(case for case in cases if _is_wanted(case, wanted))
    if not chosen:
        raise UsageError(f"no case is selected by {wanted}: nothing would be judged")
    return chosen


def _is_wanted(case: Case, wanted: Selection) -> bool:
    return (
        (not wanted.cases or any(_fits(case, name) for name in wanted.cases))
        and (not wanted.requirements or not set(wanted.requirements).isdisjoint(case.of))
        and (not wanted.levels or not case.levels.isdisjoint(map(Level, wanted.levels)))
    )


def _fits(case: Case, name: str) -> bool:
    return any(fnmatch.fnmatchcase(each, name) for each in (case.id, case.path.stem))


def _check_names(cases: Sequence[Case], wanted: Selection) -> None:
    known = {name for case in cases for name in (case.id, case.path.stem)}
    for name in wanted.cases:
        if not any(_fits(case, name) for case in cases):
            _complain("case", name, known, "`harness conform --list` has all")
    for name in wanted.requirements:
        if name not in REQUIREMENTS:
            _complain("requirement", name, REQUIREMENTS, "`harness list requirements` has all")


def _complain(what: str, name: str, known: Iterable[str], all_of_them: str) -> None:
    hint = suggest(name, known) or suggest(name.upper(), known) or all_of_them
    raise UsageError(f"there is no {what} {shown(name)} ({hint})")
