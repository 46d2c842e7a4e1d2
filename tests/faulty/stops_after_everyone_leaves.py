"""When the last member has left, nobody is served any more.

Violates LEAVE-8, LIFE-4, JOIN-1.
The loop ends with the last member, and the program only waits to be told to end. Built on
`socketserver`, a thread for each client.
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import select
import signal
import socket
import socketserver
import sys
import threading
import unicodedata

DEFECT = "When the last member has left, nobody is served any more."
VIOLATES = ("LEAVE-8", "LIFE-4", "JOIN-1")
DIALECTS = ("raw", "lines")

LONGEST_LINE = 256 * 1024
SEND_BUFFER = 128 * 1024


class Server(socketserver.ThreadingTCPServer):
    """The room."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 1024
    end = ""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.members: list[Handler] = []
        self.lock = threading.Lock()

    def leave(self, handler: Handler) -> None:
        with self.lock:
            if handler in self.members:
                self.members.remove(handler)
                if not self.members:
                    self.shutdown()


class Handler(socketserver.BaseRequestHandler):
    """One client."""

    server: Server
    request: socket.socket

    def setup(self) -> None:
        self.nick = ""
        self.rest = ""
        self.writing = threading.Lock()
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")()
        with contextlib.suppress(OSError, ValueError):
            self.send(f"nickname{self.server.end}".encode())
            while data := self.request.recv(4096):
                for text in self.cut(decoder.decode(data)):
                    self.take(text)

    def cut(self, text: str) -> list[str]:
        if not self.server.end:
            return [text] if text else []
        *lines, self.rest = (self.rest + text).split("\n")
        if len(self.rest) > LONGEST_LINE:
            raise ValueError("a line does not end")
        return lines

    def take(self, text: str) -> None:
        server = self.server
        if not self.nick:
            self.join(text.rstrip("\r\n"))
            return
        with server.lock:
            others = [member for member in server.members if member is not self]
        for other in others:
            other.send(f"{self.nick}: {text}{server.end}".encode())

    def join(self, nick: str) -> None:
        if not nick.strip() or any(unicodedata.category(c) == "Cc" for c in nick):
            raise ValueError("not a nickname")
        with self.server.lock:
            self.nick = nick
            self.server.members.append(self)

    def send(self, data: bytes) -> None:
        with self.writing, contextlib.suppress(OSError):
            while data:
                try:
                    data = data[self.request.send(data, socket.MSG_DONTWAIT) :]
                except BlockingIOError:
                    self.wait_or_give_up()

    def wait_or_give_up(self) -> None:
        waiter = select.poll()
        waiter.register(self.request, select.POLLOUT)
        if not any(waiter.poll(250) for _ in range(6)):
            self.request.shutdown(socket.SHUT_RDWR)

    def finish(self) -> None:
        self.server.leave(self)
        # Not while another thread writes: the number of a closed socket is used again.
        with self.writing:
            self.request.close()


def main() -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM, then exit with 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=("raw", "lines"), default="raw")
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    with Server(args.port) as server:
        server.end = "\n" if args.dialect == "lines" else ""
        server.serve_forever()
        while True:
            signal.pause()


if __name__ == "__main__":
    main()
