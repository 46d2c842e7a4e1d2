"""The harness's end of the keeper: it starts `keeper.py`, gives orders and takes reports.

The keeper's docstring has both, and how it ends what it keeps. This file does not know what the
program under test is for, nor its port.
"""

import asyncio
import errno
import os
import shutil
import sys
from pathlib import Path
from signal import SIGKILL
from typing import Self, cast

from harness.errors import HarnessError, UsageError
from harness.output import Output

_KEEPER = Path(__file__).with_name("keeper.py")
_END_SECONDS = 10.0  # more than the keeper takes to find that something cannot be killed


class KeeperLink(asyncio.SubprocessProtocol):
    """A keeper and, under it, one program; made by `start`, and `end` must be awaited.

    outer, inner   the process ids of the keeper's two processes
    isolation      what the keeper could get, one of its three
    hidden         whether all is hidden from the program that shall be
    exited         the program's return code as in `subprocess`, once it has ended
    output         what the program prints comes here
    """

    def __init__(self, output: Output) -> None:
        loop = asyncio.get_running_loop()
        self.outer = self.inner = 0
        self.isolation = ""
        self.hidden = False
        self.output = output
        self.exited: asyncio.Future[int] = loop.create_future()
        self._started: asyncio.Future[int] = loop.create_future()  # an errno, or 0
        self._error: int | None = None  # the same, as soon as it is told
        self._closed: asyncio.Future[None] = loop.create_future()
        self._left = 0
        self._unfinished = b""
        self._transport: asyncio.SubprocessTransport | None = None

    @classmethod
    async def start(
        cls,
        isolation: str,
        command: tuple[str, ...],
        environment: dict[str, str],
        output: Output,
        hidden: tuple[str, ...] = (),
        typed: tuple[str, int] | None = None,
    ) -> Self:
        """Start a command (words, no shell); returns when it is exec'ed, or raises `UsageError`.

        `isolation` is the best to try; where it is not allowed, the next is. `hidden` are paths
        that it shall not see; where nothing can be hidden, it sees them. `typed` is what it reads:
        the file of a "pipe" or of a "terminal", by its number; nothing, unless told.
        """
        link = cls(output)
        reads = f"{typed[0]} {typed[1]}" if typed else ""
        own = (str(_KEEPER), isolation, os.pathsep.join(hidden), reads)
        arguments = (sys.executable, "-I", "-S", *own, *command)
        try:
            await asyncio.get_running_loop().subprocess_exec(
                lambda: link,
                *arguments,
                env=environment,
                start_new_session=True,
                pass_fds=typed[1:] if typed else (),
            )
            error = await link._started
        except OSError as problem:  # too many arguments, no memory
            raise UsageError(f"cannot start {command[0]}: {problem.strerror}") from None
        except BaseException:
            await link.end()
            raise
        if error:
            await link.end()
            raise UsageError(_why_not(command[0], error))
        return link

    def order(self, line: str) -> None:
        """Send an order, unless the keeper has gone."""
        pipe = self._transport and self._transport.get_pipe_transport(0)
        if pipe is not None and not pipe.is_closing():
            cast(asyncio.WriteTransport, pipe).write(line.encode() + b"\n")

    @property
    def has_started(self) -> bool:
        """Whether it is known how the start went, and which processes are the keeper's own."""
        return self._started.done()

    async def end(self) -> int:
        """End everything and wait until it is; how many processes could not be ended."""
        if self._transport is None:
            return 0
        pipe = self._transport.get_pipe_transport(0)
        if pipe is not None:
            pipe.close()
        try:
            await asyncio.wait({self._closed}, timeout=_END_SECONDS)
        finally:
            self._transport.close()  # kills the keeper if it lives, and so what it keeps
            await asyncio.wait({self._closed}, timeout=_END_SECONDS)
        return self._left

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the keeper's process."""
        self._transport = cast(asyncio.SubprocessTransport, transport)
        self.outer = self._transport.get_pid() or 0

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Take output of the program, or reports of the keeper."""
        if fd == 2:
            self.output.add(data)
            return
        *lines, self._unfinished = (self._unfinished + data).split(b"\n")
        for line in lines:
            word, _, value = line.decode().partition(" ")
            self._take(word, value)

    def connection_lost(self, _: Exception | None) -> None:
        """The keeper has ended and all it wrote is read."""
        if not self._closed.done():
            self._closed.set_result(None)
        if not self.has_started and self.inner:
            self._started.set_result(0)  # it was at work: only the program can have ended it
        elif not self.has_started:
            self._started.set_exception(HarnessError("the process that starts programs was ended"))
        if not self.exited.done():
            self.exited.set_result(-SIGKILL)  # what keeps it has gone, and so it has

    def _take(self, word: str, value: str) -> None:
        if word == "isolation":
            self.isolation = value
        elif word == "inner":
            self.inner = int(value)
        elif word == "hidden":
            self.hidden = True
        elif word in ("started", "failed"):
            self._error = int(value or 0)
        elif word == "exited" and not self.exited.done():
            self.exited.set_result(os.waitstatus_to_exitcode(int(value)))
        elif word == "left":
            self._left += int(value)
        # Two processes report, and the inner one may be the first: both must be known.
        if self.inner and self._error is not None and not self.has_started:
            self._started.set_result(self._error)


def _why_not(program: str, error: int) -> str:
    """In words, why a program could not be started."""
    if os.sep not in program and error in (errno.ENOENT, errno.EACCES):
        found = shutil.which(program, os.F_OK)  # EACCES may only mean a folder in PATH
        here = Path(program).is_file()
        if found is None or error == errno.ENOENT:
            hint = f"; the one in this folder is started as ./{program}" if here else ""
            return f"command not found: {program}{hint}"
    if error == errno.ENOENT and Path(program).exists():
        return f"{program} names an interpreter in its first line that is not on this machine"
    if error == errno.ENOENT:
        return f"command not found: {program}"
    if error == errno.EACCES and Path(program).is_dir():
        return f"{program} is a folder, not a program"
    if error == errno.EACCES:
        return f"{program} may not be executed; chmod +x makes a program of a file"
    if error == errno.ENOEXEC:
        return f"{program} is no program of this machine; does its first line name one with #! ?"
    return f"cannot start {program}: {os.strerror(error)}"
