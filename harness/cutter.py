"""Cutter: sends bytes in segments that the server reads one by one, as far as the kernel can tell.

A cut counts when the server made two reads of it: the next segment is written once the one before
has been read. Where the kernel cannot tell, a pause must do. Knows nothing of messages.
"""

import asyncio

from harness import events
from harness.kernel import SocketDiag, has_read
from harness.recorder import Recorder
from harness.user import User

# Whoever does not read for so long is not waited for any more.
MOST_SECONDS = 2.0
LOOK_AGAIN = 0.0005
BLIND_PAUSE = 0.005


class Cutter:
    """Cuts what the users of one run send."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.diag = SocketDiag()

    def close(self) -> None:
        """Let go of the kernel."""
        self.diag.close()

    async def send(
        self, user: User, data: bytes, cuts: tuple[int, ...], delay: float, glued: int = 1
    ) -> None:
        """Write `data`, cut at the offsets `cuts`, with a pause of `delay` seconds after each."""
        begin, apart, patient = 0, 0, True
        for end in cuts:
            if not user.write(data[begin:end]):
                return
            begin = end
            read = await self._until_read(user) if patient else False
            patient = read is not False
            apart = -1 if read is None or apart < 0 else apart + read
            await asyncio.sleep(delay)
        user.write(data[begin:])
        if cuts or glued > 1:
            now, pieces = self.recorder.now(), len(cuts) + 1
            self.recorder.add(events.Cut(now, user.conn, pieces, apart, glued))
        if delay:
            await asyncio.sleep(delay)

    async def _until_read(self, user: User) -> bool | None:
        loop = asyncio.get_running_loop()
        end = loop.time() + MOST_SECONDS
        while user.open and loop.time() < end:
            read = self.has_read(user)
            if read:
                return True
            if read is None:
                await asyncio.sleep(BLIND_PAUSE)
                return None
            await asyncio.sleep(LOOK_AGAIN)
        # Who is thrown out in the middle has been read.
        return not user.open

    def has_read(self, user: User) -> bool | None:
        """Tell whether the server has read all that `user` wrote; None where nobody knows."""
        addresses = user.addresses
        if addresses is None or user.unsent:
            return False
        return has_read(self.diag, addresses[1], addresses[0], user.bytes_written)
