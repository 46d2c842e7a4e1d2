"""`harness.acting.settle_sockets`: the server is given the time that it should have to close."""

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from harness.acting import settle_sockets
from harness.crew import Crew
from harness.dialect_files import load_dialect
from harness.events import Failure
from harness.recorder import Recorder
from harness.resources import UNBOUNDED, Sample
from harness.target import Target
from harness.transcript import Transcript
from harness.watch import Watch

PATIENCE = 0.005  # a deadline of 10 ms


class Server:
    """A started server that holds one connection, which the harness has not, until it closes it."""

    started = True
    bounds = UNBOUNDED

    def __init__(self) -> None:
        self.open_sockets: int | None = 1

    def sample(self) -> Sample:
        return Sample(1.5, 0.0, 3, 1, 4096, self.open_sockets, 0, 1)


def settled(server: Server, late: Callable[[int], float], begun: Callable[[], None]) -> Transcript:
    recorder = Recorder(load_dialect("raw"), None)
    target = cast(Target, server)
    watch = Watch(recorder, target)
    crew = Crew(recorder, target, watch, PATIENCE, 9)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watch, "late_since", late)

        async def main() -> None:
            asyncio.get_running_loop().call_soon(begun)
            await settle_sockets(crew, "after")

        asyncio.run(main())
    crew.cutter.close()
    return recorder.transcript


def never(_: int) -> float:
    return 0.0


def nothing() -> None:
    pass


def test_as_soon_as_all_are_closed() -> None:
    server = Server()

    def close() -> None:
        server.open_sockets = 0

    told = settled(server, never, close)
    (sample,) = told.samples
    assert (sample.label, sample.sockets, sample.expected) == ("after", 0, 0)


@pytest.mark.parametrize("known", [None, 0])
def test_where_nothing_is_open_or_nothing_known(known: int | None) -> None:
    server = Server()
    server.open_sockets = known
    (sample,) = settled(server, never, nothing).samples
    assert sample.sockets == (-1 if known is None else 0)


def test_what_is_never_closed_is_taken_down_as_it_is() -> None:
    told = settled(Server(), never, nothing)
    (sample,) = told.samples
    assert (sample.sockets, sample.expected) == (1, 0)
    (failure,) = told.failures
    assert (failure.failure, failure.conn, failure.person) == (Failure.SOCKETS, -1, "")
    assert (failure.deadline, failure.late) == (0.01, 0.0)
    assert failure.at <= sample.at


def test_what_the_machine_took_away_is_waited_for_once_more() -> None:
    server = Server()

    def late_since(_: int) -> float:
        server.open_sockets = 0
        return 20.0

    told = settled(server, late_since, nothing)
    assert [one.sockets for one in told.samples] == [0]
    assert told.failures == []


def test_a_machine_that_gives_nothing_is_told() -> None:
    lost = iter(range(1, 9))
    told = settled(Server(), lambda _: next(lost) * 0.05, nothing)
    assert [one.sockets for one in told.samples] == [1]
    (failure,) = told.failures
    # Twice 50 ms were lost by then, of which the first were waited for once more.
    assert failure.deadline == 0.01
    assert failure.late == pytest.approx(0.05)
