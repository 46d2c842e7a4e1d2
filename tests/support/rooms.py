"""A model of correct servers, in memory: who says what, and the history that a run would record.

Two builds: an event loop (one order of all messages) and a thread per client (another order at each
receiver). Reads end anywhere, pieces are relayed as they come with the sender's name before each,
frames are put together first. People come and go at any time, and what they said just before they
closed may be lost from some byte on. A dialect may let everyone hear its own words, and tell who
comes and goes. Everything is drawn from a seed. It knows nothing of how a stream is understood
again.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from random import Random

from peers import Manner, Part, Peer, Word

from harness.announcement import Audience, Occasion
from harness.dialect import Dialect
from harness.dialect_files import load_dialect
from harness.events import (
    Accepted,
    Closed,
    Connect,
    Connected,
    Ending,
    Eof,
    Event,
    Kind,
    Left,
    Named,
    Read,
    Role,
    Said,
    Stage,
    StageBegun,
)
from harness.plan import Plan
from harness.tokens import mint

NAMES = (
    *("bob", "bob", "kbob", "a", "a: b", "b", "nickname", "Боб", "🦊", "beacon"),
    *("я" * 32, "b: bob", "bob: bob", "x"),
)
PLAIN = tuple(string.ascii_lowercase)
MILLISECOND = 1_000_000


class Room:
    """One run: `events` is its history, `peers` what is true of everyone."""

    def __init__(
        self,
        seed: object,
        *,
        framed: bool,
        threads: bool,
        adversarial: bool = False,
        whole: bool = False,
        dialect: Dialect | None = None,
    ) -> None:
        self.random = Random(f"{seed}/{framed}/{threads}/{adversarial}")
        self.whole = whole  # each message is one read of the server
        self.manner = self._manner(framed, threads, adversarial)
        self.dialect: Dialect = dialect or load_dialect("lines" if framed else "raw")
        self.events: list[Event] = []
        self.peers: list[Peer] = []
        self.now = 0
        self.coming = 0
        self.story = True
        self.lines: list[str] = []

    def _manner(self, framed: bool, threads: bool, adversarial: bool) -> Manner:
        draw = self.random
        return Manner(
            framed=framed,
            threads=threads,
            names=NAMES if adversarial else PLAIN,
            adversarial=adversarial,
            steps=draw.choice((60, 150, 300)),
            people=draw.choice((1, 2, 3, 3, 4, 6)),
            reads=draw.choice((0, 0, 1 << 16, 7, 32)),
            drops_empty=draw.random() < 0.5,
            pace=draw.choice((1_000, 100_000, MILLISECOND)),
            gulps=draw.random() < 0.4,
            departures=draw.choice((0.0, 0.02, 0.06)),
        )

    # -- the whole -----------------------------------------------------------------------------

    def run(self) -> Room:
        self._stage(Stage.STORY)
        self._begin()
        for _ in range(self.manner.steps):
            self._step()
        self.story = False
        self._stage(Stage.ROLL_CALL)
        for peer in self.peers:
            if peer.words and self._can_speak(peer):
                self._close(peer)
        self._drain()
        self._stage(Stage.CLEANUP)
        self._stage(Stage.ALIVE)
        newcomer = self._enter("newcomer", "newcomer", Role.NEWCOMER)
        self._settle_in(newcomer)
        self._drain()
        self._stage(Stage.DONE)
        return self

    def _begin(self) -> None:
        first, second = "beacon-1", "beacon-2"
        self._enter(first, first, Role.BEACON)
        while not self.peers[-1].member:
            self._serve()
        self._settle_in(self._enter(second, second, Role.BEACON))

    @staticmethod
    def _can_speak(peer: Peer) -> bool:
        return peer.present and not (peer.frozen or peer.bad)

    def _stage(self, stage: Stage) -> None:
        self._add(StageBegun(self._tick(), stage))

    def _tick(self) -> int:
        self.now += self.random.randint(1, self.manner.pace)
        return self.now

    def _add(self, event: Event) -> None:
        self.events.append(event)

    def _step(self) -> None:
        draw = self.random.random()
        present = [peer for peer in self.peers if peer.present]
        people = [peer for peer in present if peer.role is Role.PERSON]
        if draw < 0.08 and self.coming < 3 * self.manner.people:
            if len(people) < self.manner.people:
                names = self.manner.names
                name = self.random.choice(names) if len(names) < 26 else names[self.coming]
                self._enter(f"person-{self.coming}", name, Role.PERSON)
                self.coming += 1
        elif draw < 0.08 + self.manner.departures and people:
            peer = self.random.choice(people)
            if not peer.frozen:
                self._leave(peer)
        elif draw < 0.3:
            self._speak()
        else:
            self._serve()

    def _speak(self) -> None:
        able = [peer for peer in self.peers if self._can_speak(peer)]
        waiting = [peer for peer in able if peer.joined is None]
        beacons = [peer for peer in able if peer.role is Role.BEACON and peer.sure]
        in_room = [peer for peer in able if peer.joined and peer.role is Role.PERSON]
        if waiting and beacons and self.random.random() < 0.5:
            self._say(self.random.choice(beacons), None, Kind.BEACON)
        elif in_room:
            speaker = self.random.choice(in_room)
            for _ in range(self.random.choice((1, 1, 1, 2, 5))):
                self._say(speaker, self._text(), Kind.STORY)

    def _settle_in(self, peer: Peer) -> None:
        while peer.joined is None:
            self._speak()
            for _ in range(5):
                self._serve()
        while not peer.member:
            self._serve()

    def _drain(self) -> None:
        while self._serve():
            pass

    # -- people --------------------------------------------------------------------------------

    def _enter(self, person: str, nick: str, role: Role) -> Peer:
        address = "127.0.0.1", 40_000 + len(self.peers)
        prefix, echo = (of(nick, address) for of in (self.dialect.prefix, self.dialect.echo_prefix))
        peer = Peer(len(self.peers), person, nick, role, prefix or b"", echo)
        self.peers.append(peer)
        self._add(Connect(self._tick(), peer.conn, person, nick, role))
        self._add(Connected(self._tick(), peer.conn, *address))
        if self.dialect.prompt:
            self._add(Read(self._tick(), peer.conn, self.dialect.prompt_bytes))
        peer.named = self._tick()
        self._add(Named(peer.named, peer.conn, self.dialect.nickname_bytes(nick)))
        return peer

    def _say(self, peer: Peer, text: tuple[str, bool] | None, kind: Kind) -> None:
        token = mint(peer.conn, len(peer.words))
        body = token.decode()
        if text is not None:
            body = self._marked(text[0], body) if text[1] else text[0]
            token = token if text[1] else b""
        data = self.dialect.said_bytes(body, "")
        begin, at = len(peer.said), self._tick()
        number = len(peer.words)
        self._add(Said(at, peer.conn, number, data, token, kind, at, -1))
        peer.said += data
        peer.words.append(Word(peer.conn, number, begin, len(peer.said), at, token, kind))
        # As it is relayed, but for the token: those stand in nobody's text.
        self.lines.append(f"{peer.nick}: {text[0] if text else 'hi'}")
        if self.random.random() < 0.7:
            self._accept(peer)

    def _marked(self, text: str, token: str) -> str:
        if not text:
            return token
        return f"{token} {text}" if self.random.random() < 0.5 else f"{text} {token}"

    def _close(self, peer: Peer) -> None:
        self._say(peer, None, Kind.CLOSING)

    def _accept(self, peer: Peer) -> None:
        number = len(peer.words) - 1
        if number > peer.accepted and peer.left is None:
            peer.accepted = number
            self._add(Accepted(self._tick(), peer.conn, number))

    def _leave(self, peer: Peer) -> None:
        ways = (Ending.LEAVE, Ending.HALF_CLOSE, Ending.CLOSE, Ending.RESET)
        how = self.random.choice(ways[1:] if peer.frozen else ways)
        peer.left = how
        self._add(Left(self._tick(), peer.conn, how))
        if how in (Ending.CLOSE, Ending.RESET):
            # Last words can be lost, from some byte on.
            del peer.said[self.random.randint(peer.known, len(peer.said)) :]
            self._add(Closed(self._tick(), peer.conn))

    def _text(self) -> tuple[str, bool]:
        """Draw a text, and whether it carries a token."""
        draw = self.random
        if not self.manner.adversarial:
            return "".join(draw.choices("abcdef ", k=draw.randint(1, 30))), True
        name = draw.choice(self.manner.names)
        texts: list[Callable[[], str]] = [
            lambda: f"{name}: hi",
            lambda: f"{name}: ",
            lambda: name[: draw.randint(1, len(name))],
            lambda: f"x {name[: draw.randint(1, len(name))]}",
            lambda: "nickname",
            lambda: draw.choice(self.lines),
            lambda: draw.choice(self.lines)[draw.randint(0, 9) :],
            lambda: draw.choice(("a", "b", "o", ":", " ", ": ", "bo", "~", "~0123456789")),
            lambda: "я" * draw.choice((1, 2, 9, 60, 200)),
            lambda: f"{name}: " * draw.randint(1, 3),
            lambda: draw.choice(("привет, мир", "🦊🦊", "e\u0301", "a\u2028b", "\t x \x0b")),
            lambda: "",
        ]
        bare = draw.random() < 0.35
        text = draw.choice(texts)()
        return (text or ("" if self.manner.framed else "b"), False) if bare else (text, True)

    # -- the server ----------------------------------------------------------------------------

    def _serve(self) -> bool:
        """Let something happen that can happen; tell whether anything could."""
        acts: list[Callable[[], None]] = []
        for peer in self.peers:
            acts += self._server_acts(peer)
            acts += self._client_acts(peer)
        if acts:
            self.random.choice(acts)()
        return bool(acts)

    def _server_acts(self, peer: Peer) -> list[Callable[[], None]]:
        if peer.named is None or (peer.eof and not peer.job):
            return []
        if not peer.member and not peer.sure:
            return [lambda: self._admit(peer)]
        if peer.job:
            return [lambda: self._relay_one(peer)]
        if peer.known < len(peer.said):
            return [lambda: self._receive(peer)]
        return [lambda: self._remove(peer)] if peer.left and peer.member else []

    def _admit(self, peer: Peer) -> None:
        self._tell(peer, Occasion.GREETING)
        self._tell(peer, Occasion.JOIN)
        peer.member = peer.sure = True

    def _remove(self, peer: Peer) -> None:
        peer.member = False
        self._tell(peer, Occasion.LEAVE)

    def _tell(self, peer: Peer, occasion: Occasion) -> None:
        """Let the server say of its own accord what it says of `peer`."""
        for notice in self.dialect.notices:
            if notice.occasion is occasion:
                data = self.dialect.encode(notice.template.render({"nick": peer.nick}))
                others = [one for one in self.peers if one.member and one is not peer]
                for one in [peer] if notice.audience is Audience.NEWCOMER else others:
                    one.stream += data
                    one.told.append((occasion, peer.nick))

    def _receive(self, peer: Peer) -> None:
        size = self.manner.reads or self.random.choice((1, 3, 10, 40, 1000))
        peer.known = min(peer.known + size, len(peer.said))
        if self.whole:
            peer.known = min(
                next(w.end for w in peer.words if w.end > peer.relayed), len(peer.said)
            )
        whole = self._whole(bytes(peer.said[peer.relayed : peer.known]))
        begin = peer.relayed
        receivers = [one for one in self.peers if one.member and self._may_hear(one, peer)]
        if self.manner.threads:
            self.random.shuffle(receivers)
        for piece in self._pieces(whole):
            end = begin + len(piece)
            if not (self.manner.drops_empty and piece == self.dialect.ending):
                peer.job += [(one, peer.heard_by(one) + piece, begin, end) for one in receivers]
            begin = end
        peer.relayed = begin
        while peer.job and not self.manner.threads:
            self._relay_one(peer)

    @staticmethod
    def _may_hear(receiver: Peer, speaker: Peer) -> bool:
        return receiver is not speaker or speaker.echo is not None

    def _whole(self, data: bytes) -> bytes:
        if self.manner.framed:
            return data[: data.rfind(b"\n") + 1]
        return data.decode(errors="ignore").encode()

    def _pieces(self, data: bytes) -> list[bytes]:
        if self.manner.framed:
            return [line + b"\n" for line in data.split(b"\n")[:-1]]
        return [data] if data else []

    def _relay_one(self, peer: Peer) -> None:
        receiver, data, begin, end = peer.job.pop(0)
        if receiver.eof or not receiver.member:
            return
        receiver.parts.append(Part(peer.conn, len(receiver.stream), data, begin, end))
        receiver.stream += data

    # -- what people read ------------------------------------------------------------------------

    def _client_acts(self, peer: Peer) -> list[Callable[[], None]]:
        if peer.eof or peer.left in (Ending.CLOSE, Ending.RESET):
            return []
        if peer.unread:
            return [lambda: self._read(peer)]
        if peer.left and not peer.member and not peer.job:
            return [lambda: self._end(peer)]
        if peer.accepted < len(peer.words) - 1 and peer.known == len(peer.said):
            return [lambda: self._accept(peer)] if not peer.left else []
        return []

    def _read(self, peer: Peer) -> None:
        size = peer.unread if self.manner.gulps else self.random.choice((1, 2, 7, 20, 1000))
        data = bytes(peer.stream[peer.read : peer.read + size])
        peer.read += len(data)
        at = self._tick()
        self._add(Read(at, peer.conn, data))
        self._understand(peer, at)

    def _understand(self, peer: Peer, at: int) -> None:
        """Take down the truth of what has now come whole."""
        while peer.looked < len(peer.parts):
            part = peer.parts[peer.looked]
            speaker = self.peers[part.conn]
            origin = peer.origins.setdefault(part.conn, part.begin)
            behind = part.at + len(part.data) - part.end
            for word in speaker.words:
                if origin <= word.begin and part.begin < word.end <= part.end:
                    if behind + word.end > peer.read:
                        return
                    if word.number > peer.latest.get(word.conn, -1):
                        self._hear(peer, word, at)
            if part.at + len(part.data) > peer.read:
                return
            peer.looked += 1

    def _hear(self, peer: Peer, word: Word, at: int) -> None:
        peer.latest[word.conn] = word.number
        peer.heard.append(word)
        peer.times.append(at)
        if peer.joined is None and word.at > (peer.named or 0):
            peer.joined = at

    def _end(self, peer: Peer) -> None:
        peer.eof = True
        self._add(Eof(self._tick(), peer.conn))
        if peer.left is Ending.LEAVE:
            self._add(Closed(self._tick(), peer.conn))

    # -- for the judge ---------------------------------------------------------------------------

    def plan(self) -> Plan:
        return Plan("model", "a model", (), 0, self.dialect.name, 1.0, (), (), len(self.peers))
