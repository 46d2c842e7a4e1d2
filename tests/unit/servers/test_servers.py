"""The correct servers and the faulty ones, tried with plain sockets and nothing of the harness.

A correct server, and each core without a defect, must serve three people in both dialects. Each
faulty server must show its one defect to whoever looks. What a person waits for here always
comes, or its absence is certain; nobody sleeps to see that something did not happen.
"""

from __future__ import annotations

import ast
import contextlib
import fcntl
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
CORRECT = sorted((TESTS / "correct").glob("[!_]*.py"))
CORES = sorted((TESTS / "faulty").glob("_core_*.py"))
FAULTY = sorted((TESTS / "faulty").glob("[!_]*.py"))
PATIENCE = 20.0
CLOSE_WAIT = 8


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
    end: str
    heard: bytes = b""
    ended: bool = False

    def say(self, text: str) -> None:
        """Send one message, and wait until the server has read it: the next is a read of its own."""
        self.sock.sendall(f"{text}{self.end}".encode())
        until(self._is_read, f"the server reads {text[:20]!r}")

    def _is_read(self) -> bool:
        unacknowledged = fcntl.ioctl(self.sock, termios.TIOCOUTQ, b"\0" * 4)
        row = kernel_row(self.sock.getpeername(), self.sock.getsockname())
        return unacknowledged == b"\0" * 4 and (row is None or row[1] == 0)

    def hears(self, *texts: str) -> None:
        self.reads(lambda: all(text.encode() in self.heard for text in texts), str(texts))

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
    end: str
    people: list[Person] = field(default_factory=list)

    def connect(self) -> Person:
        """Connect; retried until the program listens."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            sock = socket.socket()
            with contextlib.suppress(ConnectionRefusedError):
                sock.connect(("127.0.0.1", self.port))
                # A connection to itself is possible while nobody listens on a free port.
                if sock.getsockname() != sock.getpeername():
                    self.people.append(Person(sock, self.end))
                    return self.people[-1]
            sock.close()
            time.sleep(0.005)
        raise ChildProcessError(f"nobody listens; exit status {self.process.poll()}")

    def join(self, nick: str) -> Person:
        person = self.connect()
        self.expect_prompt(person)
        person.say(nick)
        return person

    def expect_prompt(self, person: Person) -> None:
        prompt = f"nickname{self.end}".encode()
        person.reads(lambda: len(person.heard) >= len(prompt), "the prompt")
        assert person.heard.startswith(prompt)

    def room(self) -> tuple[Person, Person, Person]:
        """Three members, a, b and c, who joined in this order and hear each other."""
        a, b, c = (self.join(nick) for nick in "abc")
        settle(a, b, c)
        return a, b, c

    def processed(self, *people: Person) -> None:
        """Let the first two talk until all that came before must have been handled."""
        for number in range(2):
            people[0].say(f"<{number} since {len(people[1].heard)}>")
            people[1].hears(f"<{number} since")

    def threads(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def cpu_ticks(self) -> int:
        after_name = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2]
        return sum(map(int, after_name.split()[11:13]))

    def state_of(self, person: Person) -> int | None:
        row = kernel_row(person.sock.getpeername(), person.sock.getsockname())
        return row[0] if row else None


def settle(*people: Person) -> None:
    """Everyone speaks, again and again, until everyone else has heard it: all are members."""
    for speaker in people:
        waiting = [person for person in people if person is not speaker]
        for number in range(100):
            token = f"(here {id(speaker)} "
            speaker.say(f"{token}{number})")
            waiting = [person for person in waiting if not heard_soon(person, token.encode())]
            if not waiting:
                break
        assert not waiting, "somebody does not become a member"


def heard_soon(person: Person, token: bytes) -> bool:
    with contextlib.suppress(TimeoutError):
        person.reads(lambda: token in person.heard, "a sign", within=0.1)
    return token in person.heard


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(program: Path, dialect: str) -> Iterator[Server]:
    """Start a server program; whatever happens, no process and no socket is left behind."""
    port = free_port()
    command = [sys.executable, str(program), str(port), "--dialect", dialect]
    end = "\n" if dialect == "lines" else ""
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        server = Server(process, port, end)
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


# Correct servers.


@pytest.mark.parametrize("dialect", ["raw", "lines"])
@pytest.mark.parametrize("program", CORRECT + CORES, ids=lambda path: path.stem)
def test_a_correct_server_serves_three_people(program: Path, dialect: str) -> None:
    with running(program, dialect) as server:
        a, b, c = server.room()
        mute = server.connect()
        server.expect_prompt(mute)
        relays_everything(a, b, c)
        goes_on_without_the_departed(server, a, b, c)
        assert mute.heard == f"nickname{server.end}".encode()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE) == 0
        a.reads_end()


def relays_everything(a: Person, b: Person, c: Person) -> None:
    texts = [" blanks ", "я" * 2500, "nickname", "b: hi", "\t😀\u2028", "last."]
    for person in (a, b, c):
        person.heard = b""
    for text in texts:
        a.say(text)
    for person in (b, c):
        person.hears("last.")
        assert person.heard.decode().replace("a: ", "") == "".join(text + a.end for text in texts)
    b.say("answer.")
    for person in (a, c):
        person.hears("b: answer.")
    assert a.heard == f"b: answer.{a.end}".encode()


def goes_on_without_the_departed(server: Server, a: Person, b: Person, c: Person) -> None:
    c.half_close()
    c.reads_end()
    d = server.join("d")
    settle(a, b, d)
    d.reset()
    for number in range(5):
        a.say(f"<{number}>")
    b.hears(*(f"a: <{number}>" for number in range(5)))


# Faulty servers: what each must show.

Observation = Callable[[Server], None]
OBSERVATIONS: dict[str, Observation] = {}


def shows(observation: Observation) -> Observation:
    OBSERVATIONS[observation.__name__] = observation
    return observation


def numbered(sender: Person, count: int) -> list[str]:
    texts = [f"<m{number}>" for number in range(count)]
    for text in texts:
        sender.say(text)
    return texts


def missing(person: Person, texts: list[str]) -> list[str]:
    return [text for text in texts if text.encode() not in person.heard]


@shows
def loses_after_reset(server: Server) -> None:
    a, b, c = server.room()
    c.reset()
    texts = numbered(a, 9)
    b.hears(texts[-1])
    assert len(missing(b, texts)) == 1


@shows
def loses_for_last(server: Server) -> None:
    a, b, c = server.room()
    texts = numbered(a, 11)
    b.hears(*texts)
    c.reads(lambda: any(text.encode() in c.heard for text in texts[9:]), "one of the last two")
    assert len(missing(c, texts[:9])) == 3


@shows
def repeats(server: Server) -> None:
    a, b, _ = server.room()
    texts = numbered(b, 9)
    a.hears(texts[-1])
    assert [a.heard.count(text.encode()) for text in texts].count(2) == 3


@shows
def echoes(server: Server) -> None:
    a, _, _ = server.room()
    a.say("my own")
    a.hears("a: my own")


@shows
def wrong_name_under_concurrency(server: Server) -> None:
    a, b, c = server.room()
    for number in range(50):
        a.sock.sendall(f"<a{number}>{server.end}".encode())
        b.sock.sendall(f"<b{number}>{server.end}".encode())
        c.hears(f"<a{number}>", f"<b{number}>")
        if re.search(rb"a: <b|b: <a", c.heard):
            return
    pytest.fail("every message came under its own name")


@shows
def reorders(server: Server) -> None:
    a, b, _ = server.room()
    for number in range(50):
        first, second = f"<{number} first>", f"<{number} second>"
        a.say(first)
        a.say(second)
        b.hears(first, second)
        if b.heard.index(second.encode()) < b.heard.index(first.encode()):
            return
    pytest.fail("every message came in its order")


@shows
def kicks_cut_character(server: Server) -> None:
    a, _, _ = server.room()
    a.sock.sendall(f"x{'я' * 2500}{server.end}".encode())
    a.reads_end()


@shows
def floods_on_close(server: Server) -> None:
    a, _, c = server.room()
    c.half_close()
    a.reads(lambda: a.heard.count(f"c: {server.end}".encode()) > 1000, "a flood")


@shows
def removes_wrong_member(server: Server) -> None:
    a, b, c = server.room()
    b.half_close()
    c.reads_end()
    assert not a.ended


@shows
def never_closes(server: Server) -> None:
    a, b, c = server.room()
    c.half_close()
    server.processed(a, b)
    assert server.state_of(c) == CLOSE_WAIT


@shows
def holds_the_door(server: Server) -> None:
    a, b, _ = server.room()
    mute = server.connect()
    server.expect_prompt(mute)
    late = server.connect()
    server.processed(a, b)
    with pytest.raises(TimeoutError):
        late.reads(lambda: late.heard, "the prompt", within=0.1)
    mute.reset()
    server.expect_prompt(late)


@shows
def never_prompts(server: Server) -> None:
    a, b = server.connect(), server.connect()
    for person, nick in ((a, "a"), (b, "b")):
        person.say(nick)
    settle(a, b)
    assert a.heard.startswith(b"b: ")


@shows
def wrong_prompt(server: Server) -> None:
    person = server.connect()
    prompt = f"NICK{server.end}".encode()
    person.reads(lambda: person.heard == prompt, "another word")


@shows
def truncates(server: Server) -> None:
    a, b, _ = server.room()
    a.say("x" * 600 + "<tail>")
    a.say("<next>")
    b.hears("x" * 512, "<next>")
    assert missing(b, ["x" * 513, "<tail>"]) == ["x" * 513, "<tail>"]


@shows
def strips(server: Server) -> None:
    a, b, _ = server.room()
    a.say("  <blanks>\t")
    a.say("<next>")
    b.hears(f"a: <blanks>{server.end}a: <next>")


@shows
def replays_history(server: Server) -> None:
    a, b, _ = server.room()
    a.say("<old>")
    b.hears("<old>")
    server.join("d").hears("a: <old>")


@shows
def keeps_nickname_taken(server: Server) -> None:
    a, b, c = server.room()
    c.reset()
    server.processed(a, b)
    server.join("c").reads_end()


@shows
def replaces_cut_character(server: Server) -> None:
    a, b, _ = server.room()
    a.say(f"x{'я' * 2500}")
    b.hears("\ufffd")


@shows
def cuts_character(server: Server) -> None:
    a, b, _ = server.room()
    a.say(f"x{'я' * 2500}<end>")
    b.hears("<end>")
    with pytest.raises(UnicodeDecodeError):
        b.heard.decode()


@shows
def leaks_threads(server: Server) -> None:
    server.room()
    before = server.threads()
    for _ in range(3):
        guest = server.join("d")
        guest.half_close()
        guest.reads_end()
    until(lambda: server.threads() == before + 3, "a thread more for each departure")


@shows
def spins(server: Server) -> None:
    _, _, c = server.room()
    before = server.cpu_ticks()
    c.half_close()
    until(lambda: server.cpu_ticks() > before + 20, "0.2 s of a processor, in silence")


@shows
def dies_on_early_reset(server: Server) -> None:
    a, _, _ = server.room()
    early = server.connect()
    server.expect_prompt(early)
    early.reset()
    assert server.process.wait(PATIENCE) == 1
    a.reads_end()


@shows
def changes_text(server: Server) -> None:
    a, b, _ = server.room()
    a.say("two words")
    b.hears("a: two_words")


@shows
def adds_newline(server: Server) -> None:
    a, b, _ = server.room()
    a.say("<one>")
    b.hears("a: <one>\n")


@shows
def stops_after_everyone_leaves(server: Server) -> None:
    for person in server.room():
        person.half_close()
        person.reads_end()
    late = server.connect()
    with pytest.raises(TimeoutError):
        late.reads(lambda: late.heard, "the prompt", within=0.1)


@shows
def ignores_half_close(server: Server) -> None:
    a, b, c = server.room()
    c.half_close()
    server.processed(a, b)
    a.say("<still here?>")
    c.hears("a: <still here?>")


def constants(program: Path) -> dict[str, object]:
    """Read the constants at the top of a program, without running it."""
    tree = ast.parse(program.read_text())
    found: dict[str, object] = {"doc": ast.get_docstring(tree)}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            with contextlib.suppress(ValueError):
                found[node.targets[0].id] = ast.literal_eval(node.value)
    return found


def faulty_cases() -> Iterator[tuple[Path, str]]:
    for program in FAULTY:
        dialects = constants(program)["DIALECTS"]
        assert isinstance(dialects, tuple)
        yield from ((program, dialect) for dialect in dialects)


@pytest.mark.parametrize(
    ("program", "dialect"), faulty_cases(), ids=lambda value: getattr(value, "stem", value)
)
def test_a_faulty_server_shows_its_defect(program: Path, dialect: str) -> None:
    with running(program, dialect) as server:
        OBSERVATIONS[program.stem](server)


@pytest.mark.parametrize("program", FAULTY, ids=lambda path: path.stem)
def test_a_faulty_server_says_what_is_wrong_with_it(program: Path) -> None:
    said = constants(program)
    violates = said["VIOLATES"]
    assert isinstance(violates, tuple)
    assert violates
    assert str(said["doc"]).startswith(f"{said['DEFECT']}\n\nViolates {', '.join(violates)}.")


def test_every_observation_is_of_a_server_that_exists() -> None:
    assert set(OBSERVATIONS) == {program.stem for program in FAULTY}
