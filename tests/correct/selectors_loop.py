"""A correct chat server in one thread: non-blocking sockets in one `selectors` loop.

What a receiver has not taken yet waits in a buffer of its own. While one buffer is full no member
is read; whoever has then taken nothing for a second and a half is disconnected. Newcomers are
read all the while. In one turn, those who are known are served before the newcomers, so that a
nickname whose owner has just left is free. It does not know who tests it.

Choices: a nickname is one person's; a second one who gives it is disconnected, and so is who
gives one that is blank, has control characters or is not text; bytes that are not UTF-8 are
replaced by U+FFFD; an empty line, and a CR before LF, are relayed.
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import selectors
import signal
import socket
import struct
import sys
import time
import unicodedata

READ_SIZE = 16384
WRITE_SIZE = 65536
LONGEST_LINE = 256 * 1024
FULL = 1024 * 1024
LOOK_SECONDS = 0.25
LOOKS = 6
# A small send buffer: the less the kernel holds, the sooner a slow reader's progress shows.
SEND_BUFFER = 128 * 1024
RESET_ON_CLOSE = struct.pack("ii", 1, 0)

Ready = tuple["Connection | None", int]


class RefusedError(Exception):
    """What came is not taken: the connection is to be closed."""


class Connection:
    """One client: what has come of an unfinished line, and what it has not taken yet."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.nick = ""
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.line = b""
        self.outbox = bytearray()
        self.took_something = False
        self.fruitless_looks = 0

    @property
    def is_full(self) -> bool:
        return len(self.outbox) >= FULL


class Server:
    """The connections, the members by nickname, and the loop that serves them."""

    def __init__(self, listener: socket.socket, lines: bool) -> None:
        self._listener = listener
        self._lines = lines
        self._end = "\n" if lines else ""
        self._connections: set[Connection] = set()
        self._members: dict[str, Connection] = {}
        self._behind: set[Connection] = set()
        self._congested = False
        self._look_at = 0.0
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, None)

    def run(self) -> None:
        while True:
            for connection, events in self._ready():
                if connection is None:
                    self._accept()
                elif connection in self._connections:
                    self._serve(connection, events)
            self._look_at_those_behind()
            self._pause_or_resume()

    def close(self) -> None:
        for connection in list(self._connections):
            self._close(connection)
        self._selector.close()

    def _ready(self) -> list[Ready]:
        wait = max(0.0, self._look_at - time.monotonic()) if self._behind else None
        ready: list[Ready] = [(key.data, events) for key, events in self._selector.select(wait)]
        return sorted(ready, key=lambda each: each[0] is None or not each[0].nick)

    # Who is listened to, and who is given up.

    def _pause_or_resume(self) -> None:
        congested = any(connection.is_full for connection in self._behind)
        if congested is not self._congested:
            self._congested = congested
            for connection in self._connections:
                self._arm(connection)

    def _arm(self, connection: Connection) -> None:
        """Wait for what is wanted; who is waited for with nothing would still report a reset."""
        events = selectors.EVENT_WRITE if connection.outbox else 0
        if not (self._congested and connection.nick):
            events |= selectors.EVENT_READ
        if connection.sock not in self._selector.get_map():
            if events:
                self._selector.register(connection.sock, events, connection)
        elif not events:
            self._selector.unregister(connection.sock)
        elif self._selector.get_key(connection.sock).events != events:
            self._selector.modify(connection.sock, events, connection)

    def _look_at_those_behind(self) -> None:
        now = time.monotonic()
        if not self._behind or now < self._look_at:
            return
        self._look_at = now + LOOK_SECONDS
        for connection in list(self._behind):
            looks = 0 if connection.took_something else connection.fruitless_looks + 1
            connection.fruitless_looks, connection.took_something = looks, False
            if connection.is_full and looks >= LOOKS:
                option = (socket.SOL_SOCKET, socket.SO_LINGER)
                connection.sock.setsockopt(*option, RESET_ON_CLOSE)
                self._close(connection)

    # What comes in.

    def _accept(self) -> None:
        try:
            sock, _ = self._listener.accept()
        except (BlockingIOError, ConnectionError):
            return
        except OSError:
            # There are too many open files: the connection goes on waiting at the door.
            time.sleep(0.05)
            return
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(sock)
        self._connections.add(connection)
        self._send(connection, f"nickname{self._end}")
        self._arm(connection)

    def _serve(self, connection: Connection, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._write(connection)
        if events & selectors.EVENT_READ:
            try:
                self._read(connection)
            except BlockingIOError:
                pass
            except (OSError, RefusedError):
                self._close(connection)

    def _read(self, connection: Connection) -> None:
        data = connection.sock.recv(READ_SIZE)
        if not data:
            raise RefusedError
        if self._lines:
            *whole, connection.line = (connection.line + data).split(b"\n")
            for line in whole:
                self._take(connection, line.decode(errors="replace"))
            if len(connection.line) > LONGEST_LINE:
                raise RefusedError
        elif text := connection.decoder.decode(data):
            self._take(connection, text)

    def _take(self, connection: Connection, text: str) -> None:
        if connection.nick:
            self._say(connection, text)
            return
        nick = text.rstrip("\r\n")
        control = any(unicodedata.category(c) == "Cc" for c in nick)
        if not nick.strip() or control or "\ufffd" in nick or nick in self._members:
            raise RefusedError
        connection.nick = nick
        self._members[nick] = connection
        self._arm(connection)

    def _say(self, sender: Connection, text: str) -> None:
        relayed = f"{sender.nick}: {text}{self._end}"
        for member in self._members.values():
            if member is not sender:
                self._send(member, relayed)

    # What goes out.

    def _send(self, connection: Connection, text: str) -> None:
        connection.outbox += text.encode()
        if connection not in self._behind:
            self._write(connection)

    def _write(self, connection: Connection) -> None:
        try:
            while connection.outbox:
                count = connection.sock.send(connection.outbox[:WRITE_SIZE])
                del connection.outbox[:count]
                connection.took_something = True
        except BlockingIOError:
            pass
        except OSError:
            # Its departure is noticed where it is read, after what it may still have said.
            connection.outbox.clear()
        self._sort_in(connection)

    def _sort_in(self, connection: Connection) -> None:
        if connection.outbox:
            if not self._behind:
                self._look_at = time.monotonic() + LOOK_SECONDS
            self._behind.add(connection)
        else:
            self._behind.discard(connection)
            connection.fruitless_looks = 0
        self._arm(connection)

    def _close(self, connection: Connection) -> None:
        if connection.sock in self._selector.get_map():
            self._selector.unregister(connection.sock)
        if connection.nick:
            del self._members[connection.nick]
        self._connections.discard(connection)
        self._behind.discard(connection)
        connection.sock.close()


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
        with contextlib.closing(Server(listener, args.dialect == "lines")) as server:
            server.run()


if __name__ == "__main__":
    main()
