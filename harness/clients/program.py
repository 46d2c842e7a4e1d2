"""Program: the client under test, at a pseudo-terminal or behind a pipe, under its keeper.

Types for the person, and takes down what is printed. Knows neither chats nor stories.
"""

import asyncio
import contextlib
import os
import pty
import signal
import termios
from collections.abc import Callable

from harness import command
from harness.clients.screen import COLUMNS, LINES
from harness.clients.spec import ClientSpec
from harness.errors import HarnessError
from harness.keeper_link import KeeperLink
from harness.output import Output
from harness.target import Target

_READ = 65536
MOST_PRINTED = 4 << 20
# How long the last words of a program that has ended may be on their way.
_LAST_WORDS = 2.0
_UTF_8 = ("utf-8", "utf8")


class _Printed(Output):
    """What was printed into a pipe, told to somebody as it comes."""

    __slots__ = ("_tell",)

    def __init__(self, tell: Callable[[bytes], None]) -> None:
        super().__init__()
        self._tell = tell

    def add(self, data: bytes) -> None:
        """Take what came next."""
        super().add(data)
        self._tell(data)


class Program:
    """A client that runs; made by `start`, and `stop` must be awaited in the end."""

    def __init__(self, tell: Callable[[bytes], None], *, terminal: bool) -> None:
        self.terminal = terminal
        self.output = Output() if terminal else _Printed(tell)
        self._tell = tell
        self._fd: int | None = None  # our end of the terminal, or of the pipe to its stdin
        self._unsent = bytearray()
        self._drained = asyncio.Event()
        self.target: Target

    async def start(self, spec: ClientSpec, nick: str, port: int, isolation: str) -> None:
        """Start the command; raises `UsageError`."""
        words = command.split(spec.command)
        words = command.fill(words, host=spec.host, port=str(port), nick=nick)
        ours, theirs = self._open()
        kind = "terminal" if self.terminal else "pipe"
        try:
            link = await KeeperLink.start(
                isolation,
                words,
                _environment(port, terminal=self.terminal),
                self.output,
                spec.hidden,
                (kind, theirs),
            )
        except BaseException:
            os.close(ours)
            self._fd = None
            raise
        finally:
            os.close(theirs)
        self.target = Target(spec.host, port, words, link, hide=spec.hidden)
        self.target.bounds = spec.bounds
        if self.terminal:
            asyncio.get_running_loop().add_reader(ours, self._readable)

    def _open(self) -> tuple[int, int]:
        """Open a terminal or a pipe; returns our end and the program's."""
        try:
            if self.terminal:
                ours, theirs = pty.openpty()
                termios.tcsetwinsize(theirs, (LINES, COLUMNS))
            else:
                theirs, ours = os.pipe()
        except OSError as error:
            raise HarnessError(f"cannot open a terminal: {error.strerror}") from None
        os.set_blocking(ours, False)
        self._fd = ours
        return ours, theirs

    # -- what it prints ------------------------------------------------------------------------

    def _readable(self) -> None:
        assert self._fd is not None
        try:
            data = os.read(self._fd, _READ)
        except BlockingIOError:
            return
        except OSError:  # nobody has the other end open any more
            data = b""
        if data:
            self.output.add(data)
            self._tell(data)
        else:
            asyncio.get_running_loop().remove_reader(self._fd)
            self._drained.set()

    # -- what it is given ----------------------------------------------------------------------

    def type(self, data: bytes) -> None:
        """Give it bytes to read; they wait where it does not read."""
        if self._fd is not None:
            self._unsent += data
            self._write()

    def _write(self) -> None:
        if self._fd is None:
            return
        loop = asyncio.get_running_loop()
        try:
            sent = os.write(self._fd, self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError:  # it reads no more
            sent = len(self._unsent)
        del self._unsent[:sent]
        if self._unsent:
            loop.add_writer(self._fd, self._write)
        else:
            loop.remove_writer(self._fd)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        if self.terminal:
            self.type(b"\x03")
        else:
            self.target.signal(signal.SIGINT)

    def end_input(self) -> None:
        """Press Ctrl-D, or close what it reads."""
        if self.terminal:
            self.type(b"\x04")
        else:
            self._close()

    @property
    def by_lines(self) -> bool:
        """Whether the terminal gives the program whole lines, and takes Ctrl-D for their end."""
        if not self.terminal or self._fd is None:
            return True
        try:
            flags: int = termios.tcgetattr(self._fd)[3]
        except termios.error:  # nobody has the other end open any more
            return True
        return bool(flags & termios.ICANON)

    # -- its end -------------------------------------------------------------------------------

    async def stop(self) -> None:
        """End it and all that it started; what it printed is complete afterwards."""
        try:
            await self.target.stop(signal.SIGHUP, 0.0)
            if self.terminal and self._fd is not None:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._drained.wait(), _LAST_WORDS)
        finally:
            self._close()

    def _close(self) -> None:
        if self._fd is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._fd)
        loop.remove_writer(self._fd)
        os.close(self._fd)
        self._fd = None


def _environment(port: int, *, terminal: bool) -> dict[str, str]:
    """Return what a person's shell would have told it: a plain terminal, and UTF-8."""
    gone = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"}
    told = {name: value for name, value in os.environ.items() if name not in gone}
    told |= {"PORT": str(port), "PYTHONUNBUFFERED": "1"}
    names = [told[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if told.get(name)]
    if not names or not names[0].lower().endswith(_UTF_8):
        told["LC_ALL"] = "C.UTF-8"
    if terminal:
        told["TERM"] = "xterm-256color"
    return told
