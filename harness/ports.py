"""Ports for a server under test: one that is free and stays ours, or a plain word that one is not.

A free port is taken outside the range from which the kernel gives ports to clients (a client could
else connect to itself), and a lock on a file in the temporary directory keeps parallel runs, of
other people too, off it. Nothing here connects: connecting and closing would disturb a server.
This file does not know what will listen on the port.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import random
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.errors import HarnessError, UsageError

_CLIENT_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
_USUAL_CLIENT_PORTS = (49152, 65535)  # RFC 6335, and what macOS does
_LOWEST, _HIGHEST = 10000, 65535
_FEWEST = 500
_TRIES = 2000
_TAKEN = (errno.EADDRINUSE, errno.EACCES, errno.EPERM)


class PortLease:
    """A port that no other lease has until `release`; a context manager.

    The lock lives in the open file, so it ends with this process, however that ends.
    """

    __slots__ = ("_lock", "_path", "host", "port")

    def __init__(self, host: str, port: int, path: Path, lock: int) -> None:
        self.host = host
        self.port = port
        self._path = path
        self._lock: int | None = lock

    def release(self) -> None:
        """Let others have the port; a second call does nothing."""
        lock, self._lock = self._lock, None
        if lock is not None:
            with contextlib.suppress(OSError):  # another user's file stays where it is
                self._path.unlink()  # while it is locked, so that nobody can hold this very file
            os.close(lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def free_port(host: str = "127.0.0.1") -> PortLease:
    """A port of `host` on which nothing listens and no old connection lingers, and its lock.

    Raises `HarnessError` when none was found, `UsageError` when `host` is not of this machine.
    """
    for port in _candidates():
        path = Path(tempfile.gettempdir(), f"whoheard-port-{port}.lock")
        lock = _lock(path)
        if lock is None:
            continue
        lease = PortLease(host, port, path, lock)
        try:
            _bind(host, port, reuse=False)
            if _is_virgin(port):
                return lease
        except OSError as error:
            if error.errno not in _TAKEN:
                lease.release()
                raise UsageError(_in_words(host, port, error)) from None
        lease.release()
    raise HarnessError(
        f"no free port was found in {_TRIES} tries, and each needs a lock file in "
        f"{tempfile.gettempdir()}; name a port with --port"
    )


def check_free(host: str, port: int) -> None:
    """Raise `UsageError` unless a server could listen on this port now.

    Asked by binding as a server with SO_REUSEADDR does, so connections of an earlier run that still
    linger do not count.
    """
    if not 0 < port <= 65535:
        raise UsageError(f"there is no port {port}; a port is a number from 1 to 65535")
    try:
        _bind(host, port, reuse=True)
    except OSError as error:
        raise UsageError(_in_words(host, port, error)) from None


def _in_words(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} is in use on {host}: another program listens there; "
            f"end it, or choose another port"
        )
    if error.errno in _TAKEN:
        return f"port {port} may not be used by this user; choose a port from 1024 up"
    return f"cannot use {host}, port {port}: {error.strerror or error}"


def _candidates() -> Iterator[int]:
    """Ports that the kernel gives to no client, from a random place on."""
    low, high = _client_ports()
    ports = [port for port in range(_LOWEST, _HIGHEST + 1) if not low <= port <= high]
    if len(ports) < _FEWEST:  # this machine gives nearly every port to clients
        ports = list(range(_LOWEST, _HIGHEST + 1))
    start = random.SystemRandom().randrange(len(ports))
    for step in range(min(_TRIES, len(ports))):
        yield ports[(start + step) % len(ports)]


def _client_ports() -> tuple[int, int]:
    try:
        low, high = _CLIENT_PORTS.read_text(encoding="ascii").split()
        return int(low), int(high)
    except (OSError, ValueError):
        return _USUAL_CLIENT_PORTS


def _lock(path: Path) -> int | None:
    """The open, locked file, or `None` when another has it.

    Opened for reading, which suffices for a lock, and created in a step of its own: in a directory
    that all may write to, Linux (fs.protected_regular) refuses O_CREAT on another's file.
    """
    for flags in (os.O_RDONLY, os.O_RDONLY | os.O_CREAT | os.O_EXCL):
        try:
            lock = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        except OSError:
            continue
        if _is_ours(lock, path):
            return lock
        os.close(lock)
        return None
    return None


def _is_ours(lock: int, path: Path) -> bool:
    """Whether the lock was got, on the file that still has this name: its owner unlinks it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(lock), path.stat())
    except OSError:
        return False


def _is_virgin(port: int) -> bool:
    """Whether even a server without SO_REUSEADDR could listen there, on all addresses at once."""
    for every in ("0.0.0.0", "::"):  # noqa: S104 - bound for a moment, never listened on
        try:
            _bind(every, port, reuse=False)
        except OSError as error:
            if error.errno in _TAKEN:
                return False  # any other error: there is no IPv6 here
    return True


def _bind(host: str, port: int, *, reuse: bool) -> None:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as probe:
        if reuse:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
