"""The program under test: started (or only attached to), watched, measured, and ended.

It is started under a keeper, which sees to it that nothing is left. This file never connects to
the program, does not know when it is ready, and judges nothing.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM

import psutil

from harness import command
from harness.errors import UsageError
from harness.keeper_link import KeeperLink
from harness.output import Output
from harness.ports import PortLease, check_free, free_port
from harness.resources import UNBOUNDED, Bounds, Meter, Sample

__all__ = ["Sample", "Target", "TargetSpec", "launch"]


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """What to test: a `command` to start, or the `connect` address of what runs already.

    In the command (one line, or words) `{port}` and `{host}` are replaced and `{{` is a brace; the
    port is in the environment as PORT, too. Without `port` a free one is chosen. `hidden` are paths
    that the program shall not see; that needs a namespace, and the target tells whether it was got.
    """

    command: str | tuple[str, ...] | None = None
    connect: tuple[str, int] | None = None
    port: int | None = None
    host: str = "127.0.0.1"
    hidden: tuple[str, ...] = ()
    bounds: Bounds = UNBOUNDED


class Target:
    """The program under test, made by `launch`; `stop` must be awaited in the end.

    command    the words it was started with, placeholders filled in
    started    whether the harness started it; if not, it is neither measured nor ended
    isolation  how its processes are held together: "pid-namespace", "subreaper", "process-group",
               or "none" when it was not started
    bounds     the most that it may take; whoever watches it sees to that
    hidden     whether it cannot see what its `TargetSpec` says that it shall not
    exited     its return code as in `subprocess` (negative for a signal), once it has ended; what
               it printed last may come a moment later
    left       how many processes `stop` could not end; 0 unless they run as another user
    """

    __slots__ = (
        *("_hide", "_hurry", "_lease", "_link", "_meter", "_on_exit", "_stopping"),
        *("bounds", "command", "exited", "hidden", "host", "isolation", "left", "port", "started"),
    )

    def __init__(
        self,
        host: str,
        port: int,
        command: tuple[str, ...] = (),
        link: KeeperLink | None = None,
        lease: PortLease | None = None,
        hide: tuple[str, ...] = (),
    ) -> None:
        self.host = host
        self.port = port
        self.command = command
        self.started = link is not None
        self.isolation = link.isolation if link else "none"
        self.bounds = UNBOUNDED
        self.hidden = link is not None and link.hidden
        self.exited = link.exited if link else asyncio.get_running_loop().create_future()
        self.left = 0
        self._link = link
        self._lease = lease
        self._hide = hide
        self._on_exit: Callable[[int], None] | None = None
        self._meter = Meter(link.outer, link.inner, port) if link else None
        self._hurry: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._stopping: asyncio.Task[None] | None = None

    def output(self) -> bytes:
        """What it printed on stdout and stderr so far, in order: the first and last 256 KiB."""
        return self._link.output.value() if self._link else b""

    def signal(self, signum: int) -> None:
        """Send a signal to it and to the rest of its process group, as a terminal does.

        So a server behind a script or a build tool gets it, too. Nothing happens when all of these
        have ended, or the target was not started.
        """
        if self._link:
            self._link.order(f"signal {int(signum)}")

    def on_exit(self, act: Callable[[int], None]) -> None:
        """Call `act` with the return code whenever it ends, now and after each `relaunch`."""
        self._on_exit = act
        self._watch_exit(self.exited)

    def _watch_exit(self, exited: "asyncio.Future[int]") -> None:
        def tell(done: "asyncio.Future[int]") -> None:
            if self._on_exit and not done.cancelled():
                self._on_exit(done.result())

        exited.add_done_callback(tell)

    async def until_exited(self) -> None:
        """Wait until it has ended; whoever is cancelled meanwhile takes nothing with it."""
        await asyncio.wait([self.exited])

    async def relaunch(self) -> None:
        """End what is left of it, and start the same command on the same port, once more.

        What it prints goes where the first one's words went. Raises `UsageError`.
        """
        assert self._link is not None
        self.left += await self._link.end()
        output, environment = self._link.output, _environment(self.port)
        self._link = await KeeperLink.start(
            self.isolation, self.command, environment, output, self._hide
        )
        self._meter = Meter(self._link.outer, self._link.inner, self.port)
        self.exited = self._link.exited
        self._watch_exit(self.exited)

    def is_stopped(self) -> bool:
        """Whether the system has stopped all of its processes (SIGSTOP)."""
        return self._meter is not None and all(map(_is_stopped, self._meter.processes()))

    def programs(self) -> tuple[str, ...]:
        """The file names of the programs that its living processes run."""
        return tuple(sorted({Path(_program(pid)).name for pid in self.pids()} - {""}))

    def pids(self) -> list[int]:
        """The process ids of all its living processes, as the harness sees them."""
        return self._meter.pids() if self._meter else []

    def sample(self, *, exact_memory: bool = False) -> Sample | None:
        """What its processes use now; `None` when none lives or it was not started."""
        return self._meter.sample(exact_memory=exact_memory) if self._meter else None

    async def stop(self, signum: int = SIGTERM, grace: float = 0.3) -> None:
        """Signal it, give it `grace` seconds to end by itself, then end all of its processes.

        Afterwards its output is complete and nothing of it is left (but see `left`); its port is
        free for other runs. A second call waits for the first. Cancelled, it kills at once.
        """
        if self._link is None or self._meter is None:
            return
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop(self._link, self._meter, signum, grace))
        try:
            await asyncio.shield(self._stopping)
        except asyncio.CancelledError:
            if not self._hurry.done():
                self._hurry.set_result(0)
            raise

    async def _stop(self, link: KeeperLink, meter: Meter, signum: int, grace: float) -> None:
        try:
            if not self.exited.done():
                self.signal(signum)
                early = {self.exited, self._hurry}
                await asyncio.wait(early, timeout=grace, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # A program may have killed its keeper; in a namespace it cannot.
            known = [] if self.isolation == "pid-namespace" else meter.processes()
            try:
                self.left += await link.end()
            finally:
                _kill(known)
                link.output.close()
                if self._lease:
                    self._lease.release()


async def launch(spec: TargetSpec, log: Path | None, *, isolation: str = "pid-namespace") -> Target:
    """Start the program, or attach to the one that runs; returns as soon as it is exec'ed.

    `log` gets what it prints. `isolation` is the best to try; where it is not allowed, the next
    is. Raises `UsageError` for a command that is empty, cannot be split, has an unknown
    placeholder or cannot be started, and for a port in use.
    """
    if spec.connect is not None and spec.command is None:
        return Target(*spec.connect)
    if spec.command is None or spec.connect is not None:
        raise UsageError("name either a command to start or an address to connect to, and one only")
    words = command.split(spec.command)
    command.fill(words, host="", port="")  # a mistake is told before a port is looked for
    port, lease = _choose_port(spec)
    words = command.fill(words, host=spec.host, port=str(port))
    try:
        link = await _start(words, port, log, isolation, spec.hidden)
    except BaseException:
        if lease:
            lease.release()
        raise
    target = Target(spec.host, port, words, link, lease, spec.hidden)
    target.bounds = spec.bounds
    return target


def _choose_port(spec: TargetSpec) -> tuple[int, PortLease | None]:
    if spec.port is not None:
        check_free(spec.host, spec.port)
        return spec.port, None
    lease = free_port(spec.host)
    return lease.port, lease


async def _start(
    words: tuple[str, ...], port: int, log: Path | None, isolation: str, hide: tuple[str, ...]
) -> KeeperLink:
    output = Output(log)
    try:
        return await KeeperLink.start(isolation, words, _environment(port), output, hide)
    except BaseException:
        output.close()
        raise


def _environment(port: int) -> dict[str, str]:
    return os.environ | {"PORT": str(port), "PYTHONUNBUFFERED": "1"}


def _program(pid: int) -> str:
    try:
        return str(psutil.Process(pid).exe())
    except psutil.Error:
        return ""


def _is_stopped(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_STOPPED)
    except psutil.Error:
        return True  # it has ended, which is as still as can be


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):  # nearly always: it has ended long ago
            process.kill()
