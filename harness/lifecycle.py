"""Lifecycle: what a story does to the server's process: stop, continue, end, start again.

Everyone is out when the server is told to end, and leaves the connection for the server to close.
Knows nothing of checks.
"""

import asyncio
import signal
from functools import partial

from harness import deadlines, events
from harness.beacons import Beacons
from harness.crew import Crew, StepFailureError
from harness.errors import UsageError
from harness.events import Failure
from harness.scenario import ServerAct
from harness.undisturbed import Deadline
from harness.user import User

SIGNALS = {
    ServerAct.STOP: signal.SIGSTOP,
    ServerAct.CONTINUE: signal.SIGCONT,
    ServerAct.KILL: signal.SIGKILL,
    ServerAct.INTERRUPT: signal.SIGINT,
    ServerAct.TERMINATE: signal.SIGTERM,
    ServerAct.RESTART: signal.SIGINT,
}
STOPS_WITHIN = 1.0
LOOK_AGAIN = 0.002


class Lifecycle:
    """The server's process in one run; `expected` tells whether its end would be no surprise."""

    def __init__(self, crew: Crew, beacons: Beacons) -> None:
        self.crew = crew
        self.target = crew.target
        self.beacons = beacons
        self.expected = False

    @property
    def runs(self) -> bool:
        """Whether it is there to serve."""
        return not self.expected

    async def tell(self, act: ServerAct, step: int, within: float | None) -> None:
        """Do it, and wait until it has come about. Raises `StepFailureError`."""
        recorder = self.crew.recorder
        if act in (ServerAct.STOP, ServerAct.CONTINUE):
            recorder.add(events.ServerTold(recorder.now(), act, step))
            self.target.signal(SIGNALS[act])
            if act is ServerAct.STOP:
                await self._until_stopped()
        else:
            try:
                if not self.expected:
                    await self._end(act, step, within)
            except StepFailureError:
                # The story goes on with a server, or everyone would seem to be refused.
                if act is ServerAct.RESTART:
                    await self._start(step)
                raise
            if act is ServerAct.RESTART:
                await self._start(step)
                return
        recorder.add(events.ServerDone(recorder.now(), act))

    async def _until_stopped(self) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + STOPS_WITHIN
        stopped = self.target.is_stopped()
        while not stopped and loop.time() < end:
            await asyncio.sleep(LOOK_AGAIN)
            stopped = self.target.is_stopped()
        words = "its processes were stopped" if stopped else "its processes went on"
        now = self.crew.recorder.now()
        self.crew.recorder.add(events.Bitten(now, -1, int(stopped), words))

    # -- the end -------------------------------------------------------------------------------

    async def _end(self, act: ServerAct, step: int, within: float | None) -> None:
        users = [user for user in self.crew.users.values() if user.connected and user.open]
        for user in users:
            user.leave_to_server()
        recorder = self.crew.recorder
        told = act if act is not ServerAct.RESTART else ServerAct.INTERRUPT
        recorder.add(events.ServerTold(recorder.now(), told, step))
        self.expected = True
        deadline = self.crew.deadline(within or deadlines.SERVER_ENDS * self.crew.patience)
        self.target.signal(SIGNALS[act])
        await self._until_ended(deadline)
        if act is not ServerAct.KILL:
            await self._until_closed(users, deadline)

    async def _until_ended(self, deadline: Deadline) -> None:
        try:
            await deadline.finish(self.target.until_exited())
        except TimeoutError:
            missed = StepFailureError.missed(Failure.STOP, deadline)
            self.target.signal(signal.SIGKILL)
            # So that its end is seen, and taken for no surprise, before anything else is.
            await asyncio.wait([self.target.exited], timeout=STOPS_WITHIN)
            raise missed from None

    async def _until_closed(self, users: list[User], deadline: Deadline) -> None:
        for user in users:
            # Whoever is frozen or cannot read sees no end.
            if user.attendance.frozen:
                continue
            if not await deadline.until(partial(user.until, user.is_gone)):
                note = f"{user.person} did not read the end"
                raise StepFailureError.missed(Failure.CONNECTIONS, deadline, note)

    # -- a new beginning -----------------------------------------------------------------------

    async def _start(self, step: int) -> None:
        recorder = self.crew.recorder
        # Nobody has closed a connection yet that the server closed first: its port is not quiet.
        old = list(self.crew.users.values())
        recorder.add(events.ServerTold(recorder.now(), ServerAct.RESTART, step))
        try:
            await self._relaunch()
        finally:
            # A reset ends what would wait on that port for a minute, in the way of later runs.
            for user in old:
                user.abort()
        recorder.add(events.ServerDone(recorder.now(), ServerAct.RESTART))

    async def _relaunch(self) -> None:
        try:
            await self.target.relaunch()
        except UsageError as error:
            raise StepFailureError(Failure.RESTART, note=str(error)) from error
        self.expected = False
        self.beacons.forget()
        try:
            await self.beacons.begin()
        except StepFailureError as failure:
            if failure.failure is Failure.LISTENING:
                raise StepFailureError(
                    Failure.RESTART, failure.deadline, late=failure.late
                ) from failure
            raise
