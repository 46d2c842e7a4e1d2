"""Play: a client's script, acted out: the harness is the server, and the person who types.

Every act waits for what can be seen, within its deadline; nothing is proved by waiting. Judges
nothing.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from harness import command
from harness.client_scenario import ClientScenario
from harness.client_step import ClientVerb
from harness.client_values import ConnectionEnd, Key
from harness.clients import record
from harness.clients.program import Program
from harness.clients.record import ClientRun, ClientSpec, Happening
from harness.clients.screen import Screen
from harness.clients.script import Act, Script, write_script
from harness.clients.sending import align, owed
from harness.clients.server import FakeServer
from harness.clients.showing import must_show
from harness.dialect import Asking, Dialect
from harness.errors import UsageError
from harness.ports import PortLease, check_free, free_port
from harness.recorder import Recorder
from harness.watch import Watch

CONNECT = 10.0
HEARD = 5.0
SHOWN = 5.0
ENDED = 2.0
REFUSED = 10.0
# How long the person waits to be asked, and types all the same.
ASKED = 1.0
ASKED_AT_ALL = 5.0
CLOSED = 0.5
MOST_PRINTED = 1 << 20
_SAMPLE_EVERY = 0.1
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _ActFailedError(Exception):
    """An act is not complete; `deadline` seconds were waited."""

    def __init__(self, deadline: float) -> None:
        super().__init__(deadline)
        self.deadline = deadline


class _Play:
    """One run of one script."""

    def __init__(
        self, script: Script, dialect: Dialect, *, terminal: bool, patience: float
    ) -> None:
        self.script = script
        self.dialect = dialect
        self.terminal = terminal
        self.patience = patience
        self.recorder = Recorder(dialect, None)
        self.happenings: list[Happening] = []
        self.changed = asyncio.Event()
        self.screen = Screen(terminal=terminal)
        self.program = Program(self.print, terminal=terminal)
        self.server = FakeServer(self.note, self.now)
        self.printed = 0
        self.begun: list[int] = []
        self.held = b""
        self.prompted = 0  # how much had been printed when the prompt went out
        self.stopped = False
        self.interrupted = False
        self.killed = self.failed = False
        self.exit_status: int | None = None
        self.watch: Watch | None = None

    def now(self) -> int:
        return self.recorder.now()

    def note(self, happening: Happening) -> None:
        self.happenings.append(happening)
        self.stopped = self.stopped or isinstance(happening, record.TooMuch)
        self.changed.set()

    def print(self, data: bytes) -> None:
        self.printed += len(data)
        if self.stopped:
            return
        self.note(record.Printed(self.now(), data))
        if answers := self.screen.feed(data):
            self.program.type(answers)
        if self.printed > MOST_PRINTED:
            self.note(record.TooMuch(self.now(), "the program printed without end"))

    def exited(self, status: int) -> None:
        if self.killed:
            return
        self.exit_status = status
        self.note(record.Exited(self.now(), status))

    # -- waiting -------------------------------------------------------------------------------

    async def until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Wait until `done`, for `seconds` at most; what can never be is not waited for."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not done():
            left = deadline - loop.time()
            if self.exit_status is not None:  # its last words may still be on their way
                left = min(left, CLOSED)
                deadline = min(deadline, loop.time() + left)
            if left <= 0 or self.stopped or self.overran():
                return False
            self.changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), min(left, 0.5))
        return True

    def overran(self) -> bool:
        if self.watch is not None and self.watch.overrun and not self.stopped:
            self.note(record.TooMuch(self.now(), f"the program {self.watch.overrun}"))
        return self.stopped

    async def need(self, done: Callable[[], bool], act: Act, usual: float) -> None:
        seconds = (act.within or usual) * self.patience
        if not await self.until(done, seconds):
            raise _ActFailedError(0.0 if self.exit_status is not None else seconds)

    # -- acts ----------------------------------------------------------------------------------

    async def story(self) -> bool:
        """Act everything out; whether every act was complete."""
        count = len(self.script.acts)
        for number, act in enumerate(self.script.acts):
            if not await self.act(number, act):
                return False
        if self.exit_status is None and self.server.current and self.server.current.open:
            for number, act in enumerate(self.script.closing, count):
                if not await self.act(number, act):
                    return False
        return True

    async def act(self, number: int, act: Act) -> bool:
        if act.after:
            await asyncio.sleep(act.after)
        begin = self.now()
        self.begun.append(number)
        self.note(record.Begun(begin, number))
        try:
            await self.acts[act.verb](self, act)
        except _ActFailedError as failed:
            late = self.watch.late_since(begin) if self.watch else 0.0
            self.note(record.Failed(self.now(), number, failed.deadline, late))
            self.failed = True
            return False
        self.note(record.Done(self.now(), number))
        return not self.stopped

    async def connects(self, act: Act) -> None:
        if self.script.asking is Asking.BEFORE and self.script.nick_wire:
            await self.give_name()
        await self.need(lambda: bool(self.server.connections), act, CONNECT)

    async def give_name(self) -> None:
        """Let the person type the nickname, once something asks for it."""
        if self.terminal:
            await self.until(lambda: self.printed > 0, ASKED_AT_ALL * self.patience)
            await self.until(lambda: self.printed > self.prompted, ASKED * self.patience)
        self.type(self.script.nick, enter=True)

    async def gives_nick(self, act: Act) -> None:
        if self.script.nick_wire:
            if self.script.asking is Asking.ASKED:
                await self.give_name()
            await self.need(self.all_heard, act, HEARD)
        if self.script.greeting:
            await self.send(self.script.greeting)

    def type(self, text: str, *, enter: bool) -> None:
        end = ("\r" if self.terminal else "\n") if enter else ""
        data = (text + end).encode()
        self.note(record.Typed(self.now(), data))
        self.program.type(data)

    async def types(self, act: Act) -> None:
        self.type(act.typed, enter=act.enter)

    async def presses(self, act: Act) -> None:
        assert act.key is not None
        self.note(record.Pressed(self.now(), act.key))
        if act.key is Key.ENTER:
            self.program.type(b"\r" if self.terminal else b"\n")
        elif act.key is Key.CTRL_C:
            self.program.interrupt()
        else:
            self.program.end_input()

    def received(self) -> bytes:
        return b"".join(bytes(one.received) for one in self.server.connections)

    def all_heard(self) -> bool:
        return align(self.received(), owed(self.script, self.begun)).complete

    async def hears(self, act: Act) -> None:
        await self.need(self.all_heard, act, HEARD)
        if self.dialect.echo is not None and self.server.current and self.server.current.open:
            for text in self.to_echo():
                values = {"nick": self.script.nick, "message": text, "time": "12:34:56"}
                copy = self.dialect.encode(self.dialect.echo.render(values))
                await self.send(self.dialect.heard.ends.wrap(copy))

    def to_echo(self) -> list[str]:
        """List the lines that were typed since the server last heard all."""
        every = (*self.script.acts, *self.script.closing)
        lines: list[str] = []
        for number in self.begun[:-1]:
            if every[number].verb is ClientVerb.SERVER_HEARS:
                lines.clear()
            line = every[number].line
            if line is not None and line.text:
                lines.append(line.text)
        return lines

    async def sends(self, act: Act) -> None:
        if act.prompts:
            self.prompted = self.printed
        segments = list(act.segments)
        if self.held:
            segments[:1] = [self.held + b"".join(segments[:1])]
            self.held = b""
        if act.glued:
            self.held = b"".join(segments)
            return
        for segment in segments:
            await self.send(segment)

    async def send(self, data: bytes) -> None:
        connection = self.server.current
        if connection is None or not connection.open:
            raise _ActFailedError(0.0)
        await connection.send(data)

    async def drops(self, act: Act) -> None:
        await self.sample()
        for connection in self.server.connections:
            connection.drop(reset=act.drop is ConnectionEnd.RESET)
        self.server.close_door()

    async def shows(self, act: Act) -> None:
        if self.terminal:  # what is printed into a pipe may wait there until the end
            wanted = must_show(act)
            await self.need(lambda: self.screen.has(wanted), act, SHOWN)

    async def nothing(self, act: Act) -> None:
        """What is judged at the end."""

    async def ends(self, act: Act) -> None:
        assert act.ends is not None
        await self.wait_for_end(act.ends.within * self.patience)

    async def refused(self, act: Act) -> None:
        if self.script.asking is Asking.BEFORE and self.script.nick_wire:
            await self.give_name()
        await self.wait_for_end((act.within or REFUSED) * self.patience)

    async def wait_for_end(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while self.exit_status is None:
            left = deadline - loop.time()
            if left <= 0 or self.stopped:
                raise _ActFailedError(seconds)
            await self.sample()
            await self.until(lambda: self.exit_status is not None, min(left, _SAMPLE_EVERY))
        await self.until(lambda: all(one.ended for one in self.server.connections), CLOSED)

    async def sample(self) -> None:
        found = self.program.target.sample()
        if found is not None:
            self.note(record.Used(self.now(), found.cpu_seconds))

    acts: ClassVar[dict[ClientVerb, Callable[["_Play", Act], Coroutine[Any, Any, None]]]] = {
        ClientVerb.CONNECTS: connects,
        ClientVerb.GIVES_NICK: gives_nick,
        ClientVerb.TYPES: types,
        ClientVerb.KEYS: presses,
        ClientVerb.SERVER_HEARS: hears,
        ClientVerb.SERVER_HEARS_NOTHING: nothing,
        ClientVerb.SERVER_SENDS: sends,
        ClientVerb.SERVER_DROPS: drops,
        ClientVerb.SHOWS: shows,
        ClientVerb.SHOWS_NOT: nothing,
        ClientVerb.ENDS: ends,
        ClientVerb.REFUSED: refused,
    }

    # -- the end -------------------------------------------------------------------------------

    async def let_go(self) -> None:
        """Let the program end as it does, by the end of its input, then of the connection."""
        if self.exit_status is not None or self.stopped:
            return
        if self.failed and self.terminal:
            return
        self.program.end_input()
        if self.terminal:  # behind a line that has no end the first counts as nothing
            self.program.end_input()
        if await self.until(lambda: self.exit_status is not None, ENDED):
            return
        for connection in self.server.connections:
            connection.drop(reset=False)
        await self.until(lambda: self.exit_status is not None, ENDED / 2)

    async def stop(self) -> None:
        """End everything; what was printed is complete afterwards."""
        if self.exit_status is None:
            self.note(record.Killed(self.now()))
            self.killed = True
        await self.program.stop()
        await self.server.stop()


async def _play(play: _Play, spec: ClientSpec, port: int, isolation: str) -> None:
    if play.script.listening:
        await play.server.listen(spec.host, port)
    try:
        await play.program.start(spec, play.script.nick, port, isolation)
    except BaseException:
        await play.server.stop()
        raise
    play.program.target.on_exit(play.exited)
    play.watch = Watch(play.recorder, play.program.target)
    watching = asyncio.create_task(play.watch.run())
    try:
        await _interruptible(play)
    finally:
        watching.cancel()
        await asyncio.wait({watching})
        await play.stop()


async def _interruptible(play: _Play) -> None:
    """Act the story out, unless somebody at the keyboard of the harness stops it."""

    async def story() -> None:
        await play.story()
        await play.let_go()

    loop = asyncio.get_running_loop()
    acting = asyncio.create_task(story())

    def interrupt() -> None:
        play.interrupted = True
        acting.cancel()

    for number in _SIGNALS:
        with suppress(ValueError, RuntimeError):  # not the main thread
            loop.add_signal_handler(number, interrupt)
    try:
        with suppress(asyncio.CancelledError):
            await acting
    finally:
        acting.cancel()
        for number in _SIGNALS:
            with suppress(ValueError, RuntimeError):
                loop.remove_signal_handler(number)


def _lease(spec: ClientSpec) -> tuple[int, PortLease | None]:
    if spec.port is not None:
        check_free(spec.host, spec.port)
        return spec.port, None
    lease = free_port(spec.host)
    return lease.port, lease


async def play_client(
    scenario: ClientScenario,
    dialect: Dialect,
    spec: ClientSpec,
    *,
    terminal: bool,
    seed: int,
    patience: float = 1.0,
    folder: Path | None = None,
    isolation: str = "pid-namespace",
) -> ClientRun:
    """Play `scenario` with the program of `spec`; afterwards nothing of it is left.

    `terminal`: at a pseudo-terminal, or with pipes. `folder` keeps what it printed and what went to
    and fro. Raises `UsageError` where it cannot be started, or the port is in use.
    """
    words = command.split(spec.command)
    given = any("{nick}" in word for word in words)
    if dialect.client.nickname is Asking.ARGUMENT and not given:
        raise UsageError(
            f"in {dialect.name} a client is started with its nickname: write {{nick}} in the command"
        )
    script = write_script(scenario, dialect, seed, nick_in_command=given)
    play = _Play(script, dialect, terminal=terminal, patience=patience)
    port, lease = _lease(spec)
    try:
        await _play(play, spec, port, isolation)
    finally:
        if lease is not None:
            lease.release()
    run = _run_of(play, words)
    if folder is not None:
        (folder / "client.log").write_bytes(run.output)
        (folder / "wire.txt").write_text(run.wire_log() + "\n", encoding="utf-8")
    return run


def _run_of(play: _Play, words: tuple[str, ...]) -> ClientRun:
    target = play.program.target
    return ClientRun(
        script=play.script,
        happenings=tuple(play.happenings),
        terminal=play.terminal,
        patience=play.patience,
        exit_status=play.exit_status,
        output=play.program.output.value(),
        isolation=target.isolation,
        hidden=target.hidden,
        interrupted=play.interrupted,
        worst_lag=play.watch.worst_lag if play.watch else 0.0,
        command=words,
    )
