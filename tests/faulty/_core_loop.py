"""A correct chat server in one thread, a `selectors` loop, from which faulty servers derive.

Bytes come in, bytes go out, and the room is a list in the order of joining. Each small method of
`Chat` is a place where a faulty server puts its one defect. What is not overridden is correct.
It does not know which defects there are.
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

LONGEST_LINE = 256 * 1024
OUT_BOUND = 512 * 1024
SEND_BUFFER = 128 * 1024
LOOK_SECONDS = 0.25
LOOKS = 6


class Client:
    """One connection: its nickname once it is a member, its decoder, and what waits for it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.nick = ""
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.rest = ""
        self.out = bytearray()
        self.sent = 0
        self.sent_at_last_look = 0
        self.fruitless = 0


class Chat:
    """The loop and the room."""

    dialects: tuple[str, ...] = ("raw", "lines")
    prompt = "nickname"
    read_size = 4096
    host = "127.0.0.1"
    reuse_address = True
    longest_line = LONGEST_LINE

    def __init__(self, listener: socket.socket, dialect: str) -> None:
        self.listener = listener
        self.lines = dialect == "lines"
        self.end = "\n" if self.lines else ""
        self.clients: list[Client] = []
        self.members: list[Client] = []
        self._look_at = 0.0

    # The loop: who is ready?

    def run(self) -> None:
        while True:
            full = [client for client in self.clients if self.is_full(client)]
            for client, events in self._ready(congested=bool(full)):
                if client is None:
                    self.accept()
                elif client in self.clients:
                    self._serve(client, events)
            if full and time.monotonic() >= self._look_at:
                self._look_at = time.monotonic() + LOOK_SECONDS
                for client in full:
                    self.look(client)

    def _ready(self, *, congested: bool) -> list[tuple[Client | None, int]]:
        with selectors.PollSelector() as selector:
            selector.register(self.listener, selectors.EVENT_READ)
            for client in self.clients:
                events = selectors.EVENT_READ if self.reads(client) and not congested else 0
                events |= selectors.EVENT_WRITE if client.out else 0
                if events:
                    selector.register(client.sock, events, client)
            return [(key.data, mask) for key, mask in selector.select(self._timeout(congested))]

    def _timeout(self, congested: bool) -> float | None:
        return max(0.0, self._look_at - time.monotonic()) if congested else None

    def reads(self, _client: Client) -> bool:
        return True

    def _serve(self, client: Client, events: int) -> None:
        self.write(client)
        if events & selectors.EVENT_READ:
            try:
                data = client.sock.recv(self.read_size)
            except BlockingIOError:
                return
            except OSError:
                self.was_reset(client)
                return
            if data:
                self._take(client, data)
            else:
                self.has_ended(client)

    def look(self, client: Client) -> None:
        """Give up a client that is full and took nothing between several looks in a row."""
        client.fruitless = client.fruitless + 1 if client.sent == client.sent_at_last_look else 0
        client.sent_at_last_look = client.sent
        if client.fruitless >= LOOKS and client in self.clients:
            self.give_up(client)

    def is_full(self, client: Client) -> bool:
        return len(client.out) >= OUT_BOUND

    def give_up(self, client: Client) -> None:
        linger = struct.pack("ii", 1, 0)
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.leave(client)

    # What happens to one connection.

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            sock, _ = self.listener.accept()
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client = Client(sock)
            self.clients.append(client)
            self.greet(client)

    def greet(self, client: Client) -> None:
        self.send(client, f"{self.prompt}{self.end}".encode())

    def _take(self, client: Client, data: bytes) -> None:
        try:
            for text in self.texts(client, data):
                self.take(client, text)
        except ValueError:
            self.leave(client)

    def texts(self, client: Client, data: bytes) -> list[str]:
        """Cut what was read as the dialect says; keep a character that is not yet whole."""
        text = client.rest + self.decode(client, data)
        if not self.lines:
            return [text] if text else []
        *lines, client.rest = text.split("\n")
        if len(client.rest) > self.longest_line:
            raise ValueError("a line does not end")
        return lines

    def decode(self, client: Client, data: bytes) -> str:
        return client.decoder.decode(data)

    def take(self, client: Client, text: str) -> None:
        if client.nick:
            self.say(client, text)
        else:
            self.join(client, text.rstrip("\r\n"))

    def join(self, client: Client, nick: str) -> None:
        if not self.admits(nick):
            raise ValueError("not a nickname")
        client.nick = nick
        self.members.append(client)

    def admits(self, nick: str) -> bool:
        return bool(nick.strip()) and not any(unicodedata.category(c) == "Cc" for c in nick)

    def was_reset(self, client: Client) -> None:
        self.leave(client)

    def has_ended(self, client: Client) -> None:
        self.leave(client)

    def leave(self, client: Client) -> None:
        if client in self.members:
            self.members.remove(client)
        self.close(client)

    def close(self, client: Client) -> None:
        if client in self.clients:
            self.clients.remove(client)
        client.sock.close()

    # What one member says reaches the others.

    def say(self, sender: Client, text: str) -> None:
        for receiver in list(self.members):
            if receiver is not sender:
                self.deliver(receiver, sender, text)

    def deliver(self, receiver: Client, sender: Client, text: str) -> None:
        self.send(receiver, self.relayed(sender, text))

    def relayed(self, sender: Client, text: str) -> bytes:
        return f"{sender.nick}: {text}{self.end}".encode()

    def send(self, client: Client, data: bytes) -> None:
        client.out += data
        self.write(client)

    def write(self, client: Client) -> None:
        try:
            while client.out:
                count = client.sock.send(client.out[:65536])
                client.sent += count
                del client.out[:count]
        except BlockingIOError:
            pass
        except OSError:
            # The loss is handled where it is read.
            client.out.clear()


def main(chat: type[Chat]) -> None:
    """Serve until SIGINT or SIGTERM, then exit with 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=chat.dialects, default=chat.dialects[0])
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, chat.reuse_address)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listener.setblocking(False)
        listener.bind((chat.host, args.port))
        listener.listen(1024)
        room = chat(listener, args.dialect)
        try:
            room.run()
        finally:
            for client in room.clients:
                client.sock.close()


if __name__ == "__main__":
    main(Chat)
