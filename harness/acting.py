"""Acting: the plan's scenes, done by the users of a run.

Whoever's part of a step fails is reset, and the later parts of theirs are left out, visibly; the
story goes on for the others. Knows nothing of checks.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from harness import deadlines, events
from harness.awaiting import Awaiting
from harness.beacons import Beacons
from harness.cast import TOKEN_MARK
from harness.crew import Crew, StepFailureError
from harness.events import Ending, Failure, Role
from harness.lifecycle import Lifecycle
from harness.plan import Deed, Plan, PlannedStep, Scene
from harness.saying import Saying
from harness.scenario import ServerAct, Verb
from harness.stall import BUFFER, Stall
from harness.user import User


class Story:
    """The story of `plan`, told with `crew`."""

    def __init__(self, plan: Plan, crew: Crew, beacons: Beacons) -> None:
        self.plan = plan
        self.crew = crew
        self.beacons = beacons
        self.words = ""
        self.on_step: Callable[[], None] | None = None
        self.saying = Saying(crew)
        self.stall = Stall(crew, beacons)
        self.lifecycle = Lifecycle(crew, beacons)
        self._cast = {person.name: person for person in plan.people}
        self._users: dict[str, User] = {}
        self._lives: dict[int, User] = {}
        self._failed: set[str] = set()
        self.awaiting = Awaiting(crew, self.saying, self._users, self._lives, self._failed)
        self._acts = {
            Verb.CONNECT: self._connect,
            Verb.JOIN: self._join,
            Verb.SAY: self._say,
            Verb.SEND: self._say,
            Verb.HEARS: self._hears,
            Verb.HEARS_NOTHING: self._hears_nothing,
            Verb.SEES_JOIN: self._sees,
            Verb.SEES_LEAVE: self._sees,
            Verb.REFUSED: self._refused,
            Verb.FREEZE: self._freeze,
            Verb.THAW: self._thaw,
            Verb.LEAVE: self._leave,
            Verb.DROP: self._drop,
        }

    async def tell(self) -> None:
        """Do every scene in its turn."""
        for scene in self.plan.scenes:
            await self._play(scene)
        await self._for_all(self.stall.finish())

    async def _play(self, scene: Scene) -> None:
        async with asyncio.TaskGroup() as group:
            for step in scene.steps:
                group.create_task(self._step(step))
        if scene.empties:
            self.beacons.leave(scene.empties)
        if scene.round:
            await self._end_round(*scene.round)

    async def _end_round(self, repeat: int, turn: int) -> None:
        await settle_sockets(self.crew, f"round {repeat}/{turn}")

    async def _step(self, step: PlannedStep) -> None:
        recorder = self.crew.recorder
        self.words = step.words
        if self.on_step:
            self.on_step()
        recorder.add(events.StepBegun(recorder.now(), step.index))
        if step.wait:
            await asyncio.sleep(step.wait)
        if step.server:
            await self._for_all(self._tell_server(step, step.server), step)
        await self._measure(step)
        async with asyncio.TaskGroup() as group:
            for deed in step.deeds:
                group.create_task(self._do(step, deed))
        if self.plan.limits and self.plan.limits.memory:
            self.crew.watch.sample("step", self.crew.open)
        recorder.add(events.StepEnded(recorder.now(), step.index))

    async def _tell_server(self, step: PlannedStep, act: ServerAct) -> None:
        if step.after:
            await asyncio.sleep(step.after)
        if act not in (ServerAct.STOP, ServerAct.CONTINUE):
            await self._for_all(self.stall.finish(), step)
        await self.lifecycle.tell(act, step.index, step.within)

    async def _measure(self, step: PlannedStep) -> None:
        """Take the measures that belong to all whom the step freezes, thaws, or ends frozen."""
        if step.verb is Verb.FREEZE:
            await self._for_all(self.stall.begin(), step)
        elif step.verb is Verb.THAW:
            await self._for_all(self.stall.measure(self._users_of(step), step.within), step)
        elif step.verb is Verb.DROP and not self.crew.target.is_stopped():
            # Afterwards nobody could tell who has closed the connection.
            there = [user for user in self._users_of(step) if user.connected]
            if frozen := [user for user in there if user.attendance.frozen]:
                await self._for_all(self.stall.measure(frozen), step)

    def _users_of(self, step: PlannedStep) -> list[User]:
        return [self._users[deed.person] for deed in step.deeds if deed.person in self._users]

    async def _for_all(
        self, part: Coroutine[Any, Any, None], step: PlannedStep | None = None
    ) -> None:
        """Do what is nobody's own; what fails is taken down, and the story goes on."""
        begun = self.crew.recorder.now()
        try:
            await part
        except StepFailureError as failure:
            report_failure(self.crew, failure, begun, step.index if step else -1)

    async def _do(self, step: PlannedStep, deed: Deed) -> None:
        begin = self.crew.recorder.now()
        if deed.after:
            await asyncio.sleep(deed.after)
        if deed.person in self._failed:
            self._skip(step, deed)
            return
        begun = self.crew.recorder.now()
        try:
            await self._acts[deed.verb](step, deed, begin)
        except StepFailureError as failure:
            self._fail(step, deed, failure, begun)

    def _skip(self, step: PlannedStep, deed: Deed) -> None:
        recorder = self.crew.recorder
        recorder.add(events.Skipped(recorder.now(), step.index, deed.person))

    def _fail(self, step: PlannedStep, deed: Deed, failure: StepFailureError, begun: int) -> None:
        user = self._users.get(deed.person)
        self._failed.add(deed.person)
        report_failure(self.crew, failure, begun, step.index, deed.person, user)
        # Who has missed something stays: the roll call will tell whether it is lost for certain.
        if user and user.connected and failure.failure is not Failure.HEARS:
            user.hang_up(Ending.GIVEN_UP)

    # -- the verbs ---------------------------------------------------------------------------------

    def _enrol(self, deed: Deed) -> User:
        person = self._cast[deed.person]
        user = self.crew.enrol(deed.person, person.nick, Role.PERSON, deed.life)
        user.typed = person.typed
        user.buffer = BUFFER if person.freezes else 0
        self._users[deed.person] = self._lives[deed.life] = user
        return user

    def _enrolled(self, deed: Deed) -> User:
        """Return the user of the connection of `deed`, a new one where there is none yet."""
        user = self._users.get(deed.person)
        if user is None or user.conn != deed.life or not user.connected:
            return self._enrol(deed)
        return user

    async def _connect(self, step: PlannedStep, deed: Deed, begin: int) -> None:
        await self.crew.connect(self._enrol(deed), deed.within, step.at_once)

    async def _join(self, step: PlannedStep, deed: Deed, begin: int) -> None:
        user = self._enrolled(deed)
        name = partial(self.saying.give_name, step=step, deed=deed)
        try:
            async with self.beacons.talking():
                user = await self.crew.join(user, deed.within, step.at_once, name)
        except StepFailureError as failure:
            if not deed.or_refused or not _is_refusal(failure, user):
                raise
            # As it may be. Whoever was asked again, and others, are not there for the rest.
            self._failed.add(deed.person)
            user.hang_up(Ending.GIVEN_UP)
        self._users[deed.person] = self._lives[deed.life] = user

    async def _refused(self, step: PlannedStep, deed: Deed, begin: int) -> None:
        user = self._enrolled(deed)
        if not user.connected or not user.bytes_written:
            await self._be_refused_at_the_door(user, step, deed)
        else:
            deadline = self.crew.deadline(deed.within or deadlines.HEARS * self.crew.patience)
            refused = partial(user.until, lambda: user.is_gone() or user.asked_again)
            if not await deadline.until(refused):
                raise StepFailureError.missed(Failure.NOT_REFUSED, deadline)
        user.hang_up(Ending.GIVEN_UP)
        await self._departed(user)

    async def _be_refused_at_the_door(self, user: User, step: PlannedStep, deed: Deed) -> None:
        seconds = deed.within or deadlines.JOIN * self.crew.patience
        async with self.beacons.talking():
            if not user.connected:
                await self.crew.connect(user, deed.within, step.at_once)
            await self.saying.give_name(user, step, deed)
            deadline = self.crew.deadline(seconds)
            settled = await self.crew.until_settled(user, deadline)
        if not settled:
            raise StepFailureError.missed(Failure.NOT_REFUSED, deadline)
        if user.attendance.joined is not None:
            raise StepFailureError(Failure.NOT_REFUSED)

    async def _say(self, step: PlannedStep, deed: Deed, begin: int) -> None:
        if not await self.saying.say(self._users[deed.person], step, deed, begin):
            self._skip(step, deed)

    async def _hears_nothing(self, step: PlannedStep, deed: Deed, begin: int) -> None:
        recorder = self.crew.recorder
        recorder.add(events.Silent(recorder.now(), self._users[deed.person].conn, step.index))

    async def _freeze(self, step: PlannedStep, deed: Deed, begin: int) -> None:
        self.stall.freeze(self._users[deed.person])

    async def _thaw(self, step: PlannedStep, deed: Deed, begin: int) -> None:
        self._users[deed.person].thaw()

    async def _hears(self, step: PlannedStep, deed: Deed, begin: int) -> None:
        if not await self.awaiting.hears(self._users[deed.person], deed):
            self._skip(step, deed)

    async def _sees(self, step: PlannedStep, deed: Deed, begin: int) -> None:
        if not await self.awaiting.sees(self._users[deed.person], deed):
            self._skip(step, deed)

    async def _leave(self, step: PlannedStep, deed: Deed, begin: int) -> None:
        user = self._users[deed.person]
        dialect = self.crew.recorder.transcript.dialect
        if dialect.quit is not None and user.present:
            async with user.turn:
                await self.crew.until_may_speak(user)
                user.quit(dialect.said.ends.wrap(dialect.encode(dialect.quit)))
        else:
            user.half_close(Ending.LEAVE)
        try:
            await self.crew.until_gone(user, deed.within)
        except StepFailureError:
            user.hang_up(Ending.RESET)
            await self._departed(user)
            raise
        user.hang_up(Ending.LEAVE)
        await self._departed(user)

    async def _drop(self, step: PlannedStep, deed: Deed, begin: int) -> None:
        user = self._users[deed.person]
        assert deed.how is not None
        if deed.how is Ending.HALF_CLOSE:
            user.half_close(deed.how)
        else:
            user.hang_up(deed.how)
        await self._departed(user)

    async def _departed(self, user: User) -> None:
        self.crew.is_gone(user.nick)
        await self.beacons.probe()


def report_failure(
    crew: Crew,
    failure: StepFailureError,
    begun: int,
    step: int = -1,
    person: str = "",
    user: User | None = None,
) -> None:
    """Record that a step, or a part of the run, did not complete, which had begun at `begun`."""
    late = crew.watch.late_since(begun) if failure.late is None else failure.late
    crew.recorder.add(
        events.StepFailed(
            at=crew.recorder.now(),
            step=step,
            conn=user.conn if user else -1,
            person=person,
            failure=failure.failure,
            deadline=failure.deadline,
            late=late if failure.deadline else 0.0,
            note=failure.note,
        )
    )


async def settle_sockets(crew: Crew, label: str) -> None:
    """Record the server's resources as `label`, once it holds no more connections than the harness.

    At the deadline they are recorded as they are, and that they had not settled.
    """
    begun = crew.recorder.now()
    deadline = crew.deadline(deadlines.SOCKETS_CLOSED * crew.patience)
    left, over = deadline.seconds, False
    while sample := crew.target.sample() if crew.target.started else None:
        settled = sample.open_sockets is None or sample.open_sockets <= crew.open
        if not settled and deadline.elapsed >= left:
            left += deadline.more()
            over = deadline.elapsed >= left
        if over:
            report_failure(crew, StepFailureError.missed(Failure.SOCKETS, deadline), begun)
        if settled or over:
            # This look and no later one: the kernel's table changes while it is read.
            crew.watch.note(sample, label, crew.open)
            return
        await asyncio.sleep(0.01)


def _is_refusal(failure: StepFailureError, user: User) -> bool:
    """Tell whether `user` was not let in: closed, asked again, or told something that is no chat.

    A server may ask for another name in any words.
    """
    if failure.failure is not Failure.JOIN:
        return failure.failure is Failure.REFUSED
    answer = bytes(user.attendance.answer)
    return bool(answer) and TOKEN_MARK.encode() not in answer
