"""A read of 1,000 bytes that ends inside a character loses it and disconnects the sender.

Violates STAY-1, RELAY-7, INPUT-2, RELAY-1.
Each read is decoded by itself. Built on a blocking thread for each client, which also writes.
"""

from __future__ import annotations

import argparse
import contextlib
import select
import signal
import socket
import sys
import threading
import unicodedata

DEFECT = "A read of 1,000 bytes that ends inside a character loses it and disconnects the sender."
VIOLATES = ("STAY-1", "RELAY-7", "INPUT-2", "RELAY-1")
DIALECTS = ("raw", "lines")

LONGEST_LINE = 256 * 1024
SEND_BUFFER = 128 * 1024
READ_SIZE = 1000
room_lock = threading.Lock()


class Client:
    """One connection; `write` is what keeps two messages from mixing."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.nick = ""
        self.rest = ""
        self.open = True
        self.write = threading.Lock()

    def send(self, data: bytes) -> None:
        with self.write:
            while data and self.open:
                try:
                    data = data[self.sock.send(data, socket.MSG_DONTWAIT) :]
                except BlockingIOError:
                    self.wait_or_give_up()
                except OSError:
                    return

    def wait_or_give_up(self) -> None:
        waiter = select.poll()
        waiter.register(self.sock, select.POLLOUT)
        if not any(waiter.poll(250) for _ in range(6)):
            self.open = False
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with self.write:
            self.open = False
            self.sock.close()


def serve(client: Client, members: list[Client], end: str) -> None:
    """Speak with one client until it leaves."""
    try:
        client.send(f"nickname{end}".encode())
        while data := client.sock.recv(READ_SIZE):
            for text in cut(client, data.decode(), end):
                take(client, text, members, end)
    except (OSError, ValueError):
        pass
    with room_lock:
        if client in members:
            members.remove(client)
    client.close()


def cut(client: Client, text: str, end: str) -> list[str]:
    """Give the whole lines, or in `raw` all there is."""
    if not end:
        return [text]
    *lines, client.rest = (client.rest + text).split("\n")
    if len(client.rest) > LONGEST_LINE:
        raise ValueError("a line does not end")
    return lines


def take(client: Client, text: str, members: list[Client], end: str) -> None:
    """The first text is the nickname; what follows goes to the others."""
    if client.nick:
        with room_lock:
            others = [member for member in members if member is not client]
        for other in others:
            other.send(f"{client.nick}: {text}{end}".encode())
        return
    nick = text.rstrip("\r\n")
    if not nick.strip() or any(unicodedata.category(c) == "Cc" for c in nick):
        raise ValueError("not a nickname")
    with room_lock:
        client.nick = nick
        members.append(client)


def main() -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM, then exit with 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=("raw", "lines"), default="raw")
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    members: list[Client] = []
    end = "\n" if args.dialect == "lines" else ""
    with socket.create_server(("127.0.0.1", args.port), backlog=1024) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        while True:
            client = Client(listener.accept()[0])
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve, args=(client, members, end), daemon=True).start()


if __name__ == "__main__":
    main()
