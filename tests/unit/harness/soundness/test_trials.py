"""A correct server is never failed where people freeze, say what is no text, or it starts again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.judge import judge
from harness.transcript import Transcript
from harness.verdict import Outcome

if TYPE_CHECKING:
    from trials import Trial

    from tests.unit.harness.soundness.conftest import MakeTrial

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

SEEDS = 36
PARTS = 3


def check_is_sound(trial: Trial) -> int:
    """Judge a history of a correct server; return what was owed in it."""
    verdict = judge(trial.plan(), trial.dialect, trial.events)
    assert verdict.findings == ()
    if verdict.outcome is not Outcome.PASS:
        assert verdict.reason == "nobody had to hear anything: the scenario proves nothing"
    return verdict.figures.obligations


def check_is_true(trial: Trial) -> None:
    """Compare what each receiver is said to have heard, of those who are judged, with the truth."""
    transcript = Transcript.of(trial.dialect, trial.events)
    judged = {
        (word.conn, word.number) for peer in trial.peers for word in peer.words if not peer.bad
    }
    for conn, listener in transcript.listeners.items():
        doubtful = {(message.conn, message.number) for message in listener.doubtful}
        truth = {(word.conn, word.number) for word in trial.peers[conn].heard} & judged
        told = [(message.conn, message.number) for message in listener.messages]
        told = [one for one in told if one in judged]
        assert truth - doubtful == set(told) - doubtful
        assert len(set(told)) == len(told)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("threads", [False, True], ids=["loop", "threads"])
@pytest.mark.parametrize("framed", [False, True], ids=["raw", "lines"])
def test_correct_servers_pass(
    make_trial: MakeTrial, framed: bool, threads: bool, part: int
) -> None:
    owed = 0
    for seed in range(part, SEEDS, PARTS):
        owed += check_is_sound(make_trial(seed, framed=framed, threads=threads))
    assert owed > 100


@pytest.mark.parametrize("threads", [False, True], ids=["loop", "threads"])
@pytest.mark.parametrize("framed", [False, True], ids=["raw", "lines"])
def test_what_is_understood_is_what_was_heard(
    make_trial: MakeTrial, framed: bool, threads: bool
) -> None:
    for seed in range(6):
        check_is_true(make_trial(seed, framed=framed, threads=threads))
