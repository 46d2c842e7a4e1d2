"""Awaiting: until somebody hears what a step says, or is told who came and who went.

Knows nothing of how it is said, and of checks.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from functools import partial

from harness import deadlines
from harness.announcement import Occasion
from harness.attendance import Attendance, departed_at
from harness.crew import Crew, StepFailureError
from harness.events import Failure
from harness.plan import Deed
from harness.saying import Saying
from harness.speech import Message
from harness.user import User
from harness.verbs import Verb

_SEEN = {
    Verb.SEES_JOIN: (Occasion.JOIN,),
    Verb.SEES_LEAVE: (Occasion.LEAVE, Occasion.LOST),
}


class Awaiting:
    """What the people of a story wait for.

    `users` are their connections by name, `lives` by the number that the plan gave them, and
    `failed` the names of those whose part of a step has failed.
    """

    def __init__(
        self,
        crew: Crew,
        saying: Saying,
        users: Mapping[str, User],
        lives: Mapping[int, User],
        failed: AbstractSet[str],
    ) -> None:
        self.crew = crew
        self._saying = saying
        self._users = users
        self._lives = lives
        self._failed = failed

    async def hears(self, user: User, deed: Deed) -> bool:
        """Wait until `user` has heard what `deed` says; False where there is nothing to wait for.

        Raises `StepFailureError` where it does not come in time.
        """
        wanted = self._wanted(deed, user) if user.present else []
        for heard in wanted:
            await self._until(user, deed, heard)
        return bool(wanted)

    def _wanted(self, deed: Deed, user: User) -> list[Callable[[], bool]]:
        text = deed.hears_text
        if text is not None:
            return [partial(self._has_heard_text, user, text)]
        latest = (self._latest(person) for person in deed.hears_from)
        return [partial(user.has_heard, one) for one in latest if one and user.is_owed(one)]

    def _has_heard_text(self, user: User, text: str) -> bool:
        listener = self.crew.recorder.transcript.listeners[user.conn]
        return any(
            text in said and message.conn != user.conn and listener.has_heard(message)
            for message, said in self._saying.texts.items()
        )

    def _latest(self, person: str) -> Message | None:
        user = self._users.get(person)
        speech = self.crew.recorder.transcript.voices.speeches.get(user.conn) if user else None
        return speech.messages[-1] if speech and speech.messages else None

    async def sees(self, user: User, deed: Deed) -> bool:
        """Wait until `user` was told of everyone that `deed` names; False where nobody can come.

        Raises `StepFailureError` where it is not told in time.
        """
        seen = False
        for person, life in zip(deed.hears_from, deed.sees, strict=True):
            if not user.present:
                break
            done = partial(self._is_told, user, person, life, deed.verb)
            await self._until(user, deed, done, f"nothing was told of {person}")
            seen = seen or person not in self._failed
        return seen

    async def _until(
        self, user: User, deed: Deed, done: Callable[[], bool], note: str = ""
    ) -> None:
        deadline = self.crew.deadline(deed.within or deadlines.HEARS * self.crew.patience)
        longest = deed.within or deadlines.SLOW * self.crew.patience
        over = partial(_is_over, user, done)
        if not await self.crew.until_silent(user, over, deadline, longest) and not done():
            raise StepFailureError.missed(Failure.HEARS, deadline, note)

    def _is_told(self, user: User, person: str, life: int, verb: Verb) -> bool:
        # Of one whose own step has failed nobody need be told.
        if person in self._failed:
            return True
        other = self._lives.get(life)
        since = _since(other.attendance, verb) if other and other.connected else None
        if other is None or since is None:
            return False
        return any(
            one.at >= since and one.occasion in _SEEN[verb] and one.nick in ("", other.nick)
            for one in self.crew.recorder.transcript.listeners[user.conn].notices
        )


def _is_over(user: User, done: Callable[[], bool]) -> bool:
    return done() or not user.present


def _since(person: Attendance, verb: Verb) -> int | None:
    """Return when `person` began to come, or to go."""
    if verb is Verb.SEES_JOIN:
        return person.joining
    if person.leaving is None and person.gone is None:
        return None
    return departed_at(person)
