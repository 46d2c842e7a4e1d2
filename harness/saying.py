"""Saying: the words of a step go out, at their times, cut and glued as the plan has it.

Knows nothing of hearing and of checks.
"""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial

from harness import deadlines
from harness.crew import NANOSECONDS, Crew, StepFailureError
from harness.events import Failure, Kind
from harness.plan import Deed, PlannedStep, Utterance
from harness.speech import Message
from harness.throttle import Throttle
from harness.user import User


class Saying:
    """Says what is planned; `texts` keeps what each message of the story was in words."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew
        self.texts: dict[Message, str] = {}
        self._throttle = Throttle(crew)

    async def say(self, user: User, step: PlannedStep, deed: Deed, begin: int) -> bool:
        """Say everything of `deed`; tell whether `user` was there to the end.

        Raises `StepFailureError` where the server takes no byte for too long.
        """
        offset = begin + int(deed.after * NANOSECONDS)
        for group in _groups(deed.utterances):
            dues = [offset + int(one.at * NANOSECONDS) for one in group]
            delay = (dues[-1] - self.crew.recorder.now()) / NANOSECONDS
            if delay > 0:
                await asyncio.sleep(delay)
            if not _can_say(user):
                return False
            async with user.turn:
                await self.crew.until_may_speak(user)
                if not _can_say(user):
                    return False
                if _is_plain(group, deed):
                    message = user.say(
                        group[0].data, group[0].token, Kind.STORY, step.index, dues[0]
                    )
                    self.texts[message] = group[0].text
                else:
                    await self._send(user, step, deed, group, dues)
                await self._until_accepted(user)
            await self._throttle.said(user.conn, sum(len(one.data) for one in group))
        return True

    async def _send(
        self, user: User, step: PlannedStep, deed: Deed, group: list[Utterance], dues: list[int]
    ) -> None:
        if not all(one.judged for one in group):
            # So that what was said before is not read together with bytes that are no text.
            await self.crew.until_read(user)
        for utterance, due in zip(group, dues, strict=True):
            self._note(user, utterance, step.index, due)
        data = b"".join(one.data for one in group)
        cuts = group[0].cuts if len(group) == 1 else ()
        await self._put(user, data, cuts, deed.delay, len(group))

    async def _put(
        self, user: User, data: bytes, cuts: tuple[int, ...], delay: float, glued: int
    ) -> None:
        """Write `data` in its segments; nothing counts as accepted before all of it is written."""
        user.cutting = True
        try:
            await self.crew.cutter.send(user, data, cuts, delay, glued)
        finally:
            user.cutting = False
        user.accept()

    def _note(self, user: User, utterance: Utterance, step: int, due: int) -> None:
        messages = utterance.messages
        if messages is not None:
            user.note_sent(utterance.data)
        kind = Kind.STORY if utterance.judged else Kind.UNTEXT
        for data in (utterance.data,) if messages is None else messages:
            token = utterance.token if utterance.token in data else b""
            message = user.note_said(data, token, kind, step, due)
            self.texts[message] = utterance.text

    async def _until_accepted(self, user: User) -> None:
        seconds = deadlines.ACCEPT * self.crew.patience
        done: Callable[[], bool] = lambda: not user.unsent or not user.open  # noqa: E731
        while not done():
            left, deadline = user.unsent, self.crew.deadline(seconds)
            came = await deadline.until(partial(user.until, done))
            if not came and user.open and user.unsent >= left:
                raise StepFailureError.missed(Failure.ACCEPT, deadline)

    async def give_name(self, user: User, step: PlannedStep, deed: Deed) -> None:
        """Send the nickname as `deed` has it: cut, or with a first message behind it."""
        data = user.note_name()
        # Where the name may be asked for again, what comes behind it would be taken for a name.
        once = not user.said and not self.crew.was_just_used(user.nick)
        greetings = deed.utterances if once else ()
        for greeting in greetings:
            self._note(user, greeting, step.index, self.crew.recorder.now())
            data += greeting.data
        if data:
            await self._put(user, data, deed.cuts, deed.delay, 1 + len(greetings))


def _can_say(user: User) -> bool:
    return user.present or (user.open and user.attendance.joining is None)


def _is_plain(group: list[Utterance], deed: Deed) -> bool:
    one = group[0]
    whole = len(group) == 1 and not one.cuts and one.messages is None
    return whole and one.judged and not deed.delay


def _groups(utterances: tuple[Utterance, ...]) -> Iterator[list[Utterance]]:
    """Yield what goes out together."""
    group: list[Utterance] = []
    for utterance in utterances:
        group.append(utterance)
        if not utterance.glued:
            yield group
            group = []
    if group:
        yield group
