"""One defect is put into a history of a correct server, and the check that owns it must see it."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from mutants import MUTANTS

from harness.events import Event
from harness.judge import judge
from harness.verdict import Outcome

if TYPE_CHECKING:
    from rooms import Room

    from tests.unit.harness.soundness.conftest import MakeRoom

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

# Who hears an old message, and then new ones, has a hole between them too.
ALSO = {"replay": {"delivery"}}


def failed(room: Room, events: list[Event]) -> set[str]:
    verdict = judge(room.plan(), room.dialect, events)
    assert not verdict.reason, verdict.reason
    return {check.check for check in verdict.checks if check.outcome is Outcome.FAIL}


@pytest.mark.parametrize("threads", [False, True], ids=["loop", "threads"])
@pytest.mark.parametrize("framed", [False, True], ids=["raw", "lines"])
@pytest.mark.parametrize("name", MUTANTS)
def test_the_check_that_owns_a_defect_sees_it_and_no_other_does(
    make_room: MakeRoom, name: str, framed: bool, threads: bool
) -> None:
    mutate, check = MUTANTS[name]
    seen = 0
    for seed in range(4):
        room = make_room(seed, framed=framed, threads=threads, whole=True)
        events = mutate(room, Random(f"{seed}/{name}"))
        if events is not None:
            seen += 1
            assert failed(room, events) - ALSO.get(name, set()) == {check}, seed
    assert seen


@pytest.mark.parametrize("adversarial", [False, True], ids=["plain", "adversarial"])
@pytest.mark.parametrize("framed", [False, True], ids=["raw", "lines"])
@pytest.mark.parametrize("name", MUTANTS)
def test_no_defect_passes_whatever_the_server_cuts_and_glues(
    make_room: MakeRoom, name: str, framed: bool, adversarial: bool
) -> None:
    # A defect in the middle of a piece may look like another one; it must look like one.
    mutate, _ = MUTANTS[name]
    for seed in range(3):
        room = make_room(seed, framed=framed, threads=bool(seed % 2), adversarial=adversarial)
        events = mutate(room, Random(f"{seed}/{name}"))
        assert events is None or failed(room, events), seed
