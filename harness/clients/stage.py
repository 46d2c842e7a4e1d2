"""Stage: the server, the program and its screen in one run, and how anything is waited for.

Nothing is proved by waiting, and what can never be is not waited for. Knows no story.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from harness.clients import happenings as happened
from harness.clients.happenings import Happening
from harness.clients.program import Program
from harness.clients.screen import Screen
from harness.clients.script import Act, Script
from harness.clients.server import FakeServer
from harness.dialect import Dialect
from harness.recorder import Recorder
from harness.undisturbed import Deadline
from harness.watch import Watch

CLOSED = 0.5
ENDED = 2.0
# Drawing it takes a second for every eighth part of a mebibyte.
MOST_PRINTED = 1 << 19


class ActFailedError(Exception):
    """An act is not complete; `deadline` seconds were waited, and `made_up` more.

    Those made up for as many in which the harness or the program waited for a processor.
    """

    def __init__(self, deadline: float, made_up: float = 0.0) -> None:
        super().__init__(deadline, made_up)
        self.deadline = deadline
        self.made_up = made_up


class Stage:
    """One run of one script: its clock, what happened, and what can be waited for."""

    def __init__(
        self, script: Script, dialect: Dialect, *, terminal: bool, patience: float
    ) -> None:
        self.script = script
        self.dialect = dialect
        self.terminal = terminal
        self.patience = patience
        self.recorder = Recorder(dialect, None)
        self.happenings: list[Happening] = []
        self.changed = asyncio.Event()
        self.screen = Screen(terminal=terminal)
        self.program = Program(self.print, terminal=terminal)
        self.server = FakeServer(self.note, self.now)
        self.printed = 0
        self.begun: list[int] = []
        self.held = b""
        self.prompted = 0  # how much had been printed when the prompt went out
        self.pressed_by_lines: bool | None = None  # when Ctrl-D was pressed
        self.stopped = False
        self.interrupted = False
        self.killed = self.failed = False
        self.exit_status: int | None = None
        self.watch: Watch | None = None
        self.late = 0.0  # what of a deadline was lost, at most, and not made up for

    def now(self) -> int:
        """Return the nanoseconds since the run began."""
        return self.recorder.now()

    def note(self, happening: Happening) -> None:
        """Take down what happened, and wake whoever waits for it."""
        self.happenings.append(happening)
        self.stopped = self.stopped or isinstance(happening, happened.TooMuch)
        self.changed.set()

    def print(self, data: bytes) -> None:
        """Take what the program printed, and answer as a terminal does."""
        self.printed += len(data)
        if self.stopped:
            return
        self.note(happened.Printed(self.now(), data))
        if answers := self.screen.feed(data):
            self.program.type(answers)
        if self.printed > MOST_PRINTED:
            self.note(happened.TooMuch(self.now(), "the program printed without end"))

    def exited(self, status: int) -> None:
        """Take down that the program ended by itself."""
        if self.killed:
            return
        self.exit_status = status
        self.note(happened.Exited(self.now(), status))

    # -- waiting -------------------------------------------------------------------------------

    async def until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Wait until `done`, for `seconds` at most; what can never be is not waited for."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not done():
            left = deadline - loop.time()
            if self.exit_status is not None:  # its last words may still be on their way
                left = min(left, CLOSED)
                deadline = min(deadline, loop.time() + left)
            if left <= 0 or self.stopped or self.overran():
                return False
            self.changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), min(left, 0.5))
        return True

    def overran(self) -> bool:
        """Tell whether the run is cut short, as the program took too much."""
        if self.watch is not None and self.watch.overrun and not self.stopped:
            self.note(happened.TooMuch(self.now(), f"the program {self.watch.overrun}"))
        return self.stopped

    async def need(self, done: Callable[[], bool], act: Act, usual: float) -> None:
        """Wait until `done`; raises where it is not within the deadline of `act`."""
        deadline = self.deadline((act.within or usual) * self.patience)
        if not await deadline.until(partial(self.until, done)):
            seconds = 0.0 if self.exit_status is not None else deadline.seconds
            raise ActFailedError(seconds, deadline.made_up)

    async def patiently(self, done: Callable[[], bool], seconds: float) -> bool:
        """Wait until `done`; where it does not come, take down what could not be made up for."""
        deadline = Deadline(seconds, self.now, self._all_late_since)
        if await deadline.until(partial(self.until, done)):
            return True
        self.late = max(self.late, deadline.late)
        return False

    def _all_late_since(self, begin: int) -> float:
        return 0.0 if self.watch is None or self.stopped else self.watch.late_since(begin)

    def deadline(self, seconds: float) -> Deadline:
        """Return a deadline of `seconds`, without what is lost while the program runs."""
        return Deadline(seconds, self.now, self._late_since)

    def _late_since(self, begin: int) -> float:
        return 0.0 if self.exit_status is not None else self._all_late_since(begin)

    # -- the end -------------------------------------------------------------------------------

    async def let_go(self) -> None:
        """Let the program end as it does, by the end of its input, then of the connection."""
        self.note(happened.Released(self.now()))
        if self.exit_status is not None or self.stopped:
            return
        if self.failed and self.terminal:
            return
        self.program.end_input()
        if self.terminal:  # behind a line that has no end the first counts as nothing
            self.program.end_input()
        if await self.until(lambda: self.exit_status is not None, ENDED):
            return
        for connection in self.server.connections:
            connection.drop(reset=False)
        await self.until(lambda: self.exit_status is not None, ENDED / 2)

    async def stop(self) -> None:
        """End everything; what was printed is complete afterwards."""
        self.note(happened.Killed(self.now()))
        self.killed = True
        await self.program.stop()
        await self.server.stop()
