"""A correct broadcast server: no nicknames, every line goes to everybody else.

One thread, non-blocking sockets and a `selectors` loop. Who is connected is in. It does not know
who tests it.

Choices: bytes that are not UTF-8 are passed on as they are; an empty line, and a CR before LF,
are relayed. Who is four megabytes behind is disconnected.
"""

from __future__ import annotations

import argparse
import contextlib
import selectors
import signal
import socket
import struct
import sys
import time

# What stands before a line that is relayed.
DIALECTS = {"addresses": "{host}:{port}> ", "anonymous": ""}
READ_SIZE = 32768
WRITE_SIZE = 65536
LONGEST_LINE = 256 * 1024
MOST_BEHIND = 4 * 1024 * 1024
BOTH = selectors.EVENT_READ | selectors.EVENT_WRITE


class Client:
    """One connection: a line that has not ended, and what was not taken yet."""

    def __init__(self, sock: socket.socket, prefix: bytes) -> None:
        self.sock = sock
        self.prefix = prefix
        self.line = b""
        self.outbox = bytearray()


class Broadcast:
    """Everybody who is connected, and the loop that serves them."""

    def __init__(self, listener: socket.socket, form: str) -> None:
        self._listener = listener
        self._form = form
        self._clients: set[Client] = set()
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)

    def run(self) -> None:
        while True:
            for key, events in self._selector.select():
                if key.data is None:
                    self._accept()
                elif key.data in self._clients:
                    self._serve(key.data, events)

    def close(self) -> None:
        for client in list(self._clients):
            self._drop(client)
        self._selector.close()

    def _accept(self) -> None:
        try:
            sock, (host, port) = self._listener.accept()
        except (BlockingIOError, ConnectionError):
            return
        except OSError:
            # There are too many open files: the connection goes on waiting at the door.
            time.sleep(0.05)
            return
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client = Client(sock, self._form.format(host=host, port=port).encode())
        self._clients.add(client)
        self._selector.register(sock, selectors.EVENT_READ, client)

    def _serve(self, client: Client, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._write(client)
        if events & selectors.EVENT_READ and client in self._clients:
            try:
                data = client.sock.recv(READ_SIZE)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            self._take(client, data)

    def _take(self, client: Client, data: bytes) -> None:
        *lines, client.line = (client.line + data).split(b"\n")
        relayed = b"".join(b"%b%b\n" % (client.prefix, line) for line in lines)
        for other in [one for one in self._clients if one is not client and relayed]:
            other.outbox += relayed
            self._write(other)
        if not data or len(client.line) > LONGEST_LINE:
            self._drop(client)

    def _write(self, client: Client) -> None:
        try:
            while client.outbox:
                del client.outbox[: client.sock.send(client.outbox[:WRITE_SIZE])]
        except BlockingIOError:
            pass
        except OSError:
            # Its end is noticed where it is read, after what it may still have said.
            client.outbox.clear()
        if len(client.outbox) > MOST_BEHIND:
            option = struct.pack("ii", 1, 0)
            client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
            self._drop(client)
        else:
            wanted = BOTH if client.outbox else selectors.EVENT_READ
            if self._selector.get_key(client.sock).events != wanted:
                self._selector.modify(client.sock, wanted, client)

    def _drop(self, client: Client) -> None:
        self._clients.discard(client)
        self._selector.unregister(client.sock)
        client.sock.close()


def main() -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM, then exit with 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=sorted(DIALECTS), required=True)
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setblocking(False)
        listener.bind(("127.0.0.1", args.port))
        listener.listen(1024)
        with contextlib.closing(Broadcast(listener, DIALECTS[args.dialect])) as broadcast:
            broadcast.run()


if __name__ == "__main__":
    main()
