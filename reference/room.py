"""The room: who is in it, and what each member is to be sent, without any input or output.

It knows nothing of sockets, event loops or clocks. A shell calls it with what was read, and
takes from it what is to be written, who is to be closed and what there is to log.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from reference.framing import ChunksDecoder, Dialect, FramingError, LinesDecoder, nickname_in

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

    __slots__ = ("closing", "decoder", "nickname", "omitted", "prefix", "welcome")

    def __init__(self, decoder: ChunksDecoder | LinesDecoder) -> None:
        self.decoder = decoder
        self.nickname = b""
        self.prefix = b""
        self.welcome = b""  # for this member alone, in front of its share of the batch
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

    All that is said and announced until the next `data_to_send` is one batch. It is made once,
    and each member gets it in one piece, less what is not for it: what was said before it
    joined and, in a dialect without echo, its own messages. So a batch costs each receiver one
    write, however many have talked, and everyone sees the messages in the same order.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.prompt = dialect.prompt + dialect.end
        self.pending = 0  # bytes in the batch
        self._dialect = dialect
        self._people: dict[Peer, _Person] = {}
        self._members: dict[Peer, _Person] = {}
        self._parts: list[bytes] = []
        self._closing: list[Peer] = []
        self._events: list[Joined | Left] = []

    def connection_made(self, peer: Peer) -> None:
        """Take in a newcomer, which gets the prompt, and nothing else until it has a nickname."""
        self._people[peer] = _Person(LinesDecoder() if self._dialect.end else ChunksDecoder())

    def receive_data(self, peer: Peer, data: bytes) -> None:
        """Take bytes read from a peer; ones that the dialect does not allow make it leave."""
        person = self._people[peer]
        if person.closing:
            return
        try:
            for frame in person.decoder.receive_data(data):
                if not person.nickname:
                    self._join(peer, person, nickname_in(frame))
                elif frame:
                    self._tell(person, person.prefix + frame, echo=self._dialect.echo)
        except FramingError:
            self.receive_eof(peer)

    def receive_eof(self, peer: Peer) -> None:
        """Let a peer go that says no more: it still gets this batch, and is to be closed then."""
        person = self._people[peer]
        if not person.closing:
            self._leave(person)
            self._closing.append(peer)

    def connection_lost(self, peer: Peer) -> None:
        """Forget a connection; what its member said before stays in the batch."""
        person = self._people.pop(peer, None)
        if person and self._members.pop(peer, None):
            self._leave(person)
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
                data = member.welcome + _without(view, member.omitted)
                member.omitted, member.welcome = [], b""
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
        dialect = self._dialect
        person.nickname = nickname
        person.prefix = dialect.server_prefix.replace(b"{nick}", nickname)
        person.omit(0, self.pending)
        self._members[peer] = person
        self._events.append(Joined(nickname.decode()))
        if dialect.joined:
            joined = dialect.joined.replace(b"{nick}", nickname)
            self._tell(person, joined, echo=False)
            person.welcome = joined + dialect.end + dialect.greeting + dialect.end

    def _leave(self, person: _Person) -> None:
        """Tell the others of it, once, behind all that this person has said."""
        left = self._dialect.left.replace(b"{nick}", person.nickname)
        if left and person.nickname and not person.closing:
            self._tell(person, left, echo=False)
        person.closing = True

    def _tell(self, person: _Person, text: bytes, *, echo: bool) -> None:
        part = text + self._dialect.end
        self._parts.append(part)
        if not echo:
            person.omit(self.pending, self.pending + len(part))
        self.pending += len(part)


def _without(batch: memoryview, omitted: list[int]) -> bytes:
    """Return the batch without the parts between each begin and end."""
    kept = [0, *omitted, len(batch)]
    return b"".join([batch[kept[i] : kept[i + 1]] for i in range(0, len(kept), 2)])
