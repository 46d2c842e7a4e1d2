"""Lab: the server that is asked, who is connected to it, and how long anything is waited for.

It knows how somebody joins and speaks as far as that was found out; what is asked, others know.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from harness.ends import NONE, Ends
from harness.errors import HarnessError
from harness.kernel import SocketDiag
from harness.learn.findings import Findings
from harness.learn.framing import frames
from harness.learn.names import Names
from harness.learn.probe import Probe
from harness.target import Target

STARTS = 10.0
FIRST_WORD = 0.4
ANSWERS = 1.5
LEAST_QUIET, MOST_QUIET = 0.15, 0.6
# More than 40 ms: so long a second small segment waits where Nagle meets a delayed ACK.
LEAST_BRIEF, MOST_BRIEF = 0.06, 0.3
_REFUSED_AGAIN = 0.02
_PROOFS = (0.05, 0.1, 0.2, 0.4, 0.8)


class NotLearntError(HarnessError):
    """The server cannot be understood; says what was tried."""

    exit_status = 3


class DiedError(Exception):
    """The server has ended while it was asked, or lets nobody in any longer."""


@dataclass(slots=True)
class Manner:
    """How one speaks, as far as it is known."""

    nicks: bool = True
    speaks_first: bool | None = None
    nickname: Ends = NONE
    said: Ends = NONE
    heard: Ends = NONE
    relay: str = ""
    prompt: bytes = b""


class Lab:
    """All that is asked goes through here; `people` are in the room to hear what others do."""

    def __init__(self, target: Target, findings: Findings) -> None:
        self.target = target
        self.findings = findings
        self.names = Names()
        self.manner = Manner()
        self.people: list[Probe] = []
        self.doors: list[bytes] = []
        self.said: list[str] = []
        self.earlier = 0
        self.refused = False
        self.doing = ""
        self._diag = SocketDiag()
        self._all: list[Probe] = []
        self._slowest = 0.0

    # -- time ----------------------------------------------------------------------------------

    @property
    def quiet(self) -> float:
        """Seconds of silence that are no answer."""
        return min(max(2 * self._slowest + 0.1, LEAST_QUIET), MOST_QUIET)

    @property
    def brief(self) -> float:
        """Seconds after which no more comes of what has begun to come."""
        return min(max(1.5 * self._slowest, LEAST_BRIEF), MOST_BRIEF)

    async def settle(self, probes: Iterable[Probe], quiet: float, most: float = 2.0) -> None:
        """Wait until none of `probes` was told anything for `quiet` seconds, `most` at most."""
        loop = asyncio.get_running_loop()
        watched, begun = list(probes), loop.time()
        while (now := loop.time()) < begun + most:
            last = max((begun, *(probe.last for probe in watched)))
            if now - last >= quiet:
                return
            await asyncio.sleep(min(quiet - (now - last), begun + most - now))

    def answered(self, begun: float) -> None:
        """Note how long an answer took."""
        self._slowest = max(self._slowest, asyncio.get_running_loop().time() - begun)

    # -- coming --------------------------------------------------------------------------------

    async def connect(self) -> Probe:
        """Return a new connection; raises `DiedError`, and while it has never listened waits."""
        loop = asyncio.get_running_loop()
        end = loop.time() + (ANSWERS if self._all else STARTS)
        while True:
            probe = Probe()
            try:
                async with asyncio.timeout_at(end):
                    await loop.create_connection(lambda p=probe: p, *self.address)  # type: ignore[misc]
            except (OSError, TimeoutError):
                if self.target.exited.done() or loop.time() >= end:
                    raise DiedError from None
                await asyncio.sleep(_REFUSED_AGAIN)
            else:
                self._all.append(probe)
                return probe

    @property
    def address(self) -> tuple[str, int]:
        """Where the server listens."""
        return self.target.host, self.target.port

    async def open(self) -> Probe:
        """Return a new connection that was told all that comes before a nickname."""
        probe = await self.connect()
        if self.manner.speaks_first is not False:
            patience = ANSWERS if self.manner.speaks_first else FIRST_WORD
            await probe.until(lambda: bool(probe.heard), patience)
            if not self._has_prompted(probe.heard):
                await self.settle([probe], max(self.brief, 0.05))
        probe.door = probe.take()
        self.doors.append(probe.door)
        return probe

    def _has_prompted(self, heard: bytes) -> bool:
        return bool(self.manner.prompt) and heard.endswith(self.manner.prompt)

    async def enter(self, nick: str = "") -> Probe:
        """Return a new connection that has given its nickname."""
        probe = await self.open()
        self.name(probe, nick or self.names.nick())
        await self.read(probe)
        return probe

    def name(self, probe: Probe, nick: str) -> None:
        """Give a nickname, where people have one."""
        probe.nick = nick
        if self.manner.nicks:
            probe.send(self.manner.nickname.wrap(nick.encode()))

    async def read(self, probe: Probe) -> None:
        """Wait until the server has read what was sent, for a while."""
        if await probe.until_read(self._diag, MOST_QUIET) is None:
            await asyncio.sleep(LEAST_QUIET)

    async def join(self, nick: str = "") -> Probe:
        """Return somebody who is in the room; raises `NotLearntError` where nobody gets in."""
        probe = await self.enter(nick)
        if not await self.is_in(probe):
            self.check_alive()
            raise NotLearntError("whoever came later heard nothing of what was said")
        return probe

    async def is_in(self, probe: Probe) -> bool:
        """Tell whether somebody hears what another says; where nobody is in yet, hope so."""
        speakers = [one for one in self.people if one is not probe and not one.ended]
        if not speakers:
            await self.settle([probe], self.quiet)
            return not probe.ended
        for seconds in _PROOFS:
            if await self.say(speakers[0], self.names.word(), [probe], seconds):
                return True
        return False

    async def assemble(self, count: int = 3) -> list[Probe]:
        """Have `count` people in the room, who were told nothing that was not taken."""
        self.people = [one for one in self.people if not one.ended]
        while len(self.people) < count:
            self.people.append(await self.join())
        await self.settle(self.people, self.brief)
        for one in self.people:
            one.take()
        return self.people

    # -- talking -------------------------------------------------------------------------------

    async def say(
        self, who: Probe, text: str, to: Sequence[Probe], seconds: float = ANSWERS
    ) -> bool:
        """Say a message; tell whether all of `to` heard its text within `seconds`."""
        self.said.append(text)
        begun = asyncio.get_running_loop().time()
        who.send(self.manner.said.wrap(text.encode()))
        if not to:
            await self.read(who)
            return True
        found = await asyncio.gather(*(one.hears(text.encode(), seconds) for one in to))
        if all(found):
            self.answered(begun)
        return all(found)

    def texts(self, data: bytes) -> list[str]:
        """Cut what came into its texts, without any that somebody said."""
        found = [decoded(one) for one in frames(data, self.manner.heard)]
        return [one for one in found if not any(said in one for said in self.said)]

    async def dismiss(self) -> None:
        """Let those who are in the room go, one by one; others will come."""
        for one in self.people:
            one.close()
            await self.settle(self.people, self.brief)
        self.people.clear()

    # -- the end -------------------------------------------------------------------------------

    def check_alive(self) -> None:
        """Raise `DiedError` where the server has ended."""
        if self.target.started and self.target.exited.done():
            raise DiedError

    def note_end(self) -> None:
        """Note that the server has ended, and when."""
        self.findings.defect(f"the server ended, or let nobody in any more, when {self.doing}")

    @property
    def is_noisy(self) -> bool:
        """Whether somebody was told more than anybody would listen to."""
        return any(probe.noisy for probe in self._all)

    def leave(self) -> None:
        """Reset every connection."""
        for probe in self._all:
            probe.reset()
        self.people.clear()

    async def restart(self) -> None:
        """Start the server anew; raises `NotLearntError` where that is not ours to do."""
        self.leave()
        if not self.target.started:
            raise NotLearntError("the server lets nobody in any longer, and is not ours to start")
        await self.target.relaunch()
        self._all.clear()

    async def close(self) -> None:
        """Let go of everything."""
        self.leave()
        self._diag.close()
        # A transport that was aborted is closed when the loop comes round.
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0)


def decoded(data: bytes) -> str:
    """Return bytes as text; what is no text, as half characters."""
    return data.decode("utf-8", "surrogateescape")
