"""A correct chat server with two threads for each client, from which faulty servers derive.

A reading thread hears one client and a writing thread speaks to it; between the two stands a
bounded queue. Each small method of `Chat` is a place where a faulty server puts its one defect.
What is not overridden is correct. It does not know which defects there are.
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

LONGEST_LINE = 256 * 1024
QUEUE_BOUND = 512 * 1024
SEND_BUFFER = 128 * 1024
LOOK_MS = 250
LOOKS = 6
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Client:
    """One connection, its nickname once it is a member, and the queue of what it is to read."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.nick = ""
        self.gone = False
        self.was_reset = False
        self._queue = bytearray()
        self._changed = threading.Condition()

    def send(self, data: bytes) -> None:
        with self._changed:
            if not self.gone:
                self._queue += data
                self._changed.notify_all()

    def wait_for_space(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.gone or len(self._queue) < QUEUE_BOUND)

    def hang_up(self) -> None:
        """Send nothing more and wake both threads; the reading one closes the socket."""
        with self._changed:
            self.gone = True
            self._queue.clear()
            self._changed.notify_all()
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def write_until_gone(self) -> None:
        """Write what is queued; a client that takes nothing while its queue is full is reset."""
        fruitless = 0
        while fruitless < LOOKS:
            with self._changed:
                self._changed.wait_for(lambda: self.gone or self._queue)
                if self.gone:
                    return
                data = bytes(self._queue[:16384])
            sent = self._try_to_send(data)
            with self._changed:
                del self._queue[: max(0, sent)]
                self._changed.notify_all()
                full = len(self._queue) >= QUEUE_BOUND
            fruitless = fruitless + 1 if full and not sent else 0
        with contextlib.suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.hang_up()

    def _try_to_send(self, data: bytes) -> int:
        """Count the bytes sent; -1 where some can be sent now, 0 where none could for a while."""
        try:
            return self.sock.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            waiter = select.poll()
            waiter.register(self.sock, select.POLLOUT)
            return -1 if waiter.poll(LOOK_MS) else 0
        except OSError:
            self.was_reset = True
            self.hang_up()
            return 0


class Chat:
    """The room, and what a thread does for one client, in small steps."""

    prompt = "nickname"
    read_size = 4096

    def __init__(self, dialect: str) -> None:
        self.lines = dialect == "lines"
        self.end = "\n" if self.lines else ""
        self.members: list[Client] = []
        self.lock = threading.RLock()

    def accepted(self, client: Client) -> None:
        """Give a new connection its thread."""
        threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client: Client) -> None:
        writer = threading.Thread(target=client.write_until_gone, daemon=True)
        writer.start()
        try:
            self.greet(client)
            for text in self.texts(client):
                self.take(client, text)
        except ConnectionResetError:
            client.was_reset = True
        except (OSError, ValueError):
            pass
        finally:
            client.hang_up()
            writer.join()
            self.leave(client)

    def greet(self, client: Client) -> None:
        client.send(f"{self.prompt}{self.end}".encode())

    def texts(self, client: Client) -> Iterator[str]:
        """Give what a client sends, cut as the dialect says, until it has ended its sending."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        rest = ""
        while data := self.receive(client):
            text = rest + decoder.decode(data)
            if not self.lines:
                yield from [text] * bool(text)
                continue
            *lines, rest = text.split("\n")
            yield from lines
            if len(rest) > LONGEST_LINE:
                raise ValueError("a line does not end")

    def receive(self, client: Client) -> bytes:
        return client.sock.recv(self.read_size)

    def take(self, client: Client, text: str) -> None:
        if client.nick:
            self.say(client, text)
        else:
            self.join(client, text.rstrip("\r\n"))

    def join(self, client: Client, nick: str) -> None:
        if not nick.strip() or any(unicodedata.category(c) == "Cc" for c in nick):
            raise ValueError("not a nickname")
        with self.lock:
            client.nick = nick
            self.members.append(client)

    def say(self, sender: Client, text: str) -> None:
        receivers = self.receivers(sender)
        for receiver in receivers:
            self.deliver(receiver, sender, text)
        for receiver in receivers:
            receiver.wait_for_space()

    def receivers(self, sender: Client) -> list[Client]:
        with self.lock:
            return [member for member in self.members if member is not sender]

    def deliver(self, receiver: Client, sender: Client, text: str) -> None:
        receiver.send(self.relayed(sender, text))

    def relayed(self, sender: Client, text: str) -> bytes:
        return f"{sender.nick}: {text}{self.end}".encode()

    def leave(self, client: Client) -> None:
        """Take a client out, in the last moment of its reading thread."""
        with self.lock:
            if client in self.members:
                self.members.remove(client)
        self.close(client)

    def close(self, client: Client) -> None:
        client.sock.close()


def use_few_arenas() -> None:
    """Let all threads share memory: glibc gives each arenas that keep what was freed."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(-8, 2)


def accept_forever(listener: socket.socket, chat: Chat) -> None:
    """Hand each new connection to the chat."""
    while True:
        try:
            sock, _ = listener.accept()
        except OSError:
            time.sleep(0.05)
            continue
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chat.accepted(Client(sock))


def main(chat: type[Chat]) -> None:
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
        accept_forever(listener, chat(args.dialect))


if __name__ == "__main__":
    main(Chat)
