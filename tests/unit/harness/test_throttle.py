"""`harness.throttle`: who says much waits for those who read, and for nobody else."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness import throttle
from harness.crew import Crew
from harness.speech import Message
from harness.throttle import AHEAD, BEHIND, MUCH, Throttle


@dataclass(eq=False)
class Hearer:
    """Somebody in the room, with what is asked of a user."""

    conn: int = 1
    present: bool = True
    attendance: Any = field(default_factory=lambda: SimpleNamespace(frozen=False))
    owed: bool = True
    queues: list[int] = field(default_factory=list)
    heard: set[int] = field(default_factory=set)
    waited: list[bool] = field(default_factory=list)
    while_waiting: Callable[[], None] = lambda: None

    @property
    def unread(self) -> int:
        return self.queues.pop(0) if self.queues else 0

    def is_owed(self, _: Message) -> bool:
        return self.owed

    def has_heard(self, message: Message) -> bool:
        return message.number in self.heard

    async def until_silent(self, done: Callable[[], bool], seconds: float, longest: float) -> bool:
        assert 0 < seconds < longest
        if not done():
            self.while_waiting()
        self.waited.append(done())
        return self.waited[-1]


def talk(
    *hearers: Hearer, count: int = AHEAD + 3, size: int = MUCH, stranger: bool = False
) -> None:
    """Let connection 0 say `count` messages, and a `stranger` as many bytes."""
    speech = SimpleNamespace(messages=[])
    transcript = SimpleNamespace(voices=SimpleNamespace(speeches={0: speech}))
    recorder = SimpleNamespace(transcript=transcript)
    crew = cast(Crew, SimpleNamespace(healthy=list(hearers), recorder=recorder))

    async def main() -> None:
        spoken = Throttle(crew)
        for number in range(count):
            speech.messages.append(SimpleNamespace(conn=0, number=number))
            await spoken.said(0, size)
            if stranger:
                await spoken.said(9, size)

    asyncio.run(main())


def test_who_says_little_waits_for_nobody() -> None:
    deaf = Hearer(queues=[BEHIND + 1])
    talk(deaf, count=AHEAD, size=MUCH)
    talk(deaf, count=1000, size=MUCH // 1001)
    assert (deaf.waited, deaf.queues) == ([], [])


def test_what_the_kernel_keeps_for_one_of_ours_is_read_first() -> None:
    hearer = Hearer(queues=[BEHIND + 1] * 5)
    talk(hearer, count=1)
    assert hearer.queues == []


def test_one_who_does_not_read_is_waited_for_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_SECONDS", 0.0)
    hearer = Hearer(queues=[BEHIND + 1] * 5)
    talk(hearer, count=1)
    assert len(hearer.queues) >= 4


def test_what_was_said_long_ago_is_heard_before_more_is_said() -> None:
    hearer = Hearer()
    hearer.while_waiting = lambda: hearer.heard.add(len(hearer.heard))
    talk(hearer)
    assert (hearer.waited, hearer.heard) == ([True] * 3, {0, 1, 2})


def test_who_does_not_hear_is_waited_for_once() -> None:
    deaf, hearer = Hearer(), Hearer(2, heard=set(range(AHEAD + 3)))
    talk(deaf, hearer)
    assert (deaf.waited, hearer.waited) == ([False], [True] * 3)


def test_who_has_no_name_has_said_no_message() -> None:
    deaf = Hearer()
    talk(deaf, count=AHEAD, stranger=True)
    assert deaf.waited == []


@pytest.mark.parametrize("stranger", [Hearer(0), Hearer(owed=False)], ids=["itself", "too late"])
def test_who_need_not_hear_is_not_waited_for(stranger: Hearer) -> None:
    talk(stranger)
    assert stranger.waited == []


@pytest.mark.parametrize("change", [{"present": False}, {"attendance": SimpleNamespace(frozen=1)}])
def test_who_goes_or_stops_reading_meanwhile_is_not_waited_for(change: dict[str, Any]) -> None:
    hearer = Hearer()
    hearer.while_waiting = lambda: vars(hearer).update(change)
    talk(hearer, count=AHEAD + 1)
    assert hearer.waited == [True]
