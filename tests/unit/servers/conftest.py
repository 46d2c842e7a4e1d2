"""A server program as a process, and people on plain sockets who talk to it.

Nothing of the harness is used here. What a person waits for always comes, or its absence is
certain; nobody sleeps to see that something did not happen. It does not know what a server is to
do: that is in the tests.
"""

from __future__ import annotations

import ast
import contextlib
import fcntl
import resource
import signal
import socket
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from known_good import command
from shapes import SHAPES, Shape

Start = Callable[[Path, str], "Server"]
FAULTY = Path(__file__).parents[2] / "faulty"
PATIENCE = 20.0


def until(condition: Callable[[], object], what: str) -> None:
    """Look again and again until `condition` holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.002)


def kernel_row(local: tuple[str, int], remote: tuple[str, int]) -> tuple[int, int] | None:
    """Give state and length of the receive queue of a TCP socket, from /proc/net/tcp."""
    ends = [
        f"{struct.unpack('=I', socket.inet_aton(h))[0]:08X}:{p:04X}" for h, p in (local, remote)
    ]
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        columns = row.split()
        if columns[1:3] == ends:
            return int(columns[3], 16), int(columns[4].split(":")[1], 16)
    return None


@dataclass(eq=False)
class Person:
    """One connection to the server and all that was read from it."""

    sock: socket.socket
    shape: Shape
    nick: str = ""
    heard: bytes = b""
    ended: bool = False

    @property
    def end(self) -> str:
        return (self.shape.end or b"").decode()

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.sock.getsockname()
        return host, port

    def say(self, text: str) -> None:
        self.sock.settimeout(PATIENCE)
        self.sock.sendall(self.shape.form(self.shape.said, self.nick, text))

    def say_apart(self, text: str) -> None:
        """Send one message, and wait until the server has read it: the next is another read."""
        self._send_apart(self.shape.form(self.shape.said, self.nick, text))

    def send_apart(self, text: str) -> None:
        """Send without an end, and wait until the server has read it."""
        self._send_apart(text.encode())

    def give_name(self, nick: str) -> None:
        """Send the nickname, and wait until the server has read it."""
        self.nick = nick
        if self.shape.named:
            self._send_apart(self.shape.wrap(nick))

    def _send_apart(self, data: bytes) -> None:
        self.sock.settimeout(PATIENCE)
        self.sock.sendall(data)
        until(self.is_read, f"the server reads {data[:20]!r}")

    def is_read(self) -> bool:
        unacknowledged = fcntl.ioctl(self.sock, termios.TIOCOUTQ, b"\0" * 4)
        row = kernel_row(self.sock.getpeername(), self.sock.getsockname())
        return unacknowledged == b"\0" * 4 and (row is None or row[1] == 0)

    def hears(self, *texts: str) -> None:
        self.reads(lambda: all(text.encode() in self.heard for text in texts), str(texts))

    def hears_soon(self, text: str) -> bool:
        with contextlib.suppress(TimeoutError):
            self.reads(lambda: text.encode() in self.heard, text, within=0.1)
        return text.encode() in self.heard

    def reads_end(self) -> None:
        self.reads(lambda: self.ended, "the end of the stream")

    def reads(self, condition: Callable[[], object], what: str, within: float = PATIENCE) -> None:
        """Read until `condition` holds; TimeoutError names what did not come."""
        deadline = time.monotonic() + within
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0 or self.ended:
                raise TimeoutError(f"waited for {what}, heard {self.heard[-200:]!r}")
            self.sock.settimeout(left)
            with contextlib.suppress(TimeoutError):
                self._read_once()

    def _read_once(self) -> None:
        try:
            data = self.sock.recv(65536)
        except ConnectionResetError:
            data = b""
        self.heard += data
        self.ended = not data

    def says_numbered(self, count: int) -> list[str]:
        texts = [f"<m{number}>" for number in range(count)]
        for text in texts:
            self.say_apart(text)
        return texts

    def misses(self, texts: list[str]) -> list[str]:
        return [text for text in texts if text.encode() not in self.heard]

    def floods(self, until_stuck: float) -> bool:
        """Say a lot; True as soon as the server has taken nothing for so many seconds."""
        self.sock.settimeout(until_stuck)
        message = f"{'x' * 1000}{self.end}".encode() * 100
        with contextlib.suppress(OSError):
            for _ in range(1000):
                self.sock.sendall(message)
            return False
        return True

    def half_close(self) -> None:
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


@dataclass
class Server:
    """A running server program, and the people who are connected to it."""

    process: subprocess.Popen[bytes]
    port: int
    shape: Shape
    people: list[Person] = field(default_factory=list)

    @property
    def end(self) -> str:
        return (self.shape.end or b"").decode()

    def connect(self) -> Person:
        """Connect; retried until the program listens."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            sock = socket.socket()
            with contextlib.suppress(ConnectionRefusedError):
                sock.connect(("127.0.0.1", self.port))
                # A connection to itself is possible while nobody listens on a free port.
                if sock.getsockname() != sock.getpeername():
                    self.people.append(Person(sock, self.shape))
                    return self.people[-1]
            sock.close()
            time.sleep(0.005)
        raise ChildProcessError(f"nobody listens; exit status {self.process.poll()}")

    def join(self, nick: str) -> Person:
        person = self.connect()
        self.expect_prompt(person)
        person.give_name(nick)
        return person

    def expect_prompt(self, person: Person) -> None:
        prompt = self.shape.prompt
        person.reads(lambda: len(person.heard) >= len(prompt), "the prompt")
        assert person.heard.startswith(prompt)

    def room(self) -> tuple[Person, Person, Person]:
        """Three members, a, b and c, who joined in this order and hear each other."""
        a, b, c = (self.join(nick) for nick in "abc")
        self.settle(a, b, c)
        return a, b, c

    def settle(self, *people: Person) -> None:
        """Let everyone speak, again and again, until everyone else has heard it."""
        for speaker in people:
            waiting = [person for person in people if person is not speaker]
            for number in range(100):
                token = f"(here-{id(speaker)}-"
                speaker.say(f"{token}{number})")
                waiting = [person for person in waiting if not person.hears_soon(token)]
                if not waiting:
                    break
            assert not waiting, "somebody does not become a member"
            # What was said again is not to come later, and be taken for something else.
            for person in people:
                if person is not speaker:
                    person.hears(f"{token}{number})")

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop the process as SIGSTOP does, and let it continue."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            until(lambda: self._status()[0] == "T", "the process is stopped")
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def exit_status(self) -> int:
        return self.process.wait(PATIENCE)

    def waits(self, condition: Callable[[], object], what: str) -> None:
        until(condition, what)

    def processed(self, *people: Person) -> None:
        """Let the first two talk until all that came before must have been handled."""
        for number in range(2):
            people[0].say(f"<{number} since {len(people[1].heard)}>")
            people[1].hears(f"<{number} since")

    def threads(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def cpu_ticks(self) -> int:
        return sum(map(int, self._status()[11:13]))

    def _status(self) -> list[str]:
        """Give the columns of /proc/PID/stat after the program's name."""
        after_name = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2]
        return after_name.split()

    def resident_bytes(self) -> int:
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * resource.getpagesize()

    def processes(self) -> list[int]:
        """Give the ids of all running processes with this command: itself and its children."""
        arguments = cast("list[str]", self.process.args)
        line = "".join(f"{argument}\0" for argument in arguments).encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                found += [int(entry.name)] * ((entry / "cmdline").read_bytes() == line)
        return found

    def status_when_started_again(self) -> int:
        again = cast("list[str]", self.process.args)
        ended = subprocess.run(again, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False)
        return ended.returncode

    def state_of(self, person: Person) -> int | None:
        row = kernel_row(person.sock.getpeername(), person.sock.getsockname())
        return row[0] if row else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(program: Path, dialect: str) -> Iterator[Server]:
    """Start a server program; whatever happens, no process and no socket is left behind."""
    port = free_port()
    parts = [part.replace("{port}", str(port)) for part in command(program, dialect)]
    with subprocess.Popen(parts, stderr=subprocess.DEVNULL) as process:
        server = Server(process, port, SHAPES[dialect])
        try:
            yield server
        finally:
            for person in server.people:
                person.sock.close()
            process.terminate()
            try:
                process.wait(PATIENCE)
            finally:
                process.kill()


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a server program in a dialect; it is ended after the test."""
    with contextlib.ExitStack() as started:
        yield lambda program, dialect: started.enter_context(running(program, dialect))


@pytest.fixture
def server(start: Start, program: Path, dialect: str) -> Server:
    """Give the faulty server that the test is named after, in each of its dialects."""
    return start(program, dialect)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Find the program of a test that asks for `server`, and the dialects it has its defect in."""
    if "server" in metafunc.fixturenames:
        program = FAULTY / f"{metafunc.function.__name__.removeprefix('test_')}.py"
        dialects = next(
            ast.literal_eval(node.value)
            for node in ast.parse(program.read_text()).body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DIALECTS"
        )
        metafunc.parametrize("program", [program], ids=[""])
        metafunc.parametrize("dialect", dialects)
