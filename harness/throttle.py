"""Throttle: much is said no faster than those who read can have it.

A server may bound what it keeps for a member, and put out whoever exceeds that. Who reads must not
be put out because this harness is slow, nor because a busy machine lets the server's own threads
wait: so whoever says much waits for those who read, now and then and never for long. Knows nothing
of stories, and of what is said only how much.
"""

import asyncio
from collections import deque
from functools import partial

from harness.crew import Crew
from harness.speech import Message
from harness.user import User

MUCH = 1 << 16
"""After so many bytes said it is looked at who is behind."""
BEHIND = 1 << 16
"""So many bytes may wait in the kernel, on our side."""
AHEAD = 16
"""So many times `MUCH` may be said that somebody has not heard: a quarter of what servers keep."""
MOST_SECONDS = 1.0
LONGEST = 10.0


class Throttle:
    """Of all that is said in a story."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._said = 0
        self._unheard: deque[Message] = deque()
        # Who does not hear what others say is not waited for again.
        self._given_up: set[User] = set()

    async def said(self, conn: int, count: int) -> None:
        """Wait, if it is time to, after `conn` has said `count` bytes more."""
        self._said += count
        if self._said < MUCH:
            return
        self._said = 0
        await self._until_read()
        speech = self._crew.recorder.transcript.voices.speeches.get(conn)
        self._unheard += speech.messages[-1:] if speech else []
        if len(self._unheard) > AHEAD:
            await self._until_heard(self._unheard.popleft())

    async def _until_read(self) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + MOST_SECONDS
        await asyncio.sleep(0)
        # Nothing tells when a queue of the kernel is short again; one turn of the loop reads them.
        while loop.time() < end and any(one.unread > BEHIND for one in self._crew.healthy):  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def _until_heard(self, message: Message) -> None:
        for user in self._crew.healthy:
            if user in self._given_up or user.conn == message.conn or not user.is_owed(message):
                continue
            heard = partial(_has_heard, user, message)
            if not await user.until_silent(heard, MOST_SECONDS, LONGEST):
                self._given_up.add(user)


def _has_heard(user: User, message: Message) -> bool:
    return not user.present or user.attendance.frozen or user.has_heard(message)
