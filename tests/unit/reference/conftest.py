"""The programs under test as processes, and plain blocking sockets to talk to them.

Nothing here sleeps: a test waits for a line of a log, for bytes, or for the end of a stream,
and every such wait has a bound far above what it takes.
"""

import os
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import pytest

import reference

BOUND = 60.0  # seconds; a wait that takes this long has failed
ROOT = Path(reference.__file__).parent.parent


class Program:
    """A started program with the lines that it prints."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._unread = b""

    def _pipe(self, pipe: IO[bytes] | None) -> int:
        assert pipe is not None
        return pipe.fileno()

    def line(self) -> str:
        """The next line that it prints; an empty text at its end."""
        output = self._pipe(self.process.stdout)
        while b"\n" not in self._unread:
            assert select.select([output], [], [], BOUND)[0], f"no line after {self._unread!r}"
            chunk = os.read(output, 65536)
            if not chunk:
                break
            self._unread += chunk
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def wait_for(self, wanted: str) -> None:
        """Read lines until one is exactly this."""
        seen = [self.line()]
        while seen[-1] != wanted:
            assert seen[-1] or self.process.poll() is None, f"{wanted!r} is not among {seen}"
            seen.append(self.line())

    def type(self, data: bytes) -> None:
        os.write(self._pipe(self.process.stdin), data)

    def end_input(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def end(self, number: signal.Signals | None = None) -> tuple[int, str, str]:
        """Its exit status, what it has not yet printed, and its stderr."""
        if number is not None:
            self.process.send_signal(number)
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        status = self.process.wait(BOUND)
        rest = self._unread + self.process.stdout.read()
        return status, rest.decode(), self.process.stderr.read().decode()


class Server(Program):
    """A started server, ready on its port."""

    port = 0

    def connect(self) -> "Peer":
        return Peer(socket.create_connection(("127.0.0.1", self.port), BOUND))

    def join(self, name: str, end: str = "", prompt: str = "nickname") -> "Peer":
        """A new member, in the room for certain."""
        peer = self.connect()
        assert peer.read(len(prompt + end)) == (prompt + end).encode()
        peer.send((name + end).encode())
        self.wait_for(f"{name} joined")
        return peer


class Peer:
    """A connection, closed by the test or at its end."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        connection.settimeout(BOUND)

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read(self, size: int) -> bytes:
        """So many bytes, or fewer at the end of the stream."""
        data = b""
        while len(data) < size and (chunk := self.socket.recv(size - len(data))):
            data += chunk
        return data

    def read_to_end(self) -> bytes:
        return b"".join(iter(lambda: self.socket.recv(1 << 20), b""))

    def half_close(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


StartProgram = Callable[..., Program]
StartServer = Callable[..., Server]


PATH = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])


def _environment(changes: dict[str, str]) -> dict[str, str]:
    cleared = {"LANG": "", "LC_MESSAGES": "", "LC_ALL": "C.UTF-8"}
    return os.environ | {"PYTHONPATH": PATH} | cleared | changes


@pytest.fixture
def python_path() -> str:
    """Where a program that a test starts by itself finds the reference."""
    return PATH


@pytest.fixture
def cleanup(monkeypatch: pytest.MonkeyPatch) -> Iterator[ExitStack]:
    """What is to be closed and ended after the test, whatever its outcome."""
    with ExitStack() as stack:
        initialise = Peer.__init__

        def kept(peer: Peer, connection: socket.socket) -> None:
            stack.callback(connection.close)
            initialise(peer, connection)

        monkeypatch.setattr(Peer, "__init__", kept)
        yield stack


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(BOUND)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _start(
    stack: ExitStack, module: str, arguments: tuple[str, ...], changes: dict[str, str], stdin: int
) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=_environment(changes),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    stack.callback(_end, process)
    return process


@pytest.fixture
def start(cleanup: ExitStack) -> StartProgram:
    """Start a module of the reference with arguments, and changes to the environment."""

    def started(
        module: str, *arguments: str, stdin: int = subprocess.PIPE, **changes: str
    ) -> Program:
        return Program(_start(cleanup, f"reference.{module}", arguments, changes, stdin))

    return started


@pytest.fixture
def start_server(cleanup: ExitStack) -> StartServer:
    """Start a server on a free port, unless told otherwise, and wait until it is ready."""

    def started(*arguments: str, **changes: str) -> Server:
        chosen = arguments if "--port" in arguments else ("--port", "0", *arguments)
        process = _start(cleanup, "reference.server", chosen, changes, subprocess.DEVNULL)
        server = Server(process)
        ready = server.line()
        server.port = int(ready.rpartition(":")[2])
        return server

    return started


@pytest.fixture
def listener(cleanup: ExitStack) -> socket.socket:
    """A listening socket, for a test that plays the server."""
    listening = cleanup.enter_context(socket.create_server(("127.0.0.1", 0)))
    listening.settimeout(BOUND)
    return listening


@pytest.fixture
def accept(listener: socket.socket, cleanup: ExitStack) -> Callable[[], Peer]:
    """Accept the next connection to `listener`."""
    assert cleanup is not None
    return lambda: Peer(listener.accept()[0])
