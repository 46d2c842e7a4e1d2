"""Pace: waits until the server has read what somebody wrote, so that the next read is of its own.

So it must be where a read of the server is what makes a message. Where the kernel cannot tell,
somebody who hears the last message proves it. Knows nothing of stories and of what is said.
"""

import asyncio
from collections.abc import Callable, Iterable
from itertools import islice

from harness.cutter import Cutter
from harness.user import User

LOOK_AGAIN = 0.001
# Who has not read for so many seconds is looked at less often.
SOON = 0.05
SELDOM = 0.01
BLIND_PAUSE = 0.1
BLIND_SECONDS = 1.0
# Whoever hears first is enough, and a crowd takes long to ask.
ASKED = 8


class Pace:
    """Of the users of one run; `members` are those who may hear what is said."""

    def __init__(self, cutter: Cutter, members: Callable[[], Iterable[User]]) -> None:
        self._cutter = cutter
        self._members = members
        self._unheard: set[int] = set()
        self.one_at_a_time = cutter.recorder.transcript.dialect.one_at_a_time

    async def until_read(self, user: User, seconds: float) -> bool:
        """Wait until the server has read all that `user` wrote; False where it takes too long.

        True also of one whose connection has ended, and where nobody can tell.
        """
        loop = asyncio.get_running_loop()
        begin = loop.time()
        while user.open:
            read = self._cutter.has_read(user)
            if read is None and not self.one_at_a_time:
                await asyncio.sleep(BLIND_PAUSE)
            elif read or read is None:
                await self._until_heard(user)
            if read or read is None:
                return True
            waited = loop.time() - begin
            if waited >= seconds:
                return False
            await asyncio.sleep(LOOK_AGAIN if waited < SOON else SELDOM)
        return True

    async def _until_heard(self, user: User) -> None:
        """Wait until somebody has heard the last message of `user`, where one message is one read.

        What the kernel has given to a program may still wait in a buffer of its own, and be taken
        out of it together with what comes next. Who is never heard is not waited for again.
        """
        speech = self._cutter.recorder.transcript.voices.speeches.get(user.conn)
        if not self.one_at_a_time or speech is None or not speech.messages:
            return
        last, hearers = speech.messages[-1], self._hearers(user)
        loop = asyncio.get_running_loop()
        end = loop.time() + (BLIND_PAUSE if user.conn in self._unheard else BLIND_SECONDS)
        while hearers and user.open:
            if any(one.has_heard(last) for one in hearers):
                self._unheard.discard(user.conn)
                return
            if loop.time() >= end:
                self._unheard.add(user.conn)
                return
            await asyncio.sleep(LOOK_AGAIN)

    def _hearers(self, user: User) -> list[User]:
        echoes = self._cutter.recorder.transcript.dialect.echo is not None
        members = (one for one in self._members() if one is not user)
        others = (one for one in members if one.attendance.joined is not None)
        return [*([user] if echoes else []), *islice(others, ASKED)]
