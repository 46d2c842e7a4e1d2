"""A correct chat server that tells the room who comes and goes.

Two threads for each client: one reads it, one writes to it. Whoever says something holds the lock
of the room while it is put before every receiver, so that all see one order. It does not know who
tests it.

Choices: a nickname may be shared; who gives one that is blank, has control characters or is not
text is disconnected; bytes that are not UTF-8 are replaced by U+FFFD; an empty line is dropped.
Who is four megabytes behind is disconnected.
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import ctypes
import signal
import socket
import struct
import sys
import threading
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_LINE = 256 * 1024
MOST_BEHIND = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manner:
    """The words of one chat; `end` ends them all, and is empty where nothing does."""

    prompt: str
    relay: str
    join: str
    leave: str
    lost: str
    greeting: str = ""
    end: str = ""
    read: int = 4096
    to_all: bool = False


DIALECTS = {
    "announcing": Manner(
        prompt="nickname",
        relay="{nick}: {text}",
        join="server: {nick} joined",
        leave="server: {nick} left",
        lost="server: {nick} lost the connection",
        end="\n",
    ),
    "announcing-raw": Manner(
        prompt="Choose a nickname: ",
        relay="[{nick}] {text}",
        join="*** {nick} has joined the chat ***\n",
        leave="*** {nick} has left the chat ***\n",
        lost="*** {nick} has left the chat ***\n",
        greeting="Welcome, {nick}!\n",
    ),
    # The client writes its name itself; what it says goes to everybody, and to itself.
    "nick": Manner(
        prompt="NICK",
        relay="{text}",
        join="{nick} joined!",
        leave="{nick} left!",
        lost="{nick} left!",
        greeting="Connected to server!",
        read=1024,
        to_all=True,
    ),
}


class Client:
    """One connection: what it said of an unfinished line, and what waits to be written to it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.nick = ""
        self.was_reset = False
        self._outbox = bytearray()
        self._changed = threading.Condition()
        self._gone = False
        self._too_slow = False
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()

    def send(self, data: bytes) -> None:
        with self._changed:
            if self._gone:
                return
            self._outbox += data
            self._too_slow = len(self._outbox) > MOST_BEHIND
            if self._too_slow:
                self._give_up()
            self._changed.notify()

    def texts(self, end: str, size: int) -> Iterator[str]:
        """Give what it says: lines, or what each read held; a character that was cut is whole."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        rest = ""
        while data := self._read(size):
            text = rest + decoder.decode(data)
            *whole, rest = text.split(end) if end else (text, "")
            yield from filter(None, whole)
            if len(rest) > LONGEST_LINE:
                return

    def close(self) -> None:
        """End both threads' work; afterwards `was_reset` is known."""
        with self._changed:
            self._give_up()
            self._changed.notify()
        self._writer.join()
        if self._too_slow:
            option = struct.pack("ii", 1, 0)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
        self.sock.close()

    def _read(self, size: int) -> bytes:
        try:
            return self.sock.recv(size)
        except ConnectionResetError:
            self.was_reset = True
        except OSError:
            pass
        return b""

    def _write(self) -> None:
        try:
            while data := self._next():
                self.sock.sendall(data)
        except ConnectionResetError:
            # The kernel tells of a reset once: to whoever writes, or to whoever reads.
            self.was_reset = True
        except OSError:
            pass

    def _next(self) -> bytearray:
        with self._changed:
            self._changed.wait_for(lambda: self._outbox or self._gone)
            data, self._outbox = self._outbox, bytearray()
            return data

    def _give_up(self) -> None:
        # This wakes whoever reads or writes.
        self._gone = True
        self._outbox.clear()
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


class Chat:
    """The room: who is in it, and what is told to whom."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._members: list[Client] = []
        self._lock = threading.Lock()

    def serve(self, sock: socket.socket) -> None:
        client = Client(sock)
        client.send(self._written(self._manner.prompt))
        for text in client.texts(self._manner.end, self._manner.read):
            if client.nick:
                self._say(client, text)
            elif not self._join(client, text.rstrip("\r\n")):
                break
        client.close()
        self._leave(client)

    def _written(self, form: str, nick: str = "", text: str = "") -> bytes:
        return (form.format(nick=nick, text=text) + self._manner.end).encode()

    def _tell(self, data: bytes, but: Client | None = None) -> None:
        for member in self._members:
            if member is not but:
                member.send(data)

    def _join(self, client: Client, nick: str) -> bool:
        bad = "\ufffd" in nick or any(unicodedata.category(c) == "Cc" for c in nick)
        if bad or not nick.strip():
            return False
        with self._lock:
            client.nick = nick
            if self._manner.greeting:
                client.send(self._written(self._manner.greeting, nick))
            self._members.append(client)
            but = None if self._manner.to_all else client
            self._tell(self._written(self._manner.join, nick), but)
        return True

    def _say(self, client: Client, text: str) -> None:
        with self._lock:
            data = self._written(self._manner.relay, client.nick, text)
            self._tell(data, None if self._manner.to_all else client)

    def _leave(self, client: Client) -> None:
        with self._lock:
            if client in self._members:
                self._members.remove(client)
                form = self._manner.lost if client.was_reset else self._manner.leave
                self._tell(self._written(form, client.nick))


def use_few_arenas() -> None:
    """Let all threads share memory: glibc gives each arenas that keep what was freed."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(-8, 2)


def accept_forever(listener: socket.socket, chat: Chat) -> None:
    """Give every connection its threads, so that a silent one holds up nobody."""
    while True:
        try:
            sock, _ = listener.accept()
        except OSError:
            time.sleep(0.05)
            continue
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            threading.Thread(target=chat.serve, args=(sock,), daemon=True).start()
        except RuntimeError:
            sock.close()


def main() -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM, then exit with 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=sorted(DIALECTS), required=True)
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    use_few_arenas()
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", args.port))
        listener.listen(1024)
        accept_forever(listener, Chat(DIALECTS[args.dialect]))


if __name__ == "__main__":
    main()
