"""A connection that resets before its nickname ends the whole server.

Violates JOIN-4, LIFE-4, STAY-1.
The error of that read is not caught. Built on epoll, with a generator for each client.
"""

from __future__ import annotations

import argparse
import codecs
import select
import signal
import socket
import sys
import unicodedata
from collections.abc import Generator

DEFECT = "A connection that resets before its nickname ends the whole server."
VIOLATES = ("JOIN-4", "LIFE-4", "STAY-1")
DIALECTS = ("raw", "lines")

LONGEST_LINE = 256 * 1024
SEND_BUFFER = 128 * 1024
OUT_BOUND = 512 * 1024


class Client:
    """One connection and the generator that hears it."""

    def __init__(self, sock: socket.socket, server: Server) -> None:
        self.sock = sock
        self.nick = ""
        self.out = bytearray()
        self.fruitless = 0
        self.hearing = hear(self, server)
        next(self.hearing)


def hear(client: Client, server: Server) -> Generator[None, bytes, None]:
    """Take the nickname, then the messages; ends with ValueError for what is not text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    rest = ""
    while True:
        rest += decoder.decode((yield))
        *texts, rest = rest.split("\n") if server.end else (rest, "")
        for text in texts:
            if client.nick and (text or server.end):
                server.say(client, text)
            elif text:
                client.nick = text.rstrip("\r\n")
                if not client.nick.strip() or any(
                    unicodedata.category(c) == "Cc" for c in client.nick
                ):
                    raise ValueError("not a nickname")
        if len(rest) > LONGEST_LINE:
            raise ValueError("a line does not end")


class Server:
    """The loop."""

    def __init__(self, listener: socket.socket, end: str) -> None:
        self.listener = listener
        self.end = end
        self.clients: dict[int, Client] = {}
        self.epoll = select.epoll()
        self.epoll.register(listener, select.EPOLLIN)

    def run(self) -> None:
        while True:
            full = [client for client in self.clients.values() if len(client.out) >= OUT_BOUND]
            ready = self.poll_writers(full) if full else self.epoll.poll()
            for fd, events in ready:
                if fd == self.listener.fileno():
                    self.accept()
                elif fd in self.clients:
                    self.serve(self.clients[fd], events)

    def poll_writers(self, full: list[Client]) -> list[tuple[int, int]]:
        """Read nobody while someone is full; disconnect who takes nothing for 1.5 s."""
        waiter = select.poll()
        for client in full:
            waiter.register(client.sock, select.POLLOUT)
        ready = waiter.poll(250)
        for client in full:
            moved = client.sock.fileno() in dict(ready)
            client.fruitless = 0 if moved else client.fruitless + 1
            if client.fruitless >= 6:
                self.leave(client)
        return [(fd, select.EPOLLOUT) for fd, _ in ready]

    def accept(self) -> None:
        sock, _ = self.listener.accept()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.send(f"nickname{self.end}".encode())
        self.clients[sock.fileno()] = Client(sock, self)
        self.epoll.register(sock, select.EPOLLIN)

    def serve(self, client: Client, events: int) -> None:
        self.write(client, b"")
        if not events & ~select.EPOLLOUT:
            return
        try:
            data = client.sock.recv(4096)
            if data:
                client.hearing.send(data)
        except BlockingIOError:
            return
        except ValueError:
            data = b""
        except OSError:
            if not client.nick:
                raise
            data = b""
        if not data:
            self.leave(client)

    def say(self, sender: Client, text: str) -> None:
        for client in self.clients.values():
            if client.nick and client is not sender:
                self.write(client, f"{sender.nick}: {text}{self.end}".encode())

    def write(self, client: Client, data: bytes) -> None:
        waited = bool(client.out)
        client.out += data
        try:
            while client.out:
                del client.out[: client.sock.send(client.out[:65536])]
        except BlockingIOError:
            pass
        except OSError:
            client.out.clear()
        if waited != bool(client.out):
            events = select.EPOLLIN | (select.EPOLLOUT if client.out else 0)
            self.epoll.modify(client.sock, events)

    def leave(self, client: Client) -> None:
        del self.clients[client.sock.fileno()]
        client.sock.close()


def main() -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM, then exit with 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=("raw", "lines"), default="raw")
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    with socket.create_server(("127.0.0.1", args.port), backlog=1024) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listener.setblocking(False)
        Server(listener, "\n" if args.dialect == "lines" else "").run()


if __name__ == "__main__":
    main()
