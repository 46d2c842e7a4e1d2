"""Stall: somebody stops reading, and the others must not feel it.

Before the first freeze and before each thaw the harness measures how fast its own words reach all
who read; whether the stall was felt at all, the kernel tells. Knows nothing of checks.
"""

import asyncio
from functools import partial
from pathlib import Path

from harness import deadlines, events
from harness.beacons import Beacons
from harness.crew import Crew, StepFailureError
from harness.events import Failure, Kind
from harness.kernel import TcpState, available
from harness.speech import Message
from harness.user import User

ROUNDS = 9
ENOUGH, LONG_ENOUGH = 3, 2.0
# What somebody who will freeze lets wait unread; the system doubles it.
BUFFER = 1 << 16
MOST_TO_FILL = 64 << 20
_WMEM = Path("/proc/sys/net/ipv4/tcp_wmem")


class Stall:
    """Everyone who is frozen in one run."""

    def __init__(self, crew: Crew, beacons: Beacons) -> None:
        self.crew = crew
        self.beacons = beacons
        self._frozen: dict[User, dict[User, int]] = {}
        self._turn = asyncio.Lock()

    async def begin(self) -> None:
        """Take the baseline, unless somebody is frozen already. Raises `StepFailureError`."""
        async with self._turn:
            if not self._frozen:
                await self._gauge()
                self.crew.watch.sample("freeze", self.crew.open)

    def freeze(self, user: User) -> None:
        """Let `user` stop reading."""
        self._frozen[user] = {one: self._read_of(one) or 0 for one in self.crew.healthy}
        user.freeze()

    async def measure(self, users: list[User], within: float | None = None) -> None:
        """Measure while `users` are frozen. Raises `StepFailureError` where others hear nothing."""
        async with self._turn:
            try:
                await self._hear_all(within or deadlines.HEARS * self.crew.patience)
                await self._gauge()
            finally:
                # By now the server has read what was said, or reads no more.
                self.crew.watch.sample("frozen", self.crew.open)
                for user in users:
                    if user in self._frozen:
                        self._tell(user, self._frozen.pop(user))

    async def finish(self) -> None:
        """Measure for those who never thaw."""
        if self._frozen:
            await self.measure(list(self._frozen))

    # -- whether it was felt ---------------------------------------------------------------------

    def _tell(self, user: User, before: dict[User, int]) -> None:
        bit, proof = self._bite(user, before)
        recorder = self.crew.recorder
        recorder.add(events.Bitten(recorder.now(), user.conn, bit, proof))

    def _bite(self, user: User, before: dict[User, int]) -> tuple[int, str]:
        if user.attendance.leaving is not None:
            return -1, "it had ended before that could be told"
        addresses = user.addresses
        state = self.crew.cutter.diag.one(*addresses) if addresses else None
        # Where the kernel cannot be asked it knows no connection, whatever became of it.
        if available() and (state is None or state.state is not TcpState.ESTABLISHED):
            return 1, "the server had closed its connection"
        refused = [one for one in before if one.unsent]
        if refused:
            return 1, f"the server took no more from {refused[0].person}"
        need, read = fills(), self._read_since(before)
        if need is None or read is None:
            return -1, "this system does not tell what the server has read"
        words = f"the server had read {read:,} bytes from the others, of {need:,} that fill a stall"
        if read >= need:
            return 1, words
        return 0, f"{words}; let the others say more while {user.person} does not read"

    def _read_since(self, before: dict[User, int]) -> int | None:
        counts = [(self._read_of(one), begun) for one, begun in before.items()]
        known = [read - begun for read, begun in counts if read is not None]
        return sum(known) if known else None

    def _read_of(self, user: User) -> int | None:
        addresses = user.addresses
        state = self.crew.cutter.diag.one(addresses[1], addresses[0]) if addresses else None
        if state is None or state.bytes_received < 0:
            return None
        return state.bytes_received - state.receive_queue

    # -- whether the others felt it ----------------------------------------------------------------

    async def _hear_all(self, seconds: float) -> None:
        """Wait until everyone who reads has heard the latest word of everyone else."""
        speeches = self.crew.recorder.transcript.voices.speeches
        for speaker in self.crew.healthy:
            messages = speeches[speaker.conn].messages
            if messages and speaker.attendance.untext is None:
                await self._until_heard(speaker, messages[-1], seconds)

    async def _gauge(self) -> None:
        seconds = deadlines.HEARS * self.crew.patience
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for turn in range(ROUNDS):
            # Who is slow is known to be, after some.
            if turn >= ENOUGH and loop.time() - begun > LONG_ENOUGH:
                return
            alive = self.beacons.alive
            if not alive:
                return
            speaker = alive[turn % len(alive)]
            message = await self.crew.speak(speaker, Kind.GAUGE, seconds)
            if message is not None:
                await self._until_heard(speaker, message, seconds)
            elif speaker.present:
                note = f"nothing more was read from {speaker.person}"
                raise StepFailureError(Failure.STALL, seconds, note)

    async def _until_heard(self, speaker: User, message: Message, seconds: float) -> None:
        for user in self.crew.healthy:
            joined = user.attendance.joined
            if user is speaker or joined is None or joined >= message.at:
                continue
            heard = partial(_has_heard_or_gone, user, speaker, message)
            while not heard():
                read, deadline = user.bytes_read, self.crew.deadline(seconds)
                came = await deadline.until(partial(user.until, heard))
                # Much may have to be read before it: whoever reads is given more time.
                if not came and user.bytes_read == read:
                    note = f"{user.person} did not hear {speaker.person}"
                    raise StepFailureError.missed(Failure.STALL, deadline, note)


def _has_heard_or_gone(user: User, speaker: User, message: Message) -> bool:
    return user.has_heard(message) or not user.present or not speaker.present


def fills() -> int | None:
    """Return how many bytes the kernel keeps at most for one who does not read; None if unknown."""
    try:
        most = int(_WMEM.read_text(encoding="ascii").split()[2])
    except (OSError, ValueError, IndexError):
        return None
    return min(MOST_TO_FILL, most + 4 * BUFFER)
