"""The room: who is in it, and what each member is to be sent, without any input or output.

It knows nothing of sockets, event loops or clocks. A shell calls it with what was read, and
takes from it what is to be written, who is to be closed and what there is to log.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from reference.framing import (
    PROMPT,
    Dialect,
    FramingError,
    LinesDecoder,
    RawDecoder,
    decoder_for,
    encode,
    nickname_in,
)

Peer = TypeVar("Peer", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody became a member."""

    nickname: str


@dataclass(frozen=True, slots=True)
class Left:
    """A member is gone."""

    nickname: str


class _Person:
    """One connection: a newcomer until `nickname` is known, a member from then on."""

    __slots__ = ("closing", "decoder", "nickname", "omitted")

    def __init__(self, decoder: RawDecoder | LinesDecoder) -> None:
        self.decoder = decoder
        self.nickname = b""
        self.closing = False
        # Offsets into the batch, begin and end in turn, of what is not for this member.
        self.omitted: list[int] = []

    def omit(self, begin: int, end: int) -> None:
        if self.omitted and self.omitted[-1] == begin:
            self.omitted[-1] = end
        elif begin < end:
            self.omitted += (begin, end)


class Room(Generic[Peer]):
    """The chat itself; a peer is whatever the shell tells connections apart by.

    All that is said until the next `data_to_send` is one batch. It is made once, and each
    member gets it in one piece, less its own messages and what was said before it joined. So
    a batch costs each receiver one write, however many have talked, and everyone sees the
    messages in the same order.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.prompt = encode(dialect, PROMPT)
        self.pending = 0  # bytes in the batch
        self._dialect = dialect
        self._people: dict[Peer, _Person] = {}
        self._members: dict[Peer, _Person] = {}
        self._parts: list[bytes] = []
        self._closing: list[Peer] = []
        self._events: list[Joined | Left] = []

    def connection_made(self, peer: Peer) -> None:
        """Take in a newcomer, which gets the prompt, and nothing else until it has a nickname."""
        self._people[peer] = _Person(decoder_for(self._dialect))

    def receive_data(self, peer: Peer, data: bytes) -> None:
        """Take bytes read from a peer; ones that the dialect does not allow make it leave."""
        person = self._people[peer]
        if person.closing:
            return
        try:
            for frame in person.decoder.receive_data(data):
                if person.nickname:
                    self._say(person, frame)
                else:
                    self._join(peer, person, nickname_in(frame))
        except FramingError:
            self.receive_eof(peer)

    def receive_eof(self, peer: Peer) -> None:
        """Let a peer go that says no more: it still gets this batch, and is to be closed then."""
        person = self._people[peer]
        if not person.closing:
            person.closing = True
            self._closing.append(peer)

    def connection_lost(self, peer: Peer) -> None:
        """Forget a connection; what its member said before stays in the batch."""
        person = self._people.pop(peer, None)
        if person and self._members.pop(peer, None):
            self._events.append(Left(person.nickname.decode()))

    def data_to_send(self) -> Iterator[tuple[Peer, bytes]]:
        """Yield each member with what it is to be sent; read to its end, this empties the batch."""
        if not self._parts:
            return
        batch = b"".join(self._parts)
        self._parts = []
        self.pending = 0
        view = memoryview(batch)
        for peer, member in self._members.items():
            data = batch
            if member.omitted:
                data = _without(view, member.omitted)
                member.omitted = []
            if data:
                yield peer, data

    def peers_to_close(self) -> list[Peer]:
        """Return who has left, or was made to: to be closed once everything is sent."""
        peers, self._closing = self._closing, []
        for peer in peers:
            self.connection_lost(peer)
        return peers

    def events(self) -> list[Joined | Left]:
        """Return who has joined and who has left since the last call, in that order."""
        events, self._events = self._events, []
        return events

    def _join(self, peer: Peer, person: _Person, nickname: bytes) -> None:
        person.nickname = nickname
        person.omit(0, self.pending)
        self._members[peer] = person
        self._events.append(Joined(nickname.decode()))

    def _say(self, person: _Person, message: bytes) -> None:
        if not message:
            return
        part = encode(self._dialect, person.nickname + b": " + message)
        self._parts.append(part)
        person.omit(self.pending, self.pending + len(part))
        self.pending += len(part)


def _without(batch: memoryview, omitted: list[int]) -> bytes:
    """Return the batch without the parts between each begin and end."""
    kept = [0, *omitted, len(batch)]
    return b"".join([batch[kept[i] : kept[i + 1]] for i in range(0, len(kept), 2)])
