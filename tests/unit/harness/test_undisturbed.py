"""`harness.undisturbed`: what is lost for want of a processor does not count, within bounds."""

import asyncio

import pytest

from harness.undisturbed import MOST_MADE_UP, Deadline

SECOND = 1_000_000_000


class Clock:
    """A clock that goes on when somebody waits, and who waited for a processor meanwhile."""

    def __init__(self, *lost: float) -> None:
        self.now = 5 * SECOND
        self.lost = list(lost)
        self.waited: list[float] = []
        self.late = 0.0

    def deadline(self, seconds: float = 2.0, begin: int | None = None) -> Deadline:
        return Deadline(seconds, lambda: self.now, self.late_since, begin)

    def late_since(self, begin: int) -> float:
        assert begin <= self.now
        return self.late

    async def wait(self, left: float) -> bool:
        """Wait in vain, and lose the next of what is lost meanwhile."""
        self.waited.append(left)
        self.now += int(left * SECOND)
        self.late += self.lost.pop(0) if self.lost else 0.0
        return False


def waited(clock: Clock, deadline: Deadline) -> list[float]:
    assert not asyncio.run(deadline.until(clock.wait))
    return clock.waited


def test_what_comes_in_time_is_waited_for_no_longer() -> None:
    clock = Clock(1.0)

    async def come(_: float) -> bool:
        return True

    deadline = clock.deadline()
    assert asyncio.run(deadline.until(come))
    assert deadline.made_up == 0.0


@pytest.mark.parametrize(
    ("lost", "waits"),
    [
        pytest.param((), [2.0], id="nothing"),
        pytest.param((0.5,), [2.0], id="too little"),
        pytest.param((0.75,), [2.0, 0.75], id="once"),
        pytest.param((0.75, 1.0), [2.0, 0.75, 1.0], id="twice"),
        pytest.param((0.75, 0.5), [2.0, 0.75], id="too little of what was made up"),
    ],
)
def test_what_was_lost_is_waited_for_once_more(lost: tuple[float, ...], waits: list[float]) -> None:
    clock = Clock(*lost)
    deadline = clock.deadline()
    assert waited(clock, deadline) == waits
    assert deadline.made_up == sum(waits[1:])
    assert deadline.late == sum(lost) - deadline.made_up


def test_a_machine_that_gives_nothing_is_not_waited_for_without_end() -> None:
    clock = Clock(*[2.0] * 99)
    deadline = clock.deadline()
    assert waited(clock, deadline) == [2.0] * (1 + MOST_MADE_UP)
    # And the rest tells that this proves nothing.
    assert deadline.late == 2.0


def test_it_may_have_begun_before() -> None:
    clock = Clock()
    deadline = clock.deadline(begin=clock.now - SECOND)
    assert deadline.elapsed == 1.0
    assert waited(clock, deadline) == [1.0]


# What is done within


async def quick() -> str:
    return "done"


def test_what_is_done_in_time() -> None:
    async def main() -> str:
        return await Clock().deadline(20.0).finish(quick())

    assert asyncio.run(main()) == "done"


def test_what_goes_wrong_in_time() -> None:
    async def wrong() -> None:
        raise OSError("refused")

    async def main() -> None:
        await Clock().deadline(20.0).finish(wrong())

    with pytest.raises(OSError, match="refused"):
        asyncio.run(main())


def test_what_is_not_done_in_time_is_cancelled() -> None:
    ended = []

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def main() -> None:
        clock = Clock()
        clock.late = 0.02  # is waited for once more
        deadline = clock.deadline(0.01)
        with pytest.raises(TimeoutError):
            await deadline.finish(endless())
        assert deadline.made_up == 0.02
        assert ended == [True]

    asyncio.run(main())


def test_who_waits_may_be_cancelled_too() -> None:
    ended = []

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def main() -> None:
        task = asyncio.create_task(Clock().deadline(20.0).finish(endless()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended == [True]

    asyncio.run(main())
