"""Frames: a stream cut where its terminators or its lengths say. Knows no dialect. Pure.

Bytes that can be no frame of any use, too long, or with a length that is nonsense, are not waited
for: they come out in pieces.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from harness.ends import HEADER, MOST_PAYLOAD, Ends

MOST_KEPT = 1 << 16
"""Bytes of a frame that are kept in any case, whatever was said."""


class Frame(NamedTuple):
    """The `payload` of one frame; where it is not `whole`, a piece of one, `last` the last."""

    payload: bytes
    whole: bool = True
    last: bool = True


class Frames:
    """Cuts one stream; a frame longer than what `longest` returns comes out in pieces."""

    def __init__(self, ends: Ends, longest: Callable[[], int]) -> None:
        self._ends = ends
        self._longest = longest
        self._kept = bytearray()
        # How far no terminator was found; how many bytes the broken frame still has.
        self._searched = 0
        self._owed = 0
        self._broken = False
        self._lost = False

    @property
    def begun(self) -> bytes:
        """What has come of the frame that is not whole yet; of a length, what is behind it."""
        if self._broken or not self._ends.counted:
            return bytes(self._kept)
        return bytes(self._kept[HEADER:])

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Take bytes; yield the frames that they end, and pieces of what is no frame."""
        self._kept += data
        yield from self._counted() if self._ends.counted else self._ended()

    def _ended(self) -> Iterator[Frame]:
        end, width, begin = self._ends.terminator, len(self._ends.terminator), 0
        at = self._kept.find(end, self._searched)
        while at >= 0:
            yield Frame(bytes(self._kept[begin:at]), whole=not self._broken)
            self._broken = False
            begin = at + width
            at = self._kept.find(end, begin)
        del self._kept[:begin]
        self._searched = max(len(self._kept) - width + 1, 0)
        if self._broken or self._is_too_long(len(self._kept)):
            self._broken = True
            yield from self._piece(self._searched)

    def _counted(self) -> Iterator[Frame]:
        while self._kept:
            if self._broken:
                owed = len(self._kept) if self._lost else min(self._owed, len(self._kept))
                self._owed -= owed
                self._broken = self._lost or self._owed > 0
                yield from self._piece(owed, last=not self._broken)
                continue
            size = int.from_bytes(self._kept[:HEADER], "big")
            if len(self._kept) < HEADER:
                return
            self._lost = size > MOST_PAYLOAD
            if self._lost or self._is_too_long(size):
                del self._kept[: 0 if self._lost else HEADER]
                self._owed, self._broken = size, True
            elif len(self._kept) < HEADER + size:
                return
            else:
                yield Frame(bytes(self._kept[HEADER : HEADER + size]))
                del self._kept[: HEADER + size]

    def _piece(self, size: int, last: bool = False) -> Iterator[Frame]:
        yield Frame(bytes(self._kept[:size]), whole=False, last=last)
        del self._kept[:size]
        self._searched = 0

    def _is_too_long(self, size: int) -> bool:
        return size > MOST_KEPT and size > MOST_KEPT + self._longest()
