"""Defects of a server, each put into the history of a correct one, and the check that owns it.

Each is put into the bytes that one receiver read; when they were read stays as it was. It is None
where a history has no place for it.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from edits import Edit, certain, edited, heard_by
from peers import Peer, Word
from rooms import Room

from harness.events import Event, Read


def is_unique(room: Room, word: Word) -> bool:
    """Tell whether no other message holds the same bytes: a quotation is as good."""
    every = b"".join(bytes(peer.said) for peer in room.peers)
    return every.count(room.peers[word.conn].said[word.begin : word.end]) == 1


def read_at(room: Room, peer: Peer, position: int) -> int:
    """Give the time at which `peer` read the byte at `position`."""
    offset = 0
    for event in room.events:
        if isinstance(event, Read) and event.conn == peer.conn and event.at > (peer.named or 0):
            offset += len(event.data)
            if offset > position:
                return event.at
    return room.now


def boundary(peer: Peer, after: int) -> int:
    """Give the first position from `after` on at which a relayed piece begins."""
    ends = [part.at for part in peer.parts if after <= part.at <= peer.read]
    return min(ends, default=peer.read)


Mutant = Callable[[Room, Random], "list[Event] | None"]


def drop(room: Room, draw: Random) -> list[Event] | None:
    every = certain(room)
    if not every:
        return None
    one = draw.choice(every)
    edits = []
    for part in one.parts:
        begin, end = one.body(part)
        only = end - begin == part.end - part.begin
        edits.append(Edit(part.at if only else begin, end))
    return edited(room, one.peer.conn, edits)


def repeat(room: Room, draw: Random) -> list[Event] | None:
    every = certain(room)
    if not every:
        return None
    one = draw.choice(every)
    after = boundary(one.peer, one.parts[-1].at + len(one.parts[-1].data))
    sender = room.peers[one.word.conn]
    copy = sender.prefix + bytes(sender.said[one.word.begin : one.word.end])
    return edited(room, one.peer.conn, [Edit(after, after, copy)])


def swap(room: Room, draw: Random) -> list[Event] | None:
    pairs = []
    for peer in room.peers:
        every = [one for one in heard_by(peer) if one.alone and one.word.token]
        pairs += [
            (one, two)
            for one in every
            for two in every
            if one.word.conn == two.word.conn
            and one.word.number + 1 == two.word.number
            # Else it would be heard before it was said, which is another defect.
            and two.word.at < read_at(room, peer, one.parts[0].at)
        ]
    if not pairs:
        return None
    one, two = draw.choice(pairs)
    first, second = one.parts[0], two.parts[0]
    edits = [
        Edit(first.at, first.at + len(first.data), second.data),
        Edit(second.at, second.at + len(second.data), first.data),
    ]
    return edited(room, one.peer.conn, edits)


def change(room: Room, draw: Random) -> list[Event] | None:
    every = certain(room)
    if not every:
        return None
    one = draw.choice(every)
    begin, end = one.body(draw.choice(one.parts))
    last = end - (1 if room.dialect.framed else 0)
    if last <= begin + 1:
        return None
    # With its first byte gone, nothing would tell which message it was.
    at = draw.randrange(begin + 1, last)
    return edited(room, one.peer.conn, [Edit(at, at + 1, b"Z")])


def misname(room: Room, draw: Random) -> list[Event] | None:
    every = [one for one in certain(room) if one.alone]
    others = [peer for peer in room.peers if peer.words]
    if not every:
        return None
    one = draw.choice(every)
    part = one.parts[0]
    prefix = room.peers[one.word.conn].prefix
    at = read_at(room, one.peer, part.at)
    wrong = [
        peer.prefix
        for peer in others
        if peer.prefix != prefix and peer is not one.peer and (peer.named or 0) < at
    ]
    if not wrong:
        return None
    edit = Edit(part.at, part.at + len(prefix), draw.choice(wrong))
    return edited(room, one.peer.conn, [edit])


def echo(room: Room, draw: Random) -> list[Event] | None:
    peer = draw.choice([peer for peer in room.peers if peer.role == "beacon"])
    if not peer.words:
        return None
    reads = [e for e in room.events if isinstance(e, Read) and e.conn == peer.conn]
    word = draw.choice(peer.words)
    before = sum(len(e.data) for e in reads if (peer.named or 0) < e.at < word.at)
    at = boundary(peer, before)
    if at >= peer.read:
        return None
    copy = peer.prefix + bytes(peer.said[word.begin : word.end])
    return edited(room, peer.conn, [Edit(at, at, copy)])


def hole(room: Room, draw: Random) -> list[Event] | None:
    every = certain(room)
    if not every:
        return None
    one = draw.choice(every)
    begin, end = one.body(draw.choice(one.parts))
    room_for = end - begin - (1 if room.dialect.framed else 0)
    if room_for < 4:
        return None
    size = draw.randint(1, 3)
    at = draw.randint(begin + 1, begin + room_for - size - 1) if room_for > size + 1 else begin
    return edited(room, one.peer.conn, [Edit(at, at + size)])


def invent(room: Room, draw: Random) -> list[Event] | None:
    peer = draw.choice([peer for peer in room.peers if peer.heard] or [room.peers[0]])
    if not peer.heard:
        return None
    at = boundary(peer, draw.randint(0, peer.read))
    now = read_at(room, peer, at)
    # Under the name of who is in the middle of a message it would be that message, altered.
    senders = [one for one in room.peers[:2] if one is not peer and (one.named or 0) < now]
    if not senders:
        return None
    sender = draw.choice(senders)
    text = sender.prefix + b"ZZ no one said this" + room.dialect.ending
    return edited(room, peer.conn, [Edit(at, at, text)])


def replay(room: Room, draw: Random) -> list[Event] | None:
    peer = room.peers[-1]
    others = [other for other in room.peers if other is not peer]
    old = [
        earlier
        for other in others
        for index, earlier in enumerate(other.heard)
        if is_unique(room, earlier)
        and earlier.at < (peer.named or 0)
        and any(
            later.conn == earlier.conn and at < (peer.named or 0)
            for later, at in list(zip(other.heard, other.times, strict=True))[index + 1 :]
        )
    ]
    if not old or not peer.read:
        return None
    word = draw.choice(old)
    sender = room.peers[word.conn]
    text = sender.prefix + bytes(sender.said[word.begin : word.end])
    return edited(room, peer.conn, [Edit(0, 0, text)])


MUTANTS: dict[str, tuple[Mutant, str]] = {
    "drop": (drop, "delivery"),
    "repeat": (repeat, "once"),
    "swap": (swap, "order"),
    "change": (change, "intact"),
    "misname": (misname, "prefix"),
    "echo": (echo, "echo"),
    "hole": (hole, "intact"),
    "invent": (invent, "nothing invented"),
    "replay": (replay, "nothing invented"),
}
