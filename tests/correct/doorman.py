"""A correct chat server on `socketserver` that is particular about names.

A thread for each connection reads lines as files do; another one writes what its queue holds. It
does not know who tests it.

Choices: a nickname is one person's. Who gives one that another has, or one that is blank, has
control characters or is not text, is asked again (`telnet`) or told why and closed
(`tutorial-lines`). Bytes that are not UTF-8 are replaced by U+FFFD (`telnet`), or close the
connection of who sent them (`tutorial-lines`). An empty line is relayed. Whose queue holds four
megabytes is disconnected.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import queue
import signal
import socket
import socketserver
import struct
import sys
import threading
import time
import unicodedata
from dataclasses import dataclass
from typing import Any

LONGEST_LINE = 256 * 1024
MOST_BEHIND = 4 * 1024 * 1024
LINGER_SECONDS = 1.0
QUIT = "/quit"


class RefusedError(Exception):
    """The connection is to be closed; what it says is told first."""


@dataclass(frozen=True, slots=True)
class Manner:
    """The words of one chat. `taken` and `bad` are told to whom is closed; None to ask again."""

    end: str
    prompt: str
    relay: str
    greeting: str
    join: str
    leave: str
    farewell: str | None = None
    echo: str | None = None
    taken: str | None = None
    bad: str | None = None
    errors: str = "replace"


DIALECTS = {
    "telnet": Manner(
        end="\r\n",
        prompt="Enter your name: ",
        relay="<{nick}> {text}",
        greeting="Hello, {nick}! Type /quit to leave.",
        join="* {nick} has joined",
        leave="* {nick} has left",
        farewell="Bye, {nick}!",
    ),
    "tutorial-lines": Manner(
        end="\n",
        prompt="Enter your nickname:\n",
        relay="{nick}: {text}",
        greeting="Welcome to the chat, {nick}!",
        join="{nick} joined the chat!",
        leave="{nick} left the chat.",
        echo="You: {text}",
        taken="That nickname is taken.",
        bad="That is no nickname.",
        errors="strict",
    ),
}
BANNER = "This is a chat.\r\n"


class Outbox:
    """What waits to be written to one client, and the thread that writes it."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._queue: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._behind = 0
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def put(self, text: str) -> None:
        data = text.encode()
        with self._lock:
            self._behind += len(data)
            too_much = self._behind > MOST_BEHIND
        if not too_much:
            self._queue.put(data)
            return
        # What it misses from here on it would never know of: so it is thrown out.
        with contextlib.suppress(OSError):
            option = struct.pack("ii", 1, 0)
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let what waits be written, but not for ever."""
        self._queue.put(b"")
        self._thread.join(LINGER_SECONDS)
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR if self._thread.is_alive() else socket.SHUT_WR)
        self._thread.join()

    def _write(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._queue.get():
                self._sock.sendall(data)
                with self._lock:
                    self._behind -= len(data)


class Room:
    """The members by nickname."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._members: dict[str, Outbox] = {}
        self._lock = threading.Lock()

    def enter(self, nick: str, outbox: Outbox) -> bool:
        """Let somebody in, and tell all of it; False where another has the name."""
        with self._lock:
            if nick in self._members:
                return False
            outbox.put(self._manner.greeting.format(nick=nick) + self._manner.end)
            self._members[nick] = outbox
            self._tell(self._manner.join.format(nick=nick), self._but(nick))
            return True

    def say(self, nick: str, text: str) -> None:
        with self._lock:
            self._tell(self._manner.relay.format(nick=nick, text=text), but=nick)
            if self._manner.echo:
                echo = self._manner.echo.format(text=text)
                self._members[nick].put(echo + self._manner.end)

    def leave(self, nick: str) -> None:
        with self._lock:
            if self._members.pop(nick, None):
                self._tell(self._manner.leave.format(nick=nick))

    def _but(self, nick: str) -> str | None:
        """Return who is not told of the arrival: with an echo, everybody is told everything."""
        return None if self._manner.echo else nick

    def _tell(self, text: str, but: str | None = None) -> None:
        for nick, outbox in self._members.items():
            if nick != but:
                outbox.put(text + self._manner.end)


class Handler(socketserver.StreamRequestHandler):
    """One client, from the door to its end."""

    disable_nagle_algorithm = True
    server: Chat

    def handle(self) -> None:
        self.manner = self.server.manner
        self.outbox = Outbox(self.connection)
        nick = ""
        try:
            nick = self._ask()
            self._listen(nick)
        except RefusedError as refused:
            if refused.args:
                self.outbox.put(f"{refused}{self.manner.end}")
        except (OSError, ValueError):
            # It was reset, or sent what is no text: it is gone, or has to go.
            pass
        self.server.room.leave(nick)
        self.outbox.close()

    def finish(self) -> None:
        """Read what is still said: closing before it is read would be a reset."""
        end = time.monotonic() + LINGER_SECONDS
        with contextlib.suppress(OSError):
            while (left := end - time.monotonic()) > 0:
                self.connection.settimeout(left)
                if not self.connection.recv(65536):
                    break
        self.rfile.close()
        self.wfile.close()

    def _line(self) -> str:
        line = self.rfile.readline(LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise RefusedError
        return line[:-1].removesuffix(b"\r").decode(errors=self.manner.errors)

    def _ask(self) -> str:
        if self.manner.taken is None:
            self.outbox.put(BANNER)
        while True:
            self.outbox.put(self.manner.prompt)
            nick = self._line()
            control = any(unicodedata.category(c) == "Cc" for c in nick)
            if not nick.strip() or control or "\ufffd" in nick:
                refusal = self.manner.bad
            elif self.server.room.enter(nick, self.outbox):
                return nick
            else:
                refusal = self.manner.taken
            if refusal is not None:
                raise RefusedError(refusal)

    def _listen(self, nick: str) -> None:
        while (text := self._line()) != QUIT:
            self.server.room.say(nick, text)
        if self.manner.farewell:
            self.outbox.put(self.manner.farewell.format(nick=nick) + self.manner.end)


class Chat(socketserver.ThreadingTCPServer):
    """Gives every connection a thread of its own."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(self, port: int, manner: Manner) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.manner = manner
        self.room = Room(manner)

    def get_request(self) -> tuple[socket.socket, Any]:
        try:
            return super().get_request()
        except OSError:
            # There are too many open files: the connection goes on waiting at the door.
            time.sleep(0.05)
            raise

    def shutdown_request(self, request: Any) -> None:
        """Close; the handler has ended its stream, or nobody could be found to handle it."""
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: what is wrong with one connection is nobody else's matter."""


def use_few_arenas() -> None:
    """Let all threads share memory: glibc gives each arenas that keep what was freed."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(-8, 2)


def main() -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM, then exit with 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=sorted(DIALECTS), required=True)
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    use_few_arenas()
    with Chat(args.port, DIALECTS[args.dialect]) as chat:
        chat.serve_forever()


if __name__ == "__main__":
    main()
