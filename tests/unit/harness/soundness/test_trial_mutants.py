"""What a thawed member misses is found, and what another's message lost beside bad bytes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

import pytest
from edits import Edit, Heard, certain, edited

from harness.events import Event
from harness.judge import judge
from harness.verdict import Outcome

if TYPE_CHECKING:
    from trials import Trial

    from tests.unit.harness.soundness.conftest import MakeTrial

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

SEEDS = 32
Mutant = Callable[["Trial", Random], "list[Event] | None"]


def known(trial: Trial) -> list[Heard]:
    """List what had to be heard, where it is known how it came."""
    return [one for one in certain(trial) if one.parts]


def lose(trial: Trial, lost: list[Heard], draw: Random) -> list[Event] | None:
    """Take one of these messages from who heard it."""
    judged = [one for one in lost if not trial.peers[one.word.conn].bad]
    if not judged:
        return None
    one = draw.choice(judged)
    edits = []
    for part in one.parts:
        begin, end = one.body(part)
        edits.append(Edit(part.at if end - begin == part.end - part.begin else begin, end))
    return edited(trial, one.peer.conn, edits)


def hole(trial: Trial, draw: Random) -> list[Event] | None:
    return lose(trial, [one for one in known(trial) if one.peer.thawed], draw)


def beside(trial: Trial, draw: Random) -> list[Event] | None:
    ends = {(peer.conn, part.at + len(part.data)) for peer, part in trial.marred}
    begins = {(peer.conn, part.at) for peer, part in trial.marred}
    near = [
        one
        for one in known(trial)
        if (one.peer.conn, one.parts[0].at) in ends
        or (one.peer.conn, one.parts[-1].at + len(one.parts[-1].data)) in begins
    ]
    return lose(trial, near, draw)


@pytest.mark.parametrize("adversarial", [False, True], ids=["plain", "adversarial"])
@pytest.mark.parametrize("framed", [False, True], ids=["raw", "lines"])
@pytest.mark.parametrize("mutate", [hole, beside])
def test_no_loss_passes(
    make_trial: MakeTrial, mutate: Mutant, framed: bool, adversarial: bool
) -> None:
    seen = 0
    for seed in range(SEEDS):
        trial = make_trial(seed, framed=framed, threads=bool(seed % 2), adversarial=adversarial)
        events = mutate(trial, Random(f"{seed}/{mutate.__name__}"))
        if events is not None:
            seen += 1
            verdict = judge(trial.plan(), trial.dialect, events)
            assert verdict.outcome is Outcome.FAIL, seed
            if not adversarial:
                found = {check.check for check in verdict.checks if check.findings}
                assert found & {"delivery", "intact"}, seed
    assert seen > 2


@pytest.mark.parametrize("framed", [False, True], ids=["raw", "lines"])
def test_whole_messages_that_a_thawed_member_misses(make_trial: MakeTrial, framed: bool) -> None:
    seen = 0
    for seed in range(SEEDS):
        trial = make_trial(seed, framed=framed, threads=False, whole=True)
        events = hole(trial, Random(seed))
        if events is not None:
            seen += 1
            (finding,) = judge(trial.plan(), trial.dialect, events).findings
            assert (finding.check, finding.requirement) == ("delivery", "LOAD-2"), seed
    assert seen > 2
