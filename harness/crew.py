"""Crew: everyone's connections in one run, and how one of them gets into the room.

Numbers the connections, lets a crowd connect a few at a time, and joins: connect, take the prompt,
give the name, hear a beacon. Nobody waits by sleeping. What goes wrong is raised as
`StepFailureError`; who is to blame is for the judge. Knows nothing of stories.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Self

from harness import deadlines
from harness.cutter import Cutter
from harness.events import Ending, Failure, Kind, Role
from harness.pace import Pace
from harness.recorder import Recorder
from harness.speech import Message
from harness.target import Target
from harness.tokens import mint
from harness.undisturbed import Deadline
from harness.user import User
from harness.watch import Watch

# The accept queue of a plain `listen(5)` must never overflow just because a crowd arrives.
AT_THE_DOOR = 4
RETRY = 0.02
# What ends as a prompt does may be the beginning of something else, whose rest is on its way.
MORE_MAY_COME = 0.25
NANOSECONDS = 1e9


class StepFailureError(Exception):
    """Someone's part of a step did not complete.

    `deadline` seconds were waited for it, 0.0 where none has passed. Meanwhile harness or server
    waited `late` seconds for a processor that were not made up for; None where nobody knows.
    """

    def __init__(
        self,
        failure: Failure,
        deadline: float = 0.0,
        note: str = "",
        late: float | None = None,
    ) -> None:
        super().__init__(failure)
        self.failure = failure
        self.deadline = deadline
        self.note = note
        self.late = late

    @classmethod
    def missed(cls, failure: Failure, deadline: Deadline, note: str = "") -> Self:
        """Make the error of a `deadline` that has passed."""
        return cls(failure, deadline.seconds, note, deadline.late)


async def give_name(user: User) -> None:
    """Send the nickname as it is."""
    user.give_name()


class Crew:
    """All users of a run against `target`."""

    def __init__(
        self, recorder: Recorder, target: Target, watch: Watch, patience: float, lives: int
    ) -> None:
        self.recorder = recorder
        self.target = target
        self.watch = watch
        self.patience = patience
        self.users: dict[int, User] = {}
        self.on_read: Callable[[], None] | None = None
        self.cutter = Cutter(recorder)
        self.pace = Pace(self.cutter, lambda: self.healthy)
        self._next = lives
        self._door = asyncio.Semaphore(AT_THE_DOOR)
        self._stuck = False
        self._left_at: dict[str, int] = {}

    # -- who there is --------------------------------------------------------------------------

    def enrol(self, person: str, nick: str, role: Role, life: int | None = None) -> User:
        """Return a new user, not yet connected; without `life` it gets the next free number."""
        conn = life
        if conn is None or conn in self.users:
            conn = self._next
            self._next += 1
        user = User(self.recorder, conn, person, nick, role)
        user.on_read = self.on_read
        self.users[conn] = user
        return user

    @property
    def members(self) -> list[User]:
        """Everyone who is in the room as far as the harness knows."""
        return [user for user in self.users.values() if self._known(user) and user.present]

    @property
    def healthy(self) -> list[User]:
        """Everyone in the room who reads."""
        return [user for user in self.members if not user.attendance.frozen]

    @property
    def unnamed(self) -> list[User]:
        """Everyone who is connected and has not given a name."""
        known = [user for user in self.users.values() if self._known(user) and _is_open(user)]
        return [user for user in known if user.attendance.joining is None]

    @property
    def half_closed(self) -> list[User]:
        """Everyone who has half-closed and has not read the end of the stream."""
        known = [user.attendance for user in self.users.values() if self._known(user)]
        waiting = [one for one in known if one.how is Ending.HALF_CLOSE and one.gone is None]
        return [self.users[one.conn] for one in waiting]

    @property
    def open(self) -> int:
        """How many connections the harness holds open, or leaves open for the server to close."""
        return sum(1 for user in self.users.values() if self._known(user) and _is_open(user))

    def _known(self, user: User) -> bool:
        return user.conn in self.recorder.transcript.people

    def is_gone(self, nick: str) -> None:
        """Remember that the owner of `nick` has just gone."""
        self._left_at[nick] = self.recorder.now()

    def deadline(self, seconds: float, begin: int | None = None) -> Deadline:
        """Return a deadline of `seconds`, without what is lost meanwhile."""
        return Deadline(seconds, self.recorder.now, self.watch.late_since, begin)

    async def until_gone(self, user: User, within: float | None = None) -> None:
        """Wait until `user`, who leaves in good order, reads the end of the stream.

        Within the seconds it usually takes, from when the leaving began, unless told `within`,
        which count from now. Raises `StepFailureError`.
        """
        usual = deadlines.EOF_AFTER_HALF_CLOSE * self.patience
        deadline = self.deadline(within or usual, None if within else user.attendance.leaving)
        if not await deadline.until(partial(user.until, user.is_gone)):
            raise StepFailureError.missed(Failure.EOF, deadline)

    # -- connecting ----------------------------------------------------------------------------

    async def connect(self, user: User, within: float | None = None, at_once: bool = False) -> None:
        """Connect `user` and take the prompt. Raises `StepFailureError`."""
        async with self._at_the_door(at_once):
            try:
                await self._take_prompt(user, within or deadlines.PROMPT * self.patience)
            except StepFailureError:
                self._let_all_in()
                raise

    def _let_all_in(self) -> None:
        # Whoever waits behind must not wait for this one's deadline, and then for theirs.
        if not self._stuck:
            self._stuck = True
            for _ in self.users:
                self._door.release()

    @asynccontextmanager
    async def _at_the_door(self, at_once: bool) -> AsyncIterator[None]:
        if at_once or self._stuck:
            yield
            return
        async with self._door:
            yield

    async def _take_prompt(self, user: User, seconds: float) -> None:
        deadline = self.deadline(seconds)
        try:
            await deadline.finish(user.connect(self.target.host, self.target.port, user.buffer))
        except TimeoutError:
            raise StepFailureError.missed(Failure.CONNECT, deadline, "no answer") from None
        except OSError as error:
            note = os.strerror(error.errno) if error.errno else str(error)
            raise StepFailureError(Failure.CONNECT, note=note) from error
        await self._await_prompt(user, seconds)

    async def _await_prompt(self, user: User, seconds: float) -> None:
        def settled() -> bool:
            gone = user.attendance.gone is not None
            return user.prompted or user.wrongly_prompted or gone

        deadline = self.deadline(seconds)
        came = await deadline.until(partial(user.until, settled))
        if user.prompted:
            return
        if user.wrongly_prompted:
            raise StepFailureError(Failure.WRONG_PROMPT)
        if came:
            raise StepFailureError(Failure.DISCONNECTED, note="before any prompt")
        raise StepFailureError.missed(Failure.PROMPT, deadline)

    async def connect_first(self, user_of: Callable[[], User]) -> User:
        """Connect the first of all, again and again while nobody listens: the readiness probe."""
        self._stuck = False
        deadline = self.deadline(deadlines.LISTENING * self.patience)
        try:
            user = await deadline.finish(self._knock(user_of))
        except TimeoutError:
            raise StepFailureError.missed(Failure.LISTENING, deadline) from None
        await self._await_prompt(user, deadlines.PROMPT * self.patience)
        return user

    async def _knock(self, user_of: Callable[[], User]) -> User:
        while True:
            user = user_of()
            try:
                await user.connect(self.target.host, self.target.port)
            except (OSError, asyncio.CancelledError) as error:
                del self.users[user.conn]
                if isinstance(error, asyncio.CancelledError):
                    raise
                await asyncio.sleep(RETRY)
            else:
                return user

    # -- speaking ------------------------------------------------------------------------------

    async def until_may_speak(self, user: User) -> None:
        """Wait until what `user` says next is read by itself, where that matters.

        Raises `StepFailureError` where the server does not read what was said before.
        """
        if self.pace.one_at_a_time:
            await self.until_read(user)

    async def until_read(
        self, user: User, failure: Failure = Failure.ACCEPT, seconds: float | None = None
    ) -> None:
        """Wait until the server has read all that `user` wrote; else raise `StepFailureError`."""
        deadline = self.deadline(deadlines.ACCEPT * self.patience if seconds is None else seconds)
        if not await deadline.until(partial(self.pace.until_read, user)):
            raise StepFailureError.missed(failure, deadline)

    async def speak(self, user: User, kind: Kind, seconds: float | None = None) -> Message | None:
        """Let `user` say a message that is nothing but its token.

        None where it is gone, or the server has not read what it said before within `seconds`.
        """
        seconds = deadlines.ACCEPT * self.patience if seconds is None else seconds
        async with user.turn:
            if self.pace.one_at_a_time and not await self.pace.until_read(user, seconds):
                return None
            if not user.present:
                return None
            token = mint(user.conn, user.said)
            dialect = self.recorder.transcript.dialect
            return user.say(dialect.said_bytes(token.decode("ascii"), user.nick), token, kind)

    # -- joining -------------------------------------------------------------------------------

    async def join(
        self,
        user: User,
        within: float | None = None,
        at_once: bool = False,
        name: Callable[[User], Awaitable[None]] = give_name,
    ) -> User:
        """Bring `user` into the room, until it has heard someone; return who is in.

        `name` sends the nickname.

        A nickname whose owner has just gone may still be refused for a while: then the same person
        tries again on a connection of its own. Raises `StepFailureError`.
        """
        seconds = within or deadlines.JOIN * self.patience
        deadline = self.deadline(seconds)
        while True:
            if not user.connected:
                await self.connect(user, within, at_once)
                # The time at the door, behind a crowd, is not its own.
                deadline = self.deadline(seconds, user.attendance.connecting)
            await name(user)
            longest = 0.0 if within else deadlines.SLOW * self.patience
            if await self.until_settled(user, deadline, longest):
                if user.attendance.joined is not None:
                    return user
                if not self.was_just_used(user.nick):
                    note = "asked for it again" if user.asked_again else ""
                    raise StepFailureError(Failure.REFUSED, note=note)
                if not user.asked_again:
                    user.hang_up(Ending.GIVEN_UP)
                    user = self.enrol(user.person, user.nick, user.role)
                await asyncio.sleep(RETRY)
            else:
                raise StepFailureError.missed(Failure.JOIN, deadline)

    async def until_settled(self, user: User, deadline: Deadline, longest: float = 0.0) -> bool:
        """Wait until the server has let `user` in, or has not; False where it does neither.

        While `user` reads at least something that may take `longest`.
        """
        if not await self.until_silent(user, partial(_is_settled, user), deadline, longest):
            return False
        prompt = self.recorder.transcript.dialect.prompt
        if user.asked_again and prompt and not prompt.exact:
            await user.until(lambda: not user.asked_again, MORE_MAY_COME * self.patience)
            if not _is_settled(user):
                return await self.until_settled(user, self.deadline(deadline.seconds), longest)
        return True

    async def until_silent(
        self, user: User, done: Callable[[], bool], deadline: Deadline, longest: float
    ) -> bool:
        """Wait until `done`, or until `user` has read nothing for as long as `deadline` is.

        `longest` seconds at most, or as long as `deadline` is; tell whether it came.
        """

        async def wait(left: float) -> bool:
            return await user.until_silent(done, left, max(longest - deadline.elapsed, left))

        return await deadline.until(wait)

    def was_just_used(self, nick: str) -> bool:
        """Tell whether the owner of `nick` has just gone, so that it may still be refused."""
        left = self._left_at.get(nick)
        limit = deadlines.NICKNAME_FREE * self.patience
        return left is not None and self.recorder.now() - left < limit * NANOSECONDS


def _is_settled(user: User) -> bool:
    settled = user.attendance.joined is not None or user.attendance.gone is not None
    return settled or user.asked_again


def _is_open(user: User) -> bool:
    attendance = user.attendance
    if attendance.connected is None or attendance.closed is not None:
        return False
    return attendance.leaving is None and attendance.gone is None
