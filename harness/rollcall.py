"""Roll call: at the end everyone who has spoken says a closing token, and everyone awaits them all.

By the order within one sender, what is still missing of a sender whose closing token has come is
lost for certain: nobody has to wait in order to prove that nothing came.
"""

import asyncio
from collections import Counter
from functools import partial

from harness import deadlines
from harness.crew import Crew, StepFailureError
from harness.events import Failure, Kind
from harness.notices_owed import Key, is_told, still_owed
from harness.speech import Message
from harness.user import User


class RollCall:
    """One roll call among those who are in the room now."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew
        self.members = crew.healthy
        self._last_read = 0.0
        self._deadline = crew.deadline(deadlines.ROLL_CALL_SILENCE * crew.patience)
        self._changed = asyncio.Event()
        self._waiting: dict[User, set[Message]] = {}
        self._untold: dict[User, Counter[Key]] = {}
        self._seen: dict[User, int] = {}

    async def run(self) -> None:
        """Raises `StepFailureError` where a closing token did not come in time."""
        loop = asyncio.get_running_loop()
        speakers = [user for user in self.members if user.said and user.attendance.untext is None]
        closings = [await self._close(user) for user in speakers]
        echoes = self.crew.recorder.transcript.dialect.echo is not None
        self._waiting = {
            user: {one for one in closings if one and (echoes or one.conn != user.conn)}
            for user in self.members
        }
        for user in self.members:
            user.on_read = partial(self._read, user)
            self._seen[user] = 0
            self._look(user)
        self._last_read = begin = loop.time()
        self._deadline = self.crew.deadline(self._deadline.seconds)
        try:
            await self._await_all(begin)
            self._waiting = self._last_words()
            self._untold = self._notices()
            await self._await_all(begin)
        finally:
            for user in self.members:
                user.on_read = self.crew.on_read

    def _last_words(self) -> dict[User, set[Message]]:
        """Return what is still owed to whom of those who have gone: no closing token ends that."""
        transcript = self.crew.recorder.transcript
        owed: dict[User, set[Message]] = {user: set() for user in self.members}
        for conn, speech in transcript.voices.speeches.items():
            person = transcript.people[conn]
            last = -1 if person.present else transcript.last_owed(conn)
            for user in self.members if last >= 0 else ():
                message = speech.messages[last]
                joined = user.attendance.joined
                if joined is not None and joined < message.at and not user.has_heard(message):
                    owed[user].add(message)
        return {user: messages for user, messages in owed.items() if messages}

    def _notices(self) -> dict[User, Counter[Key]]:
        """Return of how many comings and goings each has still to be told."""
        users = {user.conn: user for user in self.members}
        owed = still_owed(self.crew.recorder.transcript, users)
        return {users[conn]: counts for conn, counts in owed.items()}

    async def _close(self, user: User) -> Message | None:
        seconds = deadlines.ROLL_CALL_SILENCE * self.crew.patience
        closing = await self.crew.speak(user, Kind.CLOSING, seconds)
        if closing is None and user.present:
            raise StepFailureError(Failure.ROLL_CALL, seconds)
        return closing

    def _read(self, user: User) -> None:
        self._last_read = asyncio.get_running_loop().time()
        self._look(user)
        if self.crew.on_read:
            self.crew.on_read()

    def _look(self, user: User) -> None:
        untold = self._untold.get(user)
        told = untold and is_told(self.crew.recorder.transcript, user.conn, untold)
        if told or not user.present:
            self._untold.pop(user, None)
            self._changed.set()
        waiting = self._waiting.get(user)
        listener = self.crew.recorder.transcript.listeners[user.conn]
        if waiting:
            waiting.difference_update(listener.messages[self._seen[user] :])
            self._seen[user] = len(listener.messages)
            # What came in another form has come; it will be reported, not waited for.
            waiting -= listener.damaged
            if listener.undecided:
                waiting -= {message for message in waiting if listener.has_heard(message)}
        # Who is thrown out meanwhile will hear nothing more.
        if not waiting or not user.present:
            self._waiting.pop(user, None)
            self._changed.set()

    async def _await_all(self, begin: float) -> None:
        loop = asyncio.get_running_loop()
        longest = deadlines.ROLL_CALL * self.crew.patience
        while self._still_waiting():
            made_up = self._deadline.made_up
            end = min(self._last_read + self._deadline.seconds, begin + longest) + made_up
            if loop.time() >= end:
                if self._deadline.more():
                    continue
                over = loop.time() >= begin + longest + made_up
                seconds = longest if over else self._deadline.seconds
                raise StepFailureError(Failure.ROLL_CALL, seconds, late=self._deadline.late)
            self._changed.clear()
            try:
                async with asyncio.timeout_at(end):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _still_waiting(self) -> bool:
        # Who was thrown out hears nothing more; that is a matter for the judge.
        return any(user.present for user in (*self._waiting, *self._untold))
