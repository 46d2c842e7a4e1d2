"""Small servers in the test's own process, and histories for the parts that judge.

`serve` listens on a free port for as long as its block lasts, and leaves no socket and no task.
`room` makes the handler of a correct chat in the dialect `raw`; its argument may spoil what one
member is sent of another's words. `Tale` writes down what a run would have recorded.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from harness.case import Case
from harness.checks import CHECKS
from harness.dialect import Dialect
from harness.dialect_files import load_dialect
from harness.events import (
    Accepted,
    Connect,
    Connected,
    Ending,
    Eof,
    Event,
    Failure,
    Kind,
    Left,
    Named,
    Read,
    Role,
    Said,
    Sampled,
    Stage,
    StageBegun,
    StepFailed,
)
from harness.judge import judge
from harness.limits import Limits
from harness.membership import Membership
from harness.plan import Plan, PlannedPerson, Scene
from harness.tokens import mint
from harness.transcript import Transcript
from harness.verdict import CheckResult, Verdict

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Spoil = Callable[[str, str, bytes], bytes]


@contextlib.asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[int]:
    """Listen on a free port, which is given."""
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await handler(reader, writer)
        finally:
            tasks.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        while tasks:
            await asyncio.wait(tasks)
        await asyncio.sleep(0)
        await server.wait_closed()


def as_said(_sender: str, _receiver: str, data: bytes) -> bytes:
    """Spoil nothing."""
    return data


def chat(spoil: Spoil = as_said) -> Handler:
    """Give the handler of a room."""
    members: dict[asyncio.StreamWriter, str] = {}

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, nick: str) -> None:
        while data := await reader.read(4096):
            for member, name in list(members.items()):
                if member is not writer:
                    member.write(spoil(nick, name, f"{nick}: ".encode() + data))

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"nickname")
        nick = (await reader.read(4096)).decode()
        if not nick:
            return
        members[writer] = nick
        try:
            await talk(reader, writer, nick)
        finally:
            del members[writer]

    return handle


@pytest.fixture
def serve() -> Callable[[Handler], AbstractAsyncContextManager[int]]:
    """Listen on a free port for as long as a block lasts."""
    return serving


@pytest.fixture
def room() -> Callable[..., Handler]:
    """Make the handler of a chat."""
    return chat


@pytest.fixture
def deaf_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Tale:
    """A history as it is made up, an event every millisecond."""

    def __init__(self, dialect: str = "raw") -> None:
        self.dialect: Dialect = load_dialect(dialect)
        self.events: list[Event] = []
        self.now = 0
        self.nicks: dict[int, str] = {}
        self.said: dict[int, int] = {}
        self.members: set[int] = set()
        self.scenes: tuple[Scene, ...] = ()
        self.requirements: tuple[str, ...] = ()
        self.cast: tuple[PlannedPerson, ...] = ()
        self.limits: Limits | None = None

    def tick(self, milliseconds: int = 1) -> int:
        """Let time pass."""
        self.now += milliseconds * 1_000_000
        return self.now

    def add(self, kind: type[Event], *values: object) -> None:
        """Let something happen a millisecond later."""
        self.events.append(kind(self.tick(), *values))

    def connect(self, person: str, nick: str = "", role: Role = Role.PERSON) -> int:
        """Open a connection that reads the prompt."""
        conn = len(self.nicks)
        self.nicks[conn] = nick or person
        self.said[conn] = 0
        self.add(Connect, conn, person, nick or person, role)
        self.add(Connected, conn)
        self.add(Read, conn, self.dialect.prompt_bytes)
        return conn

    def join(self, person: str, nick: str = "", role: Role = Role.PERSON) -> int:
        """Open a connection that gives its name."""
        conn = self.connect(person, nick, role)
        self.add(Named, conn, self.dialect.nickname_bytes(self.nicks[conn]))
        self.members.add(conn)
        return conn

    def say(
        self,
        conn: int,
        text: str = "",
        *,
        bare: bool = False,
        kind: Kind = Kind.STORY,
        accepted: bool = True,
        step: int = -1,
    ) -> bytes:
        """Say something; return what the others should read."""
        token = b"" if bare else mint(conn, self.said[conn])
        body = f"{token.decode()} {text}" if token and text else text or token.decode()
        data = self.dialect.said_bytes(body, "")
        at, number = self.tick(), self.said[conn]
        self.events.append(Said(at, conn, number, data, token, kind, at, step))
        self.said[conn] += 1
        if accepted:
            self.add(Accepted, conn, number)
        return self.dialect.prefix(self.nicks[conn]) + data

    def say_bytes(self, conn: int, data: bytes) -> None:
        """Say what is no text."""
        at = self.tick()
        self.events.append(Said(at, conn, self.said[conn], data, b"", Kind.UNTEXT, at, -1))
        self.said[conn] += 1

    def sample(self, label: str, **values: float) -> None:
        """Look at a server that holds three connections and 16 MiB, but for `values`."""
        usual = {"cpu": 0.0, "run_delay": 0.0, "threads": 1, "rss": 1 << 24, "sockets": 3}
        usual |= {"close_wait": 0, "expected": 3} | values
        self.add(Sampled, label, *usual.values())

    def fail(
        self, conn: int, failure: Failure, note: str = "", deadline: float = 5.0, late: float = 0.0
    ) -> None:
        """Let somebody's part of step 0 fail; of nobody where `conn` is -1."""
        person = self.nicks.get(conn, "")
        self.add(StepFailed, 0, conn, person, failure, deadline, late, note)

    def read(self, conn: int, data: bytes) -> None:
        """Let `conn` read."""
        self.add(Read, conn, data)

    def tell(self, conn: int, text: str = "", *but: int, kind: Kind = Kind.STORY) -> bytes:
        """Say something that all others hear, `but` some."""
        relayed = self.say(conn, text, kind=kind)
        for other in sorted(self.members):
            if other not in (conn, *but):
                self.read(other, relayed)
        return relayed

    def leave(self, conn: int, how: Ending = Ending.LEAVE) -> None:
        """End a connection; where it half-closes it reads the end of the stream."""
        self.members.discard(conn)
        self.add(Left, conn, how)
        if how in (Ending.LEAVE, Ending.HALF_CLOSE):
            self.add(Eof, conn)

    def room(self, *people: str) -> list[int]:
        """Let people join and say hello, so that all are in for certain."""
        conns = [self.join(person) for person in people]
        for conn in conns:
            self.tell(conn, "hello")
        return conns

    def end(self) -> None:
        """Call the roll, and let the run come to its end."""
        self.add(StageBegun, Stage.ROLL_CALL)
        for conn in sorted(self.members):
            if self.said[conn]:
                self.tell(conn, kind=Kind.CLOSING)
        for stage in (Stage.CLEANUP, Stage.ALIVE, Stage.DONE):
            self.add(StageBegun, stage)

    # -- judged ----------------------------------------------------------------------------------

    def plan(self) -> Plan:
        """Give a plan that fits."""
        return Plan(
            name="tale",
            title="a tale",
            requirements=self.requirements,
            seed=0,
            dialect=self.dialect.name,
            patience=1.0,
            people=self.cast,
            scenes=self.scenes,
            lives=9,
            limits=self.limits,
        )

    def transcript(self) -> Transcript:
        """Give the finished transcript."""
        return Transcript.of(self.dialect, self.events)

    def case(self) -> Case:
        """Give what a check is given."""
        transcript = self.transcript()
        return Case(self.plan(), transcript, Membership(transcript))

    def check(self, name: str) -> CheckResult:
        """Give what one check says."""
        return CHECKS[name](self.case())

    def verdict(self) -> Verdict:
        """Give what the judge says."""
        return judge(self.plan(), self.dialect, self.events)


MakeTale = Callable[..., Tale]


@pytest.fixture
def tell() -> MakeTale:
    """Begin a history in a dialect."""
    return Tale


@pytest.fixture
def tale() -> Tale:
    """Begin a history in the dialect `raw`."""
    return Tale()
