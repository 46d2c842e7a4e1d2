"""Undisturbed: a deadline of which only the time counts in which nobody waits for a processor.

On a machine that has much to do, a deadline that is counted by the clock proves nothing: so what
harness or program lost is waited for once more, within bounds. Knows nothing of what is awaited.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from harness.deadlines import LATE_SHARE

MOST_MADE_UP = 4
NANOSECONDS = 1e9

T = TypeVar("T")


class Deadline:
    """`seconds` from `begin` on; without it, from `now` on, which is in nanoseconds, as `begin` is.

    `late_since` tells for how many seconds harness or program have waited for a processor since
    some time. `made_up` is how much longer was waited so far, in seconds; `late` is what was lost
    and is not made up for, as it was when the deadline was last over.
    """

    __slots__ = ("_begin", "_late_since", "_now", "late", "made_up", "seconds")

    def __init__(
        self,
        seconds: float,
        now: Callable[[], int],
        late_since: Callable[[int], float],
        begin: int | None = None,
    ) -> None:
        self.seconds = seconds
        self.made_up = self.late = 0.0
        self._now = now
        self._late_since = late_since
        self._begin = now() if begin is None else begin

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return (self._now() - self._begin) / NANOSECONDS

    def more(self) -> float:
        """Return for how many seconds to wait on, once it is over: what was lost; or 0."""
        self.late = lost = self._late_since(self._begin) - self.made_up
        worth_it = lost > self.seconds * LATE_SHARE
        if not worth_it or self.made_up >= MOST_MADE_UP * self.seconds:
            return 0.0
        self.made_up += lost
        return lost

    async def until(self, wait: Callable[[float], Awaitable[bool]]) -> bool:
        """Tell whether `wait`, which is given the seconds that are left, came to what it awaits."""
        left = self.seconds - self.elapsed
        while not await wait(left):
            if not (left := self.more()):
                return False
        return True

    async def finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what comes of `work`, which is cancelled at the end; then raise `TimeoutError`."""
        task = asyncio.ensure_future(work)

        async def done(left: float) -> bool:
            return bool((await asyncio.wait([task], timeout=max(left, 0.0)))[0])

        try:
            if await self.until(done):
                return task.result()
            raise TimeoutError
        finally:
            task.cancel()
            await asyncio.wait([task])
