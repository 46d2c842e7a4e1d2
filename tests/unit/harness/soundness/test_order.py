"""An event loop gives everyone one order, and threads give each sender's: over many histories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.levels import levels_of
from harness.orders import Orders
from harness.transcript import Transcript
from harness.verdict import Order

if TYPE_CHECKING:
    from rooms import Room

    from tests.unit.harness.soundness.conftest import MakeRoom

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

SEEDS = 24


def order_in(room: Room) -> Order:
    return levels_of(Transcript.of(room.dialect, room.events)).order


@pytest.mark.parametrize("adversarial", [False, True], ids=["plain", "adversarial"])
@pytest.mark.parametrize("framed", [False, True], ids=["raw", "lines"])
def test_an_event_loop_gives_one_order(
    make_room: MakeRoom, framed: bool, adversarial: bool
) -> None:
    seen = [
        order_in(make_room(seed, framed=framed, threads=False, adversarial=adversarial))
        for seed in range(SEEDS)
    ]
    assert set(seen) <= {Order.TOTAL, Order.UNDETERMINED}
    assert seen.count(Order.TOTAL) > SEEDS / 2


@pytest.mark.parametrize("adversarial", [False, True], ids=["plain", "adversarial"])
@pytest.mark.parametrize("framed", [False, True], ids=["raw", "lines"])
def test_threads_keep_each_senders_order(
    make_room: MakeRoom, framed: bool, adversarial: bool
) -> None:
    seen = {
        order_in(make_room(seed, framed=framed, threads=True, adversarial=adversarial))
        for seed in range(SEEDS)
    }
    assert Order.NONE not in seen
    assert seen & {Order.PER_SENDER, Order.CAUSAL}


@pytest.mark.parametrize("threads", [False, True], ids=["loop", "threads"])
@pytest.mark.parametrize("framed", [False, True], ids=["raw", "lines"])
def test_the_order_is_the_one_in_which_it_was_heard(
    make_room: MakeRoom, framed: bool, threads: bool
) -> None:
    for seed in range(6):
        room = make_room(seed, framed=framed, threads=threads, adversarial=bool(seed % 2))
        orders = Orders(Transcript.of(room.dialect, room.events))
        for conn, heard in orders.heard.items():
            truth = [(word.conn, word.number) for word in room.peers[conn].heard]
            told = [(m.conn, m.number) for m in map(orders.messages.__getitem__, heard.nodes)]
            every = set(told)
            assert told == [one for one in truth if one in every]
