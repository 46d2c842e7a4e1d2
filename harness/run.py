"""Run: Plan + Target -> History. The parts of a run, in their order, and its end in any case.

The story; the roll call; what the server holds and does afterwards; whether it serves a newcomer.
Then the history is put on disk, every connection is reset, and the server is ended. A server that
dies, noise without end and Ctrl-C cut this short, and lose nothing that was recorded.
"""

import asyncio
import resource
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import deadlines, events
from harness.acting import Story, report_failure, settle_sockets
from harness.attendance import Attendance
from harness.beacons import Beacons
from harness.crew import Crew, StepFailureError
from harness.dialect import Dialect
from harness.errors import UsageError
from harness.events import Ending, Role, Stage
from harness.history import History
from harness.kernel import TcpState
from harness.plan import NEWCOMER, Plan
from harness.recorder import Recorder
from harness.rollcall import RollCall
from harness.target import Target, TargetSpec, launch
from harness.undisturbed import MOST_MADE_UP
from harness.user import User
from harness.watch import Watch

# A process may end a little after its sockets; one that listens no more is likely about to.
EXIT_NOTICED = 0.5
EXIT_LIKELY = 2.0
# Beacons, a newcomer, whoever tries again; and what Python itself has open.
SPARE_FILES = 64
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class RunState:
    """How far a run is, for whoever shows it."""

    stage: str
    step: str
    people_in: int
    said: int
    heard: int
    lag: float
    seconds: float


@dataclass(frozen=True, slots=True)
class RunResult:
    """What is left of a run: its history, and what is known of the server afterwards.

    `exit_status` is None unless it ended by itself.
    """

    history: History
    output: bytes
    exit_status: int | None
    isolation: str
    hidden: bool
    interrupted: bool


class Run:
    """One run of `plan` against `target`; `folder` keeps its history, None for nowhere."""

    def __init__(self, plan: Plan, dialect: Dialect, target: Target, folder: Path | None) -> None:
        self.target = target
        self.recorder = Recorder(dialect, folder / "history.jsonl" if folder else None)
        self.watch = Watch(self.recorder, target)
        self.crew = Crew(self.recorder, target, self.watch, plan.patience, plan.lives)
        self.beacons = Beacons(self.crew)
        self.story = Story(plan, self.crew, self.beacons)
        self.stage = Stage.STORY
        self.exit_status: int | None = None
        self._main: asyncio.Task[None] | None = None

    # -- the stages ----------------------------------------------------------------------------

    async def _stages(self) -> None:
        self._begin(Stage.STORY)
        if not await self._part(self.beacons.begin(), lambda: self.beacons.awaited):
            await self._await_exit()
            return
        await self.story.tell()
        self._begin(Stage.ROLL_CALL)
        await self._part(RollCall(self.crew).run())
        self._begin(Stage.CLEANUP)
        await self._clean_up()
        if self.story.lifecycle.runs:
            self._begin(Stage.ALIVE)
            newcomer = self.crew.enrol(NEWCOMER, NEWCOMER, Role.NEWCOMER)
            await self._part(self._join(newcomer), lambda: newcomer)
            await self._await_exit()
        self._begin(Stage.DONE)

    async def _await_exit(self) -> None:
        """Learn of the server's end where connections have ended that nobody ended here."""
        transcript = self.recorder.transcript
        thrown_out = any(person.wronged for person in transcript.people.values())
        if self.target.started and (thrown_out or transcript.failures):
            deadline = self.crew.deadline(EXIT_NOTICED if self._listening() else EXIT_LIKELY)
            with suppress(TimeoutError):
                await deadline.finish(self.target.until_exited())

    def _listening(self) -> list[str]:
        """Return the addresses at which the server listens now."""
        found = self.crew.cutter.diag.on_port(self.target.port)
        return sorted({one.local[0] for one in found if one.state is TcpState.LISTEN})

    def _begin(self, stage: Stage) -> None:
        self.stage = stage
        self.recorder.add(events.StageBegun(self.recorder.now(), stage))

    async def _part(
        self, part: Coroutine[Any, Any, None], whose: Callable[[], User | None] = lambda: None
    ) -> bool:
        begun = self.recorder.now()
        try:
            await part
        except StepFailureError as failure:
            user = whose()
            report_failure(self.crew, failure, begun, person=user.person if user else "", user=user)
            return False
        return True

    async def _clean_up(self) -> None:
        departed = bool(self.recorder.transcript.departures())
        await self._await_half_closed()
        if self.story.lifecycle.runs:
            await settle_sockets(self.crew, "after")
            self._note_program()
            if departed and self.target.started:
                await self._watch_idle()
        for user in self.crew.unnamed:
            user.hang_up(Ending.GIVEN_UP)

    def _note_program(self) -> None:
        if not self.target.started:
            return
        names = " ".join(self.target.programs())
        self.recorder.add(events.Programs(self.recorder.now(), names))
        if hosts := self._listening():
            self.recorder.add(events.Listening(self.recorder.now(), " ".join(hosts)))

    async def _watch_idle(self) -> None:
        """See whether the server does nothing when nobody talks; some tidy up for a while first."""
        looks: list[float] = []
        for _ in range(deadlines.IDLE_LOOKS * (1 + MOST_MADE_UP)):
            before = self.watch.sample("idle begins", self.crew.open)
            await asyncio.sleep(deadlines.IDLE_SPAN)
            after = self.watch.sample("idle ends", self.crew.open)
            if before is None or after is None:
                return
            ran = after.cpu - before.cpu
            wanted = ran + after.run_delay - before.run_delay
            idle = ran <= deadlines.IDLE_SPAN * deadlines.IDLE_SHARE
            if idle and wanted <= deadlines.IDLE_SPAN * deadlines.BUSY_SHARE:
                return
            looks.append(ran)
            if len(looks) >= deadlines.IDLE_LOOKS and _tells(looks):
                return

    async def _await_half_closed(self) -> None:
        for user in self.crew.half_closed:
            try:
                await self.crew.until_gone(user)
            except StepFailureError as failure:
                begun = self.recorder.now()
                report_failure(self.crew, failure, begun, person=user.person, user=user)

    async def _join(self, user: User) -> None:
        async with self.beacons.talking():
            await self.crew.join(user)

    # -- the whole -------------------------------------------------------------------------------

    async def run(self, show: Callable[[RunState], None]) -> None:
        """Do all of it; whatever happens, the history is whole and every connection reset."""
        self._main = asyncio.create_task(self._stages())
        watching = asyncio.create_task(self.watch.run())
        showing = asyncio.create_task(self._show(show))
        self.target.on_exit(self._exited)
        try:
            with _signals(self._interrupt):
                await asyncio.wait([self._main])
            # Where the transcript stopped, whoever acts stumbles too; the judge tells of it.
            if not self._main.cancelled() and self.recorder.mistake is None:
                self._main.result()
        finally:
            for task in (self._main, watching, showing):
                task.cancel()
            await asyncio.gather(self._main, watching, showing, return_exceptions=True)
            self.beacons.close()
            self.crew.cutter.close()
            try:
                self.recorder.close()
            finally:
                await self._reset_all()

    def _stop(self) -> None:
        if self._main:
            self._main.cancel()

    def _exited(self, status: int) -> None:
        if self.recorder.closed:
            return
        self.recorder.add(events.Exited(self.recorder.now(), status))
        if self.story.lifecycle.expected:
            return
        self.exit_status = status
        # What the server said last is still to be read: it proves how far it came.
        asyncio.get_running_loop().call_later(0.1, self._stop)

    def _interrupt(self) -> None:
        self.recorder.add(events.Interrupted(self.recorder.now()))
        self._stop()

    async def _show(self, show: Callable[[RunState], None]) -> None:
        while True:
            self._check_noise()
            self._check_bounds()
            if self.recorder.mistake is not None:
                self._stop()
            show(self._state())
            await asyncio.sleep(0.1)

    def _check_noise(self) -> None:
        listeners = self.recorder.transcript.listeners.values()
        if any(listener.deaf for listener in listeners):
            # All are deaf to what comes after so much at all of them.
            worst = max(listeners, key=lambda one: one.unexplained)
            self.recorder.add(events.Noise(self.recorder.now(), worst.conn, worst.unexplained))
            self._stop()

    def _check_bounds(self) -> None:
        if self.watch.overrun and not self.recorder.transcript.overran:
            self.recorder.add(events.Overran(self.recorder.now(), self.watch.overrun))
            self._stop()

    def _state(self) -> RunState:
        transcript = self.recorder.transcript
        return RunState(
            stage=self.stage,
            step=self.story.words if self.stage is Stage.STORY else "",
            people_in=sum(_is_in(one) for one in transcript.people.values()),
            said=sum(len(one.messages) for one in transcript.voices.speeches.values()),
            heard=sum(len(one.messages) for one in transcript.listeners.values()),
            lag=self.watch.worst_lag,
            seconds=self.recorder.now() / 1e9,
        )

    async def _reset_all(self) -> None:
        for user in self.crew.users.values():
            user.abort()
        # A transport closes its socket one turn of the loop later.
        for user in self.crew.users.values():
            await user.until_closed()


def _tells(looks: list[float]) -> bool:
    """Tell whether a server that got so much of a processor had enough to come to rest."""
    return (
        min(looks) > deadlines.IDLE_SPAN * deadlines.IDLE_SHARE or sum(looks) > deadlines.IDLE_USED
    )


def _is_in(one: Attendance) -> bool:
    return one.role is Role.PERSON and one.joined is not None and one.present


class _signals:  # noqa: N801 - used as a function
    """Calls `act` on SIGINT and SIGTERM, for a while; leaves them alone off the main thread."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self._taken: list[signal.Signals] = []

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        for signum in SIGNALS:
            try:
                loop.add_signal_handler(signum, self._act)
            except (ValueError, RuntimeError, NotImplementedError):
                continue
            self._taken.append(signum)

    def __exit__(self, *exc: object) -> None:
        for signum in self._taken:
            asyncio.get_running_loop().remove_signal_handler(signum)


def _allow_files(count: int) -> None:
    """Let this process and its children have as many open files as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise UsageError(
            f"this scenario needs {count:,} open files and the system allows {hard:,}: "
            "take fewer people, or have `ulimit -Hn` raised"
        )
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def run_plan(
    plan: Plan,
    dialect: Dialect,
    spec: TargetSpec,
    folder: Path | None,
    show: Callable[[RunState], None] = lambda _: None,
) -> RunResult:
    """Start what `spec` names, run `plan` against it, end it; nothing of it is left afterwards.

    Raises `UsageError` where it cannot be started, or this machine allows too few open files.
    """
    _allow_files(len(plan.people) + SPARE_FILES)
    target = await launch(spec, folder / "server.log" if folder else None)
    run = Run(plan, dialect, target, folder)
    try:
        await run.run(show)
    finally:
        await target.stop()
    return RunResult(
        history=run.recorder.history,
        output=target.output(),
        exit_status=run.exit_status,
        isolation=target.isolation,
        hidden=target.hidden,
        interrupted=run.recorder.transcript.interrupted,
    )
