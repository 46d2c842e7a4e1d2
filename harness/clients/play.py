"""Play: a client's scenario, from the start of the program until nothing of it is left.

Judges nothing.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from harness import command
from harness.client_scenario import ClientScenario
from harness.client_step import ClientVerb
from harness.clients.acting import Acting
from harness.clients.record import ClientRun
from harness.clients.script import Act
from harness.clients.spec import ClientSpec
from harness.clients.writing import write_script
from harness.dialect import Asking, Dialect
from harness.errors import UsageError
from harness.ports import PortLease, check_free, free_port
from harness.watch import Watch

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


async def _play(
    play: Acting, spec: ClientSpec, port: int, isolation: str, end: Callable[[], Awaitable[None]]
) -> None:
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
        await _interruptible(play, end)
    finally:
        watching.cancel()
        await asyncio.wait({watching})
        await play.stop()


async def _interruptible(play: Acting, end: Callable[[], Awaitable[None]]) -> None:
    """Act the story out, and then `end`, unless somebody at the harness's keyboard stops it."""

    async def story() -> None:
        await play.story()
        await end()

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


async def _rehearse(play: Acting, spec: ClientSpec, port: int, isolation: str) -> bytes:
    """Return what the program prints where it finds a server, until it is connected.

    Of what it prints where it finds none, only the rest can be about that.
    """
    connects = replace(
        play.script, acts=(Act(ClientVerb.CONNECTS, -1),), closing=(), listening=True
    )
    first = Acting(connects, play.dialect, terminal=play.terminal, patience=play.patience)
    await _play(first, spec, port, isolation, first.quiet)
    play.interrupted = first.interrupted
    return first.program.output.value() if first.server.connections else b""


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
            f"in {dialect.name} a client is started with its nickname: the command needs {{nick}}"
        )
    script = write_script(scenario, dialect, seed, nick_in_command=given)
    play = Acting(script, dialect, terminal=terminal, patience=patience)
    port, lease = _lease(spec)
    rehearsed = b""
    try:
        if not script.listening:
            rehearsed = await _rehearse(play, spec, port, isolation)
        if not play.interrupted:
            await _play(play, spec, port, isolation, play.let_go)
    finally:
        if lease is not None:
            lease.release()
    run = _run_of(play, words, rehearsed)
    if folder is not None:
        (folder / "client.log").write_bytes(run.output)
        (folder / "wire.txt").write_text(run.wire_log() + "\n", encoding="utf-8")
    return run


def _run_of(play: Acting, words: tuple[str, ...], rehearsed: bytes) -> ClientRun:
    target = play.program.target
    return ClientRun(
        script=play.script,
        happenings=tuple(play.happenings),
        terminal=play.terminal,
        patience=play.patience,
        exit_status=play.exit_status,
        output=play.program.output.value(),
        rehearsed=rehearsed,
        isolation=target.isolation,
        hidden=target.hidden,
        interrupted=play.interrupted,
        worst_lag=play.watch.worst_lag if play.watch else 0.0,
        late=play.late,
        command=words,
    )
