"""A correct server is never failed: not one finding over many random histories of correct servers.

What the model of `conftest.py` knows to be true is compared with what is understood from the bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.judge import judge
from harness.transcript import Transcript
from harness.verdict import Outcome

if TYPE_CHECKING:
    from rooms import Room

    from tests.unit.harness.soundness.conftest import MakeRoom

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

SEEDS = 36
PARTS = 6


def check_is_sound(room: Room) -> int:
    """Judge a history of a correct server; return what was owed in it."""
    verdict = judge(room.plan(), room.dialect, room.events)
    assert verdict.findings == ()
    if verdict.outcome is not Outcome.PASS:
        assert verdict.reason == "nobody had to hear anything: the scenario proves nothing"
    return verdict.figures.obligations


def check_is_true(room: Room) -> None:
    """Compare what each receiver is said to have heard with what it heard."""
    transcript = Transcript.of(room.dialect, room.events)
    for conn, listener in transcript.listeners.items():
        peer = room.peers[conn]
        doubtful = {(message.conn, message.number) for message in listener.doubtful}
        truth = {(word.conn, word.number) for word in peer.heard}
        told = {(message.conn, message.number) for message in listener.messages}
        assert truth - doubtful == told - doubtful
        assert len(told) == len(listener.messages)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("threads", [False, True], ids=["loop", "threads"])
@pytest.mark.parametrize("framed", [False, True], ids=["raw", "lines"])
def test_correct_servers_pass(make_room: MakeRoom, framed: bool, threads: bool, part: int) -> None:
    owed = 0
    for seed in range(part, SEEDS, PARTS):
        for adversarial in (False, True):
            room = make_room(seed, framed=framed, threads=threads, adversarial=adversarial)
            owed += check_is_sound(room)
    assert owed > 100


@pytest.mark.parametrize("threads", [False, True], ids=["loop", "threads"])
@pytest.mark.parametrize("framed", [False, True], ids=["raw", "lines"])
def test_what_is_understood_is_what_was_heard(
    make_room: MakeRoom, framed: bool, threads: bool
) -> None:
    for seed in range(4):
        check_is_true(make_room(seed, framed=framed, threads=threads))
        check_is_true(make_room(seed, framed=framed, threads=threads, adversarial=True))
