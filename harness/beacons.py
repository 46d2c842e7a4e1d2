"""Beacons: two people of the harness's own, who talk so that newcomers can tell that they are in.

Nothing on the wire tells a client that it has joined, so nobody may speak to it before it has heard
someone. While anyone is joining, the beacons speak in turn; who hears one that was sent after its
nickname is in, for certain. Their first connection is also the readiness probe.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from harness import deadlines
from harness.cast import BEACON
from harness.crew import Crew, StepFailureError
from harness.events import Ending, Failure, Kind, Role
from harness.speech import Message
from harness.user import User

FIRST_PAUSE = 0.005
LAST_PAUSE = 0.5
# Each word of a beacon is heard by all: the more people, the more seldom it speaks.
PAUSE_PER_MEMBER = 0.0001
MOST_PACE = 0.05
PROBE_SECONDS = 1.0
PAIR = 2


class Beacons:
    """The two of them, in the room of `crew`."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew
        self.pair: list[User] = []
        self._listening = False
        self._broken: StepFailureError | None = None
        self._joining = self._born = 0
        self._talk: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self.awaited: User | None = None

    def close(self) -> None:
        """Stop talking."""
        if self._talk:
            self._talk.cancel()

    def forget(self) -> None:
        """Begin anew, with a server that has just been started."""
        self.pair, self._listening, self._broken = [], False, None

    @property
    def alive(self) -> list[User]:
        """Those that are in the room."""
        return [user for user in self.pair if user.present]

    # -- coming and going ----------------------------------------------------------------------

    async def start(self) -> None:
        """Bring both into the room, until each has heard the other. Raises `StepFailureError`."""
        await self._until_gone()
        self.pair = []
        self.awaited = None
        for _ in range(PAIR):
            # A name of which somebody has just gone may still be refused.
            self._born += 1
            user = await self._connect(f"{BEACON}{self._born}")
            self.pair.append(user)
            user.give_name()
            # So that no message glues to the nickname.
            await self._until_read(user)
            if len(self.pair) == 1:
                # To an empty room: a copy comes back from some servers only there.
                await self.speak(user)
                await self._until_read(user)
        self.awaited = self.pair[0]
        deadline = self.crew.deadline(deadlines.JOIN * self.crew.patience)
        first, second = self.pair
        try:
            await deadline.finish(self._talk_until_both_are_in(first, second))
        except TimeoutError:
            self.awaited = next((one for one in self.pair if one.attendance.joined is None), first)
            raise StepFailureError.missed(Failure.JOIN, deadline) from None
        gone = next((one for one in self.pair if not one.present), None)
        if gone is not None:
            self.awaited = gone
            raise StepFailureError(Failure.REFUSED)

    async def _until_gone(self) -> None:
        """Wait until the server has seen those leave who went in good order: so the room is empty.

        That it never does is told when the run cleans up.
        """
        for user in self.pair:
            if user.attendance.how is Ending.HALF_CLOSE:
                with suppress(StepFailureError):
                    await self.crew.until_gone(user)

    async def _connect(self, name: str) -> User:
        if not self._listening:
            self._listening = True
            return await self.crew.connect_first(lambda: self._enrol(name))
        user = self._enrol(name)
        await self.crew.connect(user)
        return user

    def _enrol(self, name: str) -> User:
        self.awaited = self.crew.enrol(name, name, Role.BEACON)
        return self.awaited

    async def _until_read(self, user: User) -> None:
        await self.crew.until_read(user, Failure.JOIN, deadlines.JOIN * self.crew.patience)

    async def _talk_until_both_are_in(self, first: User, second: User) -> None:
        def both() -> bool:
            gone = not (first.present and second.present)
            heard = first.attendance.joined is not None and second.attendance.joined is not None
            return gone or (heard and _hears(first, second) and _hears(second, first))

        pause, turn = FIRST_PAUSE, 0
        while not both():
            speaker, other = (first, second) if turn % 2 == 0 else (second, first)
            message = await self.speak(speaker)
            heard = partial(_has_heard, other, message)
            if await other.until(lambda: both() or heard(), pause):  # noqa: B023
                pause = FIRST_PAUSE
            else:
                pause = min(2 * pause, LAST_PAUSE)
            turn += 1

    def leave(self, how: Ending) -> None:
        """Take both out as the last person of the cast went; the next join brings new ones."""
        for user in self.pair:
            if user.present:
                if how is Ending.LEAVE:
                    user.half_close(Ending.HALF_CLOSE)
                elif how is Ending.HALF_CLOSE:
                    user.half_close(how)
                else:
                    user.hang_up(how)

    # -- talking -----------------------------------------------------------------------------------

    async def speak(self, user: User, kind: Kind = Kind.BEACON) -> Message | None:
        """Let `user` say a word; None where it cannot."""
        return await self.crew.speak(user, kind)

    async def probe(self) -> None:
        """Let both say something that all who stayed must hear: after a departure."""
        for user in self.alive:
            await self.crew.speak(user, Kind.PROBE, PROBE_SECONDS * self.crew.patience)

    async def begin(self) -> None:
        """Bring both in for the first time. Raises `StepFailureError`."""
        await self._ensure()

    async def _ensure(self) -> None:
        async with self._starting:
            if self._broken is not None:
                # Where two beacons could not meet, the next ten people need not wait for it again.
                raise self._broken
            if self.alive:
                return
            try:
                await self.start()
            except StepFailureError as failure:
                self._broken = failure
                raise

    @asynccontextmanager
    async def talking(self) -> AsyncIterator[None]:
        """Talk for as long as somebody is joining."""
        await self._ensure()
        self._joining += 1
        if self._talk is None or self._talk.done():
            self._talk = asyncio.create_task(self._keep_talking())
        try:
            yield
        finally:
            self._joining -= 1

    async def _keep_talking(self) -> None:
        pause, turn = FIRST_PAUSE, 0
        waited = 0
        while self._joining and self.alive:
            speaker = self.alive[turn % len(self.alive)]
            others = [user for user in self.alive if user is not speaker]
            message = await self.speak(speaker)
            turn += 1
            heard = bool(others) and await others[0].until(
                partial(_has_heard, others[0], message), pause
            )
            if not others:
                await asyncio.sleep(pause)
            pause = FIRST_PAUSE if heard else min(2 * pause, LAST_PAUSE)
            waited += 1
            await asyncio.sleep(self._pace(waited))

    def _pace(self, turns: int) -> float:
        # Who waits for long is not helped by a flood of words.
        patient = min(turns * PAUSE_PER_MEMBER, MOST_PACE)
        return max(patient, len(self.crew.users) * PAUSE_PER_MEMBER)


def _has_heard(listener: User, message: Message | None) -> bool:
    return message is not None and listener.has_heard(message)


def _hears(listener: User, speaker: User) -> bool:
    speeches = speaker.recorder.transcript.voices.speeches
    return any(listener.has_heard(message) for message in speeches[speaker.conn].messages[-2:])
