"""A correct chat server with a thread for each client and a lock for each receiver.

A talker's own thread writes to every receiver, under that receiver's lock, so that two messages
never tear each other. What the kernel does not take goes to a backlog, and a thread that lives
only as long as the backlog empties it. Different receivers may see two senders' messages in
different orders; nothing here promises more. It does not know who tests it.

Choices: a nickname may be shared; one that is blank, has control characters or is not text is
refused; a sender of bytes that are not UTF-8 is disconnected; an empty line is relayed.
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import ctypes
import select
import signal
import socket
import struct
import sys
import threading
import time
import unicodedata
from collections.abc import Iterator

READ_SIZE = 4096
LONGEST_LINE = 256 * 1024
BACKLOG_BOUND = 256 * 1024
LOOK_MS = 250
LOOKS = 6
# A small send buffer: the less the kernel holds, the sooner a slow reader's progress shows.
SEND_BUFFER = 128 * 1024
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class RawText:
    """Cuts a byte stream without frames into text, one piece for each read."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def feed(self, data: bytes) -> Iterator[str]:
        try:
            text = self._decoder.decode(data)
        except UnicodeDecodeError as bad:
            if bad.start:
                yield bad.object[: bad.start].decode()
            raise
        if text:
            yield text


class LineText:
    """Cuts a byte stream into lines; a line that is too long is a ValueError."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[str]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            yield line.decode()
        if len(self._rest) > LONGEST_LINE:
            raise ValueError("a line does not end")


class Client:
    """One connection: its socket, its nickname once it has one, and what still waits for it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.nick: str | None = None
        self._backlog = bytearray()
        self._changed = threading.Condition()
        self._closed = False
        self._draining = False

    def send(self, data: bytes) -> None:
        with self._changed:
            if self._closed:
                return
            if not self._backlog:
                data = data[self._write(data) :]
            if data:
                self._backlog += data
                self._start_draining()

    def wait_for_space(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._backlog) < BACKLOG_BOUND)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._backlog.clear()
            self._changed.notify_all()
            self.sock.close()

    def _write(self, data: bytes | bytearray) -> int:
        try:
            return self.sock.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0
        except OSError:
            self._give_up()
            return len(data)

    def _start_draining(self) -> None:
        if not self._draining:
            self._draining = True
            threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        fruitless = 0
        while self._drain_once():
            waiter = select.poll()
            with self._changed:
                if self._closed:
                    return
                waiter.register(self.sock, select.POLLOUT)
            fruitless = 0 if waiter.poll(LOOK_MS) else fruitless + 1
            if fruitless >= LOOKS:
                self._disconnect_if_full()

    def _drain_once(self) -> bool:
        with self._changed:
            del self._backlog[: self._write(self._backlog[:16384])]
            self._changed.notify_all()
            self._draining = bool(self._backlog) and not self._closed
            return self._draining

    def _disconnect_if_full(self) -> None:
        with self._changed:
            if not self._closed and len(self._backlog) >= BACKLOG_BOUND:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                self._give_up()

    def _give_up(self) -> None:
        # Only the reading thread closes; this wakes it from recv.
        self._backlog.clear()
        self._changed.notify_all()
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


class Chat:
    """The room: who is in it, and what a thread does for one client."""

    def __init__(self, dialect: str) -> None:
        self._reader = LineText if dialect == "lines" else RawText
        self._end = "\n" if dialect == "lines" else ""
        self._members: list[Client] = []
        self._lock = threading.Lock()

    def serve(self, client: Client) -> None:
        reader = self._reader()
        try:
            client.send(f"nickname{self._end}".encode())
            while data := client.sock.recv(READ_SIZE):
                for text in reader.feed(data):
                    self._take(client, text)
        except (OSError, ValueError):
            pass
        finally:
            self._leave(client)

    def _take(self, client: Client, text: str) -> None:
        if client.nick is None:
            self._join(client, text.rstrip("\r\n"))
        else:
            self._say(client, f"{client.nick}: {text}{self._end}".encode())

    def _join(self, client: Client, nick: str) -> None:
        if not nick.strip() or any(unicodedata.category(c) == "Cc" for c in nick):
            raise ValueError("not a nickname")
        client.nick = nick
        with self._lock:
            self._members.append(client)

    def _say(self, sender: Client, data: bytes) -> None:
        with self._lock:
            others = [member for member in self._members if member is not sender]
        for other in others:
            other.send(data)
        # Only now, so that one full receiver does not keep this message from the others.
        for other in others:
            other.wait_for_space()

    def _leave(self, client: Client) -> None:
        with self._lock:
            if client in self._members:
                self._members.remove(client)
        client.close()


def use_few_arenas() -> None:
    """Let all threads share memory: glibc gives each arenas that keep what was freed."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(-8, 2)


def accept_forever(listener: socket.socket, chat: Chat) -> None:
    """Give every connection a thread of its own, so that a silent one holds up nobody."""
    while True:
        try:
            sock, _ = listener.accept()
        except OSError:
            time.sleep(0.05)
            continue
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            threading.Thread(target=chat.serve, args=(Client(sock),), daemon=True).start()
        except RuntimeError:
            sock.close()


def main() -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM, then exit with 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=("raw", "lines"), default="raw")
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    use_few_arenas()
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listener.bind(("127.0.0.1", args.port))
        listener.listen(1024)
        accept_forever(listener, Chat(args.dialect))


if __name__ == "__main__":
    main()
