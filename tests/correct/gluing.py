"""A correct chat server that glues: what is said within a few milliseconds leaves in one write.

One thread, a `selectors` loop, plain functions. In `raw`, consecutive bytes of one sender share
one prefix. What is written to a receiver leaves in segments of odd sizes, which end anywhere,
also inside a character: TCP keeps no boundaries, so a receiver must cope. It does not know who
tests it.

Choices: a nickname may be shared; one that is blank, has control characters or is not text is
refused; bytes that are not UTF-8 are passed on as they are; an empty line, and a CR before LF,
are dropped.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import selectors
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass, field

READ_SIZE = 65536
LONGEST_LINE = 256 * 1024
OUT_BOUND = 512 * 1024
BATCH_BOUND = 64 * 1024
SEGMENTS = (1, 17, 301, 4099, 65537)
GLUE_SECONDS = 0.003
LOOK_SECONDS = 0.25
LOOKS = 6
# A small send buffer: the less the kernel holds, the sooner a slow reader's progress shows.
SEND_BUFFER = 128 * 1024


@dataclass(eq=False, slots=True)
class Peer:
    """One connection and the two buffers around it."""

    sock: socket.socket
    nick: bytes = b""
    inbox: bytes = b""
    outbox: bytearray = field(default_factory=bytearray)
    sent: int = 0
    sent_at_last_look: int = -1
    fruitless: int = 0
    segments: itertools.cycle[int] = field(default_factory=lambda: itertools.cycle(SEGMENTS))


def whole_characters(data: bytes) -> int:
    """Count the bytes before a UTF-8 character that `data` begins but does not end."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if length > back else len(data)
        if byte < 0x80:
            break
    return len(data)


def acceptable(nick: bytes) -> bool:
    """Tell whether `nick` is text, not blank, and without C0 and C1 control characters."""
    try:
        text = nick.decode()
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and not any(c < " " or "\x7f" <= c <= "\x9f" for c in text)


class Loop:
    """The event loop, the members, and the batch that is being collected."""

    def __init__(self, listener: socket.socket, lines: bool) -> None:
        self._listener = listener
        self._end = b"\n" if lines else b""
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, None)
        self._peers: set[Peer] = set()
        self._members: dict[Peer, None] = {}
        self._batch: list[tuple[Peer, bytes]] = []
        self._batch_size = 0
        self._full: set[Peer] = set()
        self._flush_at = 0.0
        self._look_at = 0.0

    def run(self) -> None:
        while True:
            for key, events in self._selector.select(self._timeout()):
                if key.data is None:
                    self._accept()
                elif key.data in self._peers:
                    self._serve(key.data, events)
            now = time.monotonic()
            if self._batch and now >= self._flush_at:
                self._flush()
            if self._full and now >= self._look_at:
                self._look()

    def close(self) -> None:
        for peer in list(self._peers):
            self._close(peer)
        self._selector.close()

    def _timeout(self) -> float | None:
        times = [self._flush_at] * bool(self._batch) + [self._look_at] * bool(self._full)
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            sock, _ = self._listener.accept()
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer = Peer(sock)
            self._peers.add(peer)
            self._selector.register(sock, selectors.EVENT_READ, peer)
            self._send(peer, b"nickname" + self._end)

    def _serve(self, peer: Peer, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._write(peer)
        if events & selectors.EVENT_READ and peer in self._peers and not self._full:
            try:
                data = peer.sock.recv(READ_SIZE)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if data and self._take(peer, data):
                return
            self._close(peer)

    def _take(self, peer: Peer, data: bytes) -> bool:
        """Handle what was read; False says that the peer is to be disconnected."""
        peer.inbox += data
        if self._end:
            return self._take_lines(peer)
        cut = whole_characters(peer.inbox)
        text, peer.inbox = peer.inbox[:cut], peer.inbox[cut:]
        return not text or self._handle(peer, text)

    def _take_lines(self, peer: Peer) -> bool:
        *lines, peer.inbox = peer.inbox.split(b"\n")
        for line in lines:
            if not self._handle(peer, line.removesuffix(b"\r")):
                return False
        return len(peer.inbox) <= LONGEST_LINE

    def _handle(self, peer: Peer, text: bytes) -> bool:
        if peer.nick:
            self._collect(peer, text)
            return True
        nick = text.rstrip(b"\r\n")
        if acceptable(nick):
            # What was said before this moment is not for the newcomer.
            self._flush()
            peer.nick = nick
            self._members[peer] = None
        return bool(peer.nick)

    def _collect(self, sender: Peer, text: bytes) -> None:
        if not text:
            return
        if not self._batch:
            self._flush_at = time.monotonic() + GLUE_SECONDS
        self._batch.append((sender, text))
        self._batch_size += len(text)
        if self._batch_size > BATCH_BOUND:
            self._flush()

    def _flush(self) -> None:
        batch, self._batch, self._batch_size = self._batch, [], 0
        for member in list(self._members) if batch else ():
            if data := self._batch_for(member, batch):
                self._send(member, data)

    def _batch_for(self, member: Peer, batch: list[tuple[Peer, bytes]]) -> bytes:
        heard = ((sender, text) for sender, text in batch if sender is not member)
        if self._end:
            return b"".join(b"%b: %b\n" % (sender.nick, text) for sender, text in heard)
        runs = itertools.groupby(heard, key=lambda item: item[0])
        return b"".join(s.nick + b": " + b"".join(text for _, text in run) for s, run in runs)

    def _send(self, peer: Peer, data: bytes) -> None:
        peer.outbox += data
        self._write(peer)
        if len(peer.outbox) >= OUT_BOUND and peer not in self._full:
            self._look_at = self._look_at if self._full else time.monotonic() + LOOK_SECONDS
            self._full.add(peer)
            peer.sent_at_last_look, peer.fruitless = peer.sent, 0
            self._rearm_all()

    def _write(self, peer: Peer) -> None:
        try:
            while peer.outbox:
                count = peer.sock.send(peer.outbox[: next(peer.segments)])
                del peer.outbox[:count]
                peer.sent += count
        except BlockingIOError:
            pass
        except OSError:
            peer.outbox.clear()
            # The close itself waits for the read that reports the loss.
        if peer in self._full and len(peer.outbox) < OUT_BOUND // 2:
            self._full.discard(peer)
            self._rearm_all()
        self._rearm(peer)

    def _rearm(self, peer: Peer) -> None:
        reading = 0 if self._full else selectors.EVENT_READ
        events = reading | (selectors.EVENT_WRITE if peer.outbox else 0)
        known = peer.sock in self._selector.get_map()
        if known and not events:
            self._selector.unregister(peer.sock)
        elif known and self._selector.get_key(peer.sock).events != events:
            self._selector.modify(peer.sock, events, peer)
        elif not known and events:
            self._selector.register(peer.sock, events, peer)

    def _rearm_all(self) -> None:
        for peer in self._peers:
            self._rearm(peer)

    def _look(self) -> None:
        """Disconnect a receiver that is full and took nothing between several looks in a row."""
        self._look_at = time.monotonic() + LOOK_SECONDS
        for peer in list(self._full):
            peer.fruitless = peer.fruitless + 1 if peer.sent == peer.sent_at_last_look else 0
            peer.sent_at_last_look = peer.sent
            if peer.fruitless >= LOOKS:
                linger = struct.pack("ii", 1, 0)
                peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self._close(peer)

    def _close(self, peer: Peer) -> None:
        if peer.sock in self._selector.get_map():
            self._selector.unregister(peer.sock)
        self._peers.discard(peer)
        self._members.pop(peer, None)
        peer.sock.close()
        if peer in self._full:
            self._full.discard(peer)
            self._rearm_all()


def main() -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM, then exit with 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=("raw", "lines"), default="raw")
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listener.setblocking(False)
        listener.bind(("127.0.0.1", args.port))
        listener.listen(1024)
        with contextlib.closing(Loop(listener, args.dialect == "lines")) as loop:
            loop.run()


if __name__ == "__main__":
    main()
