"""A correct chat server that is slow: every message waits 20 to 50 ms, yet keeps its order.

It is built on asyncio coroutines over plain sockets (`sock_accept`, `sock_recv`), three tasks for
each member: one reads, one relays when the time has come, one writes. New connections wait a
little too. A message goes to those who were members when it was read. It does not know who
tests it.

Choices: a nickname may be shared; one that is blank, has control characters or is not text is
refused; bytes that are not UTF-8 are replaced by U+FFFD; an empty line is dropped.
"""

from __future__ import annotations

import argparse
import asyncio
import codecs
import contextlib
import itertools
import signal
import socket
import struct
import unicodedata
from collections.abc import Coroutine

READ_SIZE = 8192
LONGEST_LINE = 256 * 1024
OUT_BOUND = 512 * 1024
WAITING_READS = 16
ACCEPT_SECONDS = 0.02
LATENCIES = (0.020, 0.035, 0.050, 0.027, 0.043)
LOOK_SECONDS = 0.25
LOOKS = 6
# A small send buffer: the less the kernel holds, the sooner a slow reader's progress shows.
SEND_BUFFER = 128 * 1024

Said = tuple[float, bytes, "list[Member]"]


async def ready_to_write(sock: socket.socket, seconds: float) -> bool:
    """Wait until the socket takes bytes again; False when the time was over first."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_writer(sock, ready.set)
    try:
        await asyncio.wait_for(ready.wait(), seconds)
    except TimeoutError:
        return False
    finally:
        loop.remove_writer(sock)
    return True


class Text:
    """Cuts a sender's bytes into texts: lines, or in `raw` whatever a read held."""

    def __init__(self, lines: bool) -> None:
        self._lines = lines
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes) -> list[str]:
        text = self._decoder.decode(data)
        if not self._lines:
            return [text] if text else []
        *whole, self._rest = (self._rest + text).split("\n")
        if len(self._rest) > LONGEST_LINE:
            raise ValueError("a line does not end")
        return whole


class Member:
    """One connection: what waits to be relayed from it, and what waits to be written to it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.nick = ""
        self.said: asyncio.Queue[Said | None] = asyncio.Queue(WAITING_READS)
        self.latencies = itertools.cycle(LATENCIES)
        self.gone = False
        self._outbox = bytearray()
        self._to_write = asyncio.Event()
        self._space = asyncio.Event()
        self._space.set()

    def send(self, data: bytes) -> None:
        if not self.gone:
            self._outbox += data
            self._to_write.set()
            if len(self._outbox) >= OUT_BOUND:
                self._space.clear()

    async def has_space(self) -> None:
        await self._space.wait()

    async def write(self) -> None:
        """Write what there is to write; a receiver that is full and takes nothing is reset."""
        fruitless = 0
        while fruitless < LOOKS:
            await self._to_write.wait()
            if self._write_some():
                fruitless = 0
            elif not await ready_to_write(self.sock, LOOK_SECONDS):
                fruitless = fruitless + 1 if not self._space.is_set() else 0
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _write_some(self) -> int:
        try:
            count = self.sock.send(self._outbox[:65536])
        except BlockingIOError:
            return 0
        del self._outbox[:count]
        if not self._outbox:
            self._to_write.clear()
        if len(self._outbox) < OUT_BOUND // 2:
            self._space.set()
        return count

    def give_up(self) -> None:
        """Take nothing more for this member; wakes its reading task, which closes."""
        self.gone = True
        self._outbox.clear()
        self._space.set()
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


class Chat:
    """The room and the tasks of its members."""

    def __init__(self, lines: bool) -> None:
        self._lines = lines
        self._end = "\n" if lines else ""
        self._members: list[Member] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(OSError):
                self._welcome((await loop.sock_accept(listener))[0])
            await asyncio.sleep(ACCEPT_SECONDS)
            with contextlib.suppress(OSError):
                while True:
                    self._welcome(listener.accept()[0])

    def _welcome(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._start(self._serve(Member(sock)))

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _serve(self, member: Member) -> None:
        self._start(self._relay(member))
        writer = self._start(self._write(member))
        try:
            await asyncio.sleep(ACCEPT_SECONDS)
            member.send(f"nickname{self._end}".encode())
            await self._read(member)
        except (OSError, ValueError):
            pass
        finally:
            writer.cancel()
            await asyncio.wait([writer])
            if member in self._members:
                self._members.remove(member)
            member.gone = True
            member.sock.close()
        await member.said.put(None)

    async def _write(self, member: Member) -> None:
        with contextlib.suppress(OSError):
            await member.write()
        member.give_up()

    async def _read(self, member: Member) -> None:
        loop = asyncio.get_running_loop()
        text = Text(self._lines)
        while data := await loop.sock_recv(member.sock, READ_SIZE):
            units = text.feed(data)
            if units and not member.nick:
                self._join(member, units.pop(0).rstrip("\r\n"))
            await self._hear(member, [unit for unit in units if unit])

    def _join(self, member: Member, nick: str) -> None:
        control = any(unicodedata.category(c) == "Cc" for c in nick)
        if not nick.strip() or control or "\ufffd" in nick:
            raise ValueError("not a nickname")
        member.nick = nick
        self._members.append(member)

    async def _hear(self, member: Member, units: list[str]) -> None:
        if not units:
            return
        due = asyncio.get_running_loop().time() + next(member.latencies)
        others = [other for other in self._members if other is not member]
        data = "".join(f"{member.nick}: {unit}{self._end}" for unit in units).encode()
        await member.said.put((due, data, others))

    async def _relay(self, member: Member) -> None:
        """Relay what one member said, in its order, also what it said just before it left."""
        loop = asyncio.get_running_loop()
        while said := await member.said.get():
            due, data, others = said
            await asyncio.sleep(max(0.0, due - loop.time()))
            for other in others:
                other.send(data)
            for other in others:
                await other.has_space()


async def serve(port: int, dialect: str) -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM; the tasks close their sockets when cancelled."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listener.setblocking(False)
        listener.bind(("127.0.0.1", port))
        listener.listen(1024)
        accepting = asyncio.create_task(Chat(dialect == "lines").accept(listener))
        await stop.wait()
        accepting.cancel()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--dialect", choices=("raw", "lines"), default="raw")
    args = parser.parse_args()
    asyncio.run(serve(args.port, args.dialect))


if __name__ == "__main__":
    main()
