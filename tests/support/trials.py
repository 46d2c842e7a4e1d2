"""A `Room` in which more happens: people freeze, say what is no text, and the server starts again.

A server that is still correct: whoever thaws gets everything later, or has been disconnected; bytes
that are no text are replaced, passed on, left out, or end their speaker's connection.
"""

from __future__ import annotations

from collections.abc import Callable

from peers import Part, Peer, Word
from rooms import Room

from harness.announcement import Occasion
from harness.dialect import Dialect
from harness.events import (
    Broken,
    Ending,
    Eof,
    Event,
    Exited,
    Froze,
    Kind,
    Left,
    Role,
    Said,
    ServerDone,
    ServerTold,
    Thawed,
)
from harness.tokens import mint

BYTES = (
    *(b"\xff", b"\xff\xfe", b"\xc3", b"\xc3(", b"\xe2\x82", b"\xf0\x9f\xa6", b"\xed\xa0\x80"),
    *(b"\xbf\xbf", b"caf\xc3", b"abc\xffdef", b"\x80 one \x80 two"),
)
WAYS = ("replace", "pass", "ignore", "drop", "throw")


class Trial(Room):
    """One run: `marred` are the parts that hold something of a speaker who is not judged."""

    def __init__(self, seed: object, dialect: Dialect | None = None, **how: bool) -> None:
        super().__init__(seed, dialect=dialect, **how)
        draw = self.random
        self.way = draw.choice(WAYS)
        self.sends_empty = draw.random() < 0.3
        self.bounded = draw.random() < 0.5
        self.restarts = draw.choice((0, 0, 1, 2))
        self.marred: list[tuple[Peer, Part]] = []
        self.since = 0  # the first connection to this server

    def _step(self) -> None:
        draw = self.random.random()
        people = [p for p in self.peers if p.present and p.joined and p.role is Role.PERSON]
        able = [peer for peer in people if not peer.frozen]
        if draw < 0.02 and able:
            self._freeze(self.random.choice(able))
        elif draw < 0.05:
            frozen = [peer for peer in self.peers if peer.frozen and peer.left is None]
            if frozen:
                self._act_on_frozen(self.random.choice(frozen))
        elif draw < 0.08 and able:
            self._say_bytes(self.random.choice(able))
        elif draw < 0.084 and self.restarts:
            self._restart()
        else:
            super()._step()

    # -- who does not read -----------------------------------------------------------------------

    def _freeze(self, peer: Peer) -> None:
        peer.frozen = True
        self._add(Froze(self._tick(), peer.conn))

    def _act_on_frozen(self, peer: Peer) -> None:
        draw = self.random.random()
        if draw < 0.3 and self.bounded and peer.member:
            self._throw_out(peer)
        elif draw < 0.4:
            self._leave(peer)
        elif draw < 0.9:
            peer.frozen, peer.thawed = False, True
            self._add(Thawed(self._tick(), peer.conn))

    def _throw_out(self, peer: Peer) -> None:
        """Close the connection: what was not read of it, and some of what waits for it, is lost."""
        if peer.member:
            self._tell(peer, Occasion.LEAVE)
        peer.member, peer.thrown = False, True
        del peer.said[peer.known :]
        self._lose(peer)

    def _lose(self, peer: Peer) -> None:
        if self.random.random() < 0.7:
            del peer.stream[self.random.randint(peer.read, len(peer.stream)) :]
            peer.parts = [one for one in peer.parts if one.at + len(one.data) <= len(peer.stream)]

    def _client_acts(self, peer: Peer) -> list[Callable[[], None]]:
        if peer.frozen:
            return []
        if peer.thrown and not peer.unread and not peer.eof and peer.left is None:
            return [lambda: self._see_the_end(peer)]
        return super()._client_acts(peer)

    def _see_the_end(self, peer: Peer) -> None:
        peer.eof = True
        event: Event = Eof(self._tick(), peer.conn)
        if self.random.random() < 0.5:
            event = Broken(event.at, peer.conn, "Connection reset by peer")
        self._add(event)

    def _server_acts(self, peer: Peer) -> list[Callable[[], None]]:
        if peer.thrown:
            return [lambda: self._relay_one(peer)] if peer.job else []
        return super()._server_acts(peer)

    # -- what is no text -------------------------------------------------------------------------

    def _say_bytes(self, peer: Peer) -> None:
        while peer.known < len(peer.said) and not peer.thrown:
            self._receive(peer)
        for _ in range(self.random.choice((1, 1, 2, 4))):
            self._say_untext(peer)

    def _say_untext(self, peer: Peer) -> None:
        if peer.bad and self.random.random() < 0.4:
            token = mint(peer.conn, len(peer.words))
            self._note(
                peer, self.dialect.said_bytes(self._marked("one", token.decode()), ""), token
            )
            return
        peer.bad = True
        data = self._bytes()
        # With frames each line is a message, and so is what has no end.
        for piece in data.splitlines(keepends=True) if self.manner.framed else [data]:
            self._note(peer, piece, b"")

    def _note(self, peer: Peer, data: bytes, token: bytes) -> None:
        at, begin, number = self._tick(), len(peer.said), len(peer.words)
        self._add(Said(at, peer.conn, number, data, token, Kind.UNTEXT, at, -1))
        if not peer.thrown:
            peer.said += data
        peer.words.append(Word(peer.conn, number, begin, len(peer.said), at, token, Kind.UNTEXT))
        if self.random.random() < 0.7:
            self._accept(peer)

    def _bytes(self) -> bytes:
        data = self.random.choice(BYTES)
        if self.manner.framed and self.random.random() < 0.8:
            data += self.random.choice((b"\n", b"\n", b"\nmore\n"))
        return data

    def _receive(self, peer: Peer) -> None:
        if not peer.bad:
            super()._receive(peer)
            return
        size = self.manner.reads or self.random.choice((1, 3, 10, 40, 1000))
        peer.known = min(peer.known + size, len(peer.said))
        for piece in self._marred_pieces(peer):
            if self.way == "throw" and not _is_text(piece):
                self._throw_out(peer)
                return
            data = self._made_of(piece)
            if data or self.sends_empty:
                self._relay_marred(peer, data)

    def _marred_pieces(self, peer: Peer) -> list[bytes]:
        data = bytes(peer.said[peer.relayed : peer.known])
        if not self.manner.framed:
            peer.relayed = peer.known
            return [data]
        whole = data[: data.rfind(b"\n") + 1]
        peer.relayed += len(whole)
        return [line + b"\n" for line in whole.split(b"\n")[:-1]]

    def _made_of(self, piece: bytes) -> bytes:
        match self.way:
            case "replace":
                return piece.decode(errors="replace").encode()
            case "pass":
                return piece
            case "ignore":
                return piece.decode(errors="ignore").encode()
            case _:
                return piece if _is_text(piece) else b""

    def _relay_marred(self, peer: Peer, data: bytes) -> None:
        if self.manner.framed and not data:
            data = b"\n"
        receivers = [one for one in self.peers if one.member and self._may_hear(one, peer)]
        # As a part it is nothing of what was said: nobody is sure to have heard it.
        at = peer.relayed
        peer.job += [(one, peer.heard_by(one) + data, at, at) for one in receivers]
        while peer.job and not self.manner.threads:
            self._relay_one(peer)

    def _relay_one(self, peer: Peer) -> None:
        receiver = peer.job[0][0]
        before = len(receiver.parts)
        super()._relay_one(peer)
        if peer.bad and len(receiver.parts) > before:
            self.marred.append((receiver, receiver.parts[-1]))

    # -- the server ends and starts again ----------------------------------------------------------

    def _restart(self) -> None:
        self.restarts -= 1
        here = [peer for peer in self.peers[self.since :] if not peer.eof and peer.left is None]
        for peer in here:
            peer.left = Ending.SERVER
            self._add(Left(self._tick(), peer.conn, Ending.SERVER))
        self._add(ServerTold(self._tick(), "interrupt", 0))
        for _ in range(self.random.choice((0, 3, 30))):
            self._serve()
        self._go_down()
        self._add(Exited(self._tick(), 0))
        self._add(ServerTold(self._tick(), "restart", 0))
        self.since = len(self.peers)
        self._begin()
        self._add(ServerDone(self._tick(), "restart"))

    def _go_down(self) -> None:
        for peer in self.peers[self.since :]:
            peer.member, peer.sure, peer.job = False, True, []
            del peer.said[peer.known :]
            if not peer.eof:
                self._lose(peer)
                self._read_the_rest(peer)

    def _read_the_rest(self, peer: Peer) -> None:
        hears = not peer.frozen and peer.left not in (Ending.CLOSE, Ending.RESET)
        while hears and peer.unread:
            self._read(peer)
        if hears and peer.named is not None:
            self._see_the_end(peer)
        peer.eof = True


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
