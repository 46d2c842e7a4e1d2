"""A correct chat server with a process for each client, and a hub between the processes.

The hub accepts, forks, and keeps one unix socketpair to each child. A child speaks with its
client alone: it reads the nickname and the messages, and sends each one to the hub as a record
(four bytes of length, then the bytes as the others are to see them). The hub passes a record on
to all other children, which write what they get to their clients. The first record is empty: it
says that the client has a nickname. It does not know who tests it.

Choices: a nickname may be shared; one that is blank, has control characters or is not text is
refused; a sender of bytes that are not UTF-8 is disconnected; an empty line is dropped.
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import os
import select
import signal
import socket
import struct
import sys
import time
import unicodedata
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

READ_SIZE = 8192
LONGEST_LINE = 256 * 1024
CHILD_BOUND = 64 * 1024
HUB_BOUND = 1024 * 1024
LOOK_SECONDS = 0.25
LOOKS = 6
# A small send buffer: the less the kernel holds, the sooner a slow reader's progress shows.
SEND_BUFFER = 128 * 1024
LENGTH = struct.Struct("!I")
SIGNALS = (signal.SIGINT, signal.SIGTERM)
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
FIN_ON_CLOSE = struct.pack("ii", 0, 0)


class Pipe:
    """A non-blocking socket and what still has to be written to it."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self.sock = sock
        self.outbox = bytearray()
        self.sent = 0

    def write(self, data: bytes = b"") -> None:
        """Write `data` after what waits; keep what is not taken. OSError: the peer is gone."""
        self.outbox += data
        with contextlib.suppress(BlockingIOError):
            while self.outbox:
                count = self.sock.send(self.outbox[:65536])
                del self.outbox[:count]
                self.sent += count

    def read(self) -> bytes | None:
        """Read what there is: empty at the end of the stream, None when there is nothing now."""
        try:
            return self.sock.recv(READ_SIZE)
        except BlockingIOError:
            return None


class Child:
    """What runs in the process of one client."""

    def __init__(self, client: socket.socket, hub: socket.socket, lines: bool) -> None:
        self._client = Pipe(client)
        self._hub = Pipe(hub)
        self._lines = lines
        self._end = "\n" if lines else ""
        self._nick = ""
        self._rest = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        # The hub kills a child that is stuck; its client, which reads nothing, is then reset.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        for number in SIGNALS:
            signal.signal(number, self._stop)

    def _stop(self, _number: int, _frame: FrameType | None) -> NoReturn:
        with contextlib.suppress(OSError):
            self._close_client()
        os._exit(0)

    def _close_client(self) -> None:
        client = self._client.sock
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, FIN_ON_CLOSE)
        client.close()

    def run(self) -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        self._client.write(f"nickname{self._end}".encode())
        try:
            while self._turn():
                pass
        except (OSError, ValueError):
            pass
        self._close_client()
        # What the client said before it left still has to reach the hub.
        self._hub.sock.setblocking(True)
        with contextlib.suppress(OSError):
            self._hub.sock.sendall(self._hub.outbox)

    def _turn(self) -> bool:
        client, hub = self._client, self._hub
        waiter = select.poll()
        # A client is read only when the hub has taken what it said before, and the other way.
        waiter.register(client.sock, self._events(client, not hub.outbox))
        waiter.register(hub.sock, self._events(hub, len(client.outbox) < CHILD_BOUND))
        ready = dict(waiter.poll())
        client.write()
        hub.write()
        if ready.get(hub.sock.fileno(), 0) & ~select.POLLOUT:
            if (data := hub.read()) == b"":
                return False
            client.write(data or b"")
        if ready.get(client.sock.fileno(), 0) & ~select.POLLOUT:
            return self._from_client(client.read())
        return True

    def _events(self, pipe: Pipe, reading: bool) -> int:
        return select.POLLIN * reading | select.POLLOUT * bool(pipe.outbox)

    def _from_client(self, data: bytes | None) -> bool:
        if data is None:
            return True
        for text in self._texts(data):
            if self._nick and text:
                self._tell_hub(f"{self._nick}: {text}{self._end}".encode())
            elif not self._nick:
                self._take_nickname(text.rstrip("\r\n"))
        return data != b""

    def _tell_hub(self, data: bytes) -> None:
        self._hub.write(LENGTH.pack(len(data)) + data)

    def _texts(self, data: bytes) -> Iterator[str]:
        try:
            text = self._decoder.decode(data)
        except UnicodeDecodeError as bad:
            yield from self._cut(bad.object[: bad.start].decode())
            raise
        yield from self._cut(text)

    def _cut(self, text: str) -> Iterator[str]:
        if not self._lines:
            yield from [text] * bool(text)
            return
        *lines, self._rest = (self._rest + text).split("\n")
        yield from lines
        if len(self._rest) > LONGEST_LINE:
            raise ValueError("a line does not end")

    def _take_nickname(self, nick: str) -> None:
        if not nick.strip() or any(unicodedata.category(c) == "Cc" for c in nick):
            raise ValueError("not a nickname")
        self._nick = nick
        self._tell_hub(b"")


class Member:
    """What the hub keeps of one child."""

    def __init__(self, pid: int, sock: socket.socket) -> None:
        self.pid = pid
        self.pipe = Pipe(sock)
        self.joined = False
        self.fruitless = 0
        self.sent_at_last_look = 0
        self._inbox = b""

    def full(self) -> bool:
        return len(self.pipe.outbox) >= HUB_BOUND

    def records(self, data: bytes) -> Iterator[bytes]:
        self._inbox += data
        while len(self._inbox) >= LENGTH.size:
            end = LENGTH.size + LENGTH.unpack_from(self._inbox)[0]
            if len(self._inbox) < end:
                return
            yield self._inbox[LENGTH.size : end]
            self._inbox = self._inbox[end:]


class Hub:
    """The first process: it accepts, forks, passes on, and reaps."""

    def __init__(self, listener: socket.socket, lines: bool) -> None:
        self._listener = listener
        self._lines = lines
        self._members: dict[int, Member] = {}
        self._congested = False
        self._look_at = 0.0

    def run(self) -> None:
        while True:
            self._judge_congestion()
            timeout = max(0.0, self._look_at - time.monotonic()) if self._congested else None
            for fd, events in self._poll(timeout):
                if fd == self._listener.fileno():
                    self._accept()
                elif member := self._members.get(fd):
                    self._serve(member, events)

    def _poll(self, timeout: float | None) -> list[tuple[int, int]]:
        waiter = select.poll()
        waiter.register(self._listener, select.POLLIN)
        for fd, member in self._members.items():
            reading = 0 if self._congested else select.POLLIN
            waiter.register(fd, reading | select.POLLOUT * bool(member.pipe.outbox))
        return waiter.poll(None if timeout is None else timeout * 1000)

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError:
            return
        ours, theirs = socket.socketpair()
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        pid = os.fork()
        if not pid:
            ours.close()
            self._become_child(client, theirs)
        client.close()
        theirs.close()
        self._members[ours.fileno()] = Member(pid, ours)
        # Only now may a signal come: it has to find the new child among the members.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def _become_child(self, client: socket.socket, hub: socket.socket) -> NoReturn:
        """Keep nothing of the hub's, serve the client, and end."""
        self._listener.close()
        for member in self._members.values():
            member.pipe.sock.close()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            Child(client, hub, self._lines).run()
        finally:
            os._exit(0)

    def _serve(self, member: Member, events: int) -> None:
        self._write(member, b"")
        try:
            data = member.pipe.read() if events & ~select.POLLOUT else None
        except OSError:
            data = b""
        if data == b"":
            self._reap(member)
        for message in member.records(data or b""):
            if member.joined:
                self._pass_on(member, message)
            member.joined = True

    def _pass_on(self, sender: Member, message: bytes) -> None:
        for member in self._members.values():
            if member is not sender and member.joined:
                self._write(member, message)

    @staticmethod
    def _write(member: Member, data: bytes) -> None:
        try:
            member.pipe.write(data)
        except OSError:
            # The child has ended; it is reaped only when all that it said has been read.
            member.pipe.outbox.clear()

    def _judge_congestion(self) -> None:
        """While a child is full nobody is read; one that takes nothing for long is ended."""
        full = [member for member in self._members.values() if member.full()]
        if full and not self._congested:
            self._look_at = time.monotonic() + LOOK_SECONDS
        self._congested = bool(full)
        if full and time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_SECONDS
            for member in full:
                self._look(member)

    def _look(self, member: Member) -> None:
        moved = member.pipe.sent != member.sent_at_last_look
        member.fruitless = 0 if moved else member.fruitless + 1
        member.sent_at_last_look = member.pipe.sent
        if member.fruitless > LOOKS:
            os.kill(member.pid, signal.SIGKILL)
            self._reap(member)

    def _reap(self, member: Member) -> None:
        del self._members[member.pipe.sock.fileno()]
        member.pipe.sock.close()
        os.waitpid(member.pid, 0)

    def stop(self, _number: int, _frame: FrameType | None) -> NoReturn:
        """End every child, wait for each, and exit with 0."""
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        for member in self._members.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(member.pid, signal.SIGTERM)
        for member in self._members.values():
            member.pipe.sock.close()
            with contextlib.suppress(ChildProcessError):
                os.waitpid(member.pid, 0)
        sys.exit(0)


def main() -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM, then exit with 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=("raw", "lines"), default="raw")
    args = parser.parse_args()
    with socket.socket() as listener:
        hub = Hub(listener, args.dialect == "lines")
        for number in SIGNALS:
            signal.signal(number, hub.stop)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listener.setblocking(False)
        listener.bind(("127.0.0.1", args.port))
        listener.listen(1024)
        hub.run()


if __name__ == "__main__":
    main()
