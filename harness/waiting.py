"""Waiting: until something is so that is looked at again whenever something has happened.

Knows nothing of what happens, and of connections.
"""

import asyncio
from collections.abc import Callable


class Waiting:
    """All who wait at one place, in one event loop."""

    def __init__(self) -> None:
        self._watchers: set[asyncio.Future[None]] = set()

    async def until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Wait until `done`, at most so many seconds; tell whether it came."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        timer = loop.call_at(end, self.wake)
        try:
            while not done():
                if loop.time() >= end:
                    return False
                watcher = loop.create_future()
                self._watchers.add(watcher)
                try:
                    await watcher
                finally:
                    self._watchers.discard(watcher)
            return True
        finally:
            timer.cancel()

    def wake(self) -> None:
        """Let all of them look again."""
        for watcher in self._watchers:
            if not watcher.done():
                watcher.set_result(None)
