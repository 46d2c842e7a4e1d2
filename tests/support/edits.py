"""Defects in the bytes that one receiver of a `Room` read, and where they can be put.

When they were read stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from peers import Part, Peer, Word
from rooms import Room

from harness.events import Event, Read


@dataclass(frozen=True)
class Edit:
    """Put `data` in the place of the bytes from `begin` to `end` of a receiver's stream."""

    begin: int
    end: int
    data: bytes = b""


def edited(room: Room, conn: int, edits: list[Edit]) -> list[Event]:
    """Write the history again, with `edits` in what `conn` read after it had given its name."""
    peer, events, offset = room.peers[conn], [], 0
    new = {edit.begin: edit.data for edit in edits}
    gone = {at for edit in edits for at in range(edit.begin, edit.end)}
    for event in room.events:
        if not isinstance(event, Read) or event.conn != conn or event.at < (peer.named or 0):
            events.append(event)
            continue
        data = b""
        for at, byte in enumerate(event.data, offset):
            data += new.get(at, b"") + (b"" if at in gone else bytes([byte]))
        offset += len(event.data)
        if offset == peer.read:
            data += new.get(offset, b"")
        if data:
            events.append(replace(event, data=data))
    return events


@dataclass(frozen=True)
class Heard:
    """One message that `peer` read whole, and the parts of its stream that hold it."""

    peer: Peer
    word: Word
    parts: tuple[Part, ...]

    def body(self, part: Part) -> tuple[int, int]:
        """Give where in the stream the bytes of the message in `part` begin and end."""
        behind = part.at + len(part.data) - part.end
        return behind + max(part.begin, self.word.begin), behind + min(part.end, self.word.end)

    @property
    def alone(self) -> bool:
        """Whether it came in one piece that is nothing else."""
        first = self.parts[0]
        whole = (first.begin, first.end) == (self.word.begin, self.word.end)
        return len(self.parts) == 1 and whole


def heard_by(peer: Peer) -> Iterator[Heard]:
    for word in peer.heard:
        parts = tuple(
            part
            for part in peer.parts
            if part.conn == word.conn and part.begin < word.end and part.end > word.begin
        )
        yield Heard(peer, word, parts)


def certain(room: Room) -> list[Heard]:
    """List what had to be heard: its receiver heard the same sender before and after."""
    found = []
    for peer in room.peers:
        every = list(heard_by(peer))
        for index, one in enumerate(every):
            same = [other.word.conn == one.word.conn for other in every]
            if any(same[:index]) and any(same[index + 1 :]) and one.word.token:
                found.append(one)
    return found
