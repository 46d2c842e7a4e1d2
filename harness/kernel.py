"""What the Linux kernel tells about TCP connections, without a sleep and without /proc/net.

The questions go through a netlink socket (sock_diag(7), `struct inet_diag_req_v2`): one connection
by its two ends, or all sockets of one local port. Only sockets of the caller's own network
namespace are seen. Where there is no such kernel, every answer is "not known" (`None`, or nothing),
never an exception. This file does not know who owns a socket, and nothing of chats.
"""

from __future__ import annotations

import errno
import functools
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from types import TracebackType
from typing import Self

Address = tuple[str, int]


class TcpState(IntEnum):
    """The states of a TCP socket, numbered as in the kernel's `include/net/tcp_states.h`."""

    UNKNOWN = 0
    ESTABLISHED = 1
    SYN_SENT = 2
    SYN_RECV = 3
    FIN_WAIT1 = 4
    FIN_WAIT2 = 5
    TIME_WAIT = 6
    CLOSE = 7
    CLOSE_WAIT = 8
    LAST_ACK = 9
    LISTEN = 10
    CLOSING = 11
    NEW_SYN_RECV = 12
    BOUND_INACTIVE = 13


@dataclass(frozen=True, slots=True)
class SocketState:
    """One TCP socket, as the kernel saw it at the moment of the question.

    Queues and `bytes_received` are bytes; for a listener the queues are connections that wait to be
    accepted, and their limit. An end of the stream that was not read yet counts one in
    `receive_queue`. `inode` is 0 where no process holds the socket (not yet accepted, or closed).
    `bytes_received` is -1 where the kernel does not say.
    """

    state: TcpState
    local: Address
    remote: Address
    receive_queue: int
    send_queue: int
    inode: int
    bytes_received: int


@dataclass(frozen=True, slots=True)
class PortCounts:
    """How many sockets a server has at a port: held by processes, in CLOSE_WAIT, listening.

    Where something listens, only what came in there counts: the same number may be the port of
    somebody's client at another address, or in the other family.
    """

    open_sockets: int
    close_wait: int
    listeners: int


_SOCK_DIAG_BY_FAMILY = 20
_NETLINK_SOCK_DIAG = 4
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_REQUEST, _DUMP = 0x01, 0x300
_INET_DIAG_INFO = 2
_WANT_INFO = 1 << (_INET_DIAG_INFO - 1)
_ALL_STATES = 0xFFFFFFFF

# struct nlmsghdr: length, type, flags, sequence, port
_HEADER = struct.Struct("=IHHII")
# The same, then: family, protocol, extensions, states; ports, addresses, interface, any cookie
_QUESTION = struct.Struct("=IHHII BBBx I HH 16s 16s I II")
# struct inet_diag_msg: family, state, timer, retransmits; ports, addresses, interface, cookie;
# expires, receive queue, send queue, uid, inode
_ANSWER = struct.Struct("=BBBB HH 16s 16s I II IIIII")
_ATTRIBUTE = struct.Struct("=HH")
_COUNTER = struct.Struct("=Q")
_COUNTER_AT = _ATTRIBUTE.size + 128  # tcpi_bytes_received in struct tcp_info, since Linux 4.1
_ERROR = struct.Struct("=i")
_STATES = {int(state): state for state in TcpState}
_NOBODY = b"\0" * 16

_Bound = tuple[int, bytes]  # family and local address; a server of both has its sockets in IPv6


class SocketDiag:
    """A netlink socket to ask the kernel with, again and again; a context manager.

    One thread at a time. Making one never fails; where the kernel cannot be asked, `one` gives
    `None`, `on_port` nothing and `count` `None`. An exact question takes about 10 microseconds.
    """

    __slots__ = ("_buffer", "_sequence", "_socket")

    def __init__(self) -> None:
        self._socket = _open()
        self._sequence = 0
        self._buffer = bytearray(1 << 16)

    def one(self, local: Address, remote: Address) -> SocketState | None:
        """The socket whose own end is `local` and whose peer is `remote`; numeric hosts only.

        `None` when there is no such socket (its listener does not count) or none can be known.
        """
        try:
            family = socket.AF_INET6 if ":" in local[0] else socket.AF_INET
            source = socket.inet_pton(family, local[0])
            target = socket.inet_pton(family, remote[0])
            self._ask(family, _REQUEST, _WANT_INFO, (local[1], source), (remote[1], target))
            for at, length in self._answers():
                found = _socket_state(self._buffer, at, length, local, remote)
                return None if found.state is TcpState.LISTEN else found
        except OSError:
            pass
        return None

    def on_port(self, port: int) -> list[SocketState]:
        """All TCP sockets with this local port, listeners included, of IPv4 and IPv6.

        The kernel walks its table meanwhile: a socket that changes just then may be missed.
        """
        found: list[SocketState] = []
        for at, length in self._dump(port, _WANT_INFO):
            fields = _ANSWER.unpack_from(self._buffer, at)
            local = (_host(fields[0], fields[6]), port)
            remote = (_host(fields[0], fields[7]), socket.ntohs(fields[5]))
            found.append(_socket_state(self._buffer, at, length, local, remote))
        return found

    def count(self, port: int) -> PortCounts | None:
        """The number of sockets with this local port, counted faster than `on_port` lists them."""
        if self._socket is None or not available():
            return None
        held: list[tuple[int, _Bound]] = []
        listeners: list[_Bound] = []
        for at, _ in self._dump(port, 0):
            family, state, _, _, _, _, address, *_, inode = _ANSWER.unpack_from(self._buffer, at)
            if state == TcpState.LISTEN:
                listeners.append((family, address))
            elif inode:
                held.append((state, (family, address)))
        here = [state for state, bound in held if not listeners or _came_in(bound, listeners)]
        return PortCounts(len(here), here.count(TcpState.CLOSE_WAIT), len(listeners))

    def close(self) -> None:
        """Give the socket back; afterwards every answer is "not known"."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _dump(self, port: int, extensions: int) -> Iterator[tuple[int, int]]:
        """Each answer about a socket of this local port; ends early where the kernel fails."""
        for family in (socket.AF_INET, socket.AF_INET6):
            try:
                self._ask(family, _REQUEST | _DUMP, extensions, (port, _NOBODY), (0, _NOBODY))
                yield from self._answers()
            except OSError:
                continue

    def _ask(
        self,
        family: int,
        flags: int,
        extensions: int,
        own: tuple[int, bytes],
        peer: tuple[int, bytes],
    ) -> None:
        if self._socket is None:
            raise OSError(errno.EBADF, "there is no netlink socket")
        self._sequence = (self._sequence + 1) & 0xFFFFFFFF
        question = _QUESTION.pack(
            *(_QUESTION.size, _SOCK_DIAG_BY_FAMILY, flags, self._sequence, 0),
            *(family, socket.IPPROTO_TCP, extensions, _ALL_STATES),
            *(socket.htons(own[0]), socket.htons(peer[0]), own[1], peer[1]),
            *(0, 0xFFFFFFFF, 0xFFFFFFFF),
        )
        self._socket.send(question)

    def _answers(self) -> Iterator[tuple[int, int]]:
        """Offset and length (in the buffer) of each answer to the last question.

        The kernel answers while it is asked, so that nothing here ever blocks; an exact question
        has one answer or an error, a dump ends with a message of its own.
        """
        while self._socket is not None:
            size, at = self._socket.recv_into(self._buffer), 0
            while at + _HEADER.size <= size:
                length, kind, flags, sequence, _ = _HEADER.unpack_from(self._buffer, at)
                if sequence == self._sequence:
                    if kind == _NLMSG_DONE:
                        return
                    if kind == _NLMSG_ERROR:
                        raise OSError(-_ERROR.unpack_from(self._buffer, at + _HEADER.size)[0], "")
                    yield at + _HEADER.size, length - _HEADER.size
                    if not flags & 2:  # NLM_F_MULTI: more will follow
                        return
                at += (max(length, _HEADER.size) + 3) & ~3


def has_read(
    diag: SocketDiag, server: Address, client: Address, expected_bytes: int
) -> bool | None:
    """Whether the server's program has read all of the `expected_bytes` written to a connection.

    `server` and `client` are the connection's ends as the client sees them. `None` when the kernel
    cannot tell: not Linux, the server is elsewhere, or it has closed the connection.

    The kernel looks at the queue *before* the counter, without a lock. Bytes that arrive in between
    would be "counted, and not waiting"; so a yes is asked for twice: in the second answer the queue
    was looked at when everything had long been counted.
    """
    first = diag.one(server, client)
    if first is None or first.bytes_received < 0:
        return None
    if first.receive_queue or first.bytes_received < expected_bytes:
        return False
    second = diag.one(server, client)
    return None if second is None else not second.receive_queue


def _socket_state(
    buffer: bytearray, at: int, length: int, local: Address, remote: Address
) -> SocketState:
    fields = _ANSWER.unpack_from(buffer, at)
    state = _STATES.get(fields[1], TcpState.UNKNOWN)
    *_, receive_queue, send_queue, _, inode = fields
    received = _bytes_received(buffer, at + _ANSWER.size, at + length)
    if received < 0 and state in (TcpState.SYN_RECV, TcpState.NEW_SYN_RECV):
        received = 0
    return SocketState(state, local, remote, receive_queue, send_queue, inode, received)


def _came_in(bound: _Bound, listeners: list[_Bound]) -> bool:
    return bound in listeners or (bound[0], _NOBODY) in listeners


def _bytes_received(buffer: bytearray, at: int, end: int) -> int:
    """`tcpi_bytes_received` among the attributes of one answer; -1 when it is not there."""
    while at + _ATTRIBUTE.size <= end:
        length, kind = _ATTRIBUTE.unpack_from(buffer, at)
        if kind == _INET_DIAG_INFO and length >= _COUNTER_AT + _COUNTER.size:
            counter: int = _COUNTER.unpack_from(buffer, at + _COUNTER_AT)[0]
            return counter
        at += (max(length, _ATTRIBUTE.size) + 3) & ~3
    return -1


def _host(family: int, address: bytes) -> str:
    if family == socket.AF_INET6:
        return socket.inet_ntop(socket.AF_INET6, address)
    return socket.inet_ntop(socket.AF_INET, address[:4])


@functools.cache
def available() -> bool:
    """Whether this machine's kernel answers: tried once, on a listener of our own."""
    try:
        with SocketDiag() as diag, socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            return any(found.state is TcpState.LISTEN for found in diag.on_port(port))
    except OSError:
        return False


def _open() -> socket.socket | None:
    if sys.platform != "linux":
        return None
    try:
        opened = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG)
        opened.setblocking(False)
    except OSError:
        return None
    return opened
