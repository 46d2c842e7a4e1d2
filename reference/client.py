"""The client: what a person types goes out, what is said comes in; `python -m reference.client`.

It knows sockets and the terminal, and nothing of how messages are told apart. At a terminal,
with prompt_toolkit installed, what arrives stands above the line that is being typed;
everywhere else it reads and prints plain lines.
"""

import asyncio
import contextlib
import io
import os
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, cast

from reference.framing import DIALECTS, ClientDecoder, Dialect
from reference.texts import Options, Texts, address_of, fail, reason_of, texts_in, without_controls

Typed = Callable[[str], AsyncIterator[bytes]]

PROGRAM = "reference.client"
READ_SIZE = 64 * 1024

# Where nothing on the wire ends a nickname, bytes that follow at once would be read as a part
# of it, and not every server answers when it has read it. So the first message waits a little.
NICKNAME_PAUSE = 0.3
CUT_PAUSE = 0.1  # seconds for the rest of a character to arrive
LAST_WORDS = 1.0  # seconds for the server to close after the person has said the last word


async def _stdin_ready() -> None:
    """Wait until reading stdin does not block; no thread is left waiting behind."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(sys.stdin.fileno(), ready.set)
    except PermissionError:
        return  # a regular file is always ready, and epoll refuses it
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())


async def plain_lines(question: str) -> AsyncIterator[bytes]:
    """Yield the lines of stdin, byte for byte, without their newline."""
    if question:  # from a pipe nobody's newline ends the question
        print(question, end="" if sys.stdin and sys.stdin.isatty() else "\n", flush=True)
    held = bytearray()
    while sys.stdin:
        await _stdin_ready()
        chunk = os.read(sys.stdin.fileno(), READ_SIZE)
        if not chunk:
            break
        *lines, rest = chunk.split(b"\n")
        for line in lines:
            yield bytes(held) + line
            held.clear()
        held += rest
    if held:
        yield bytes(held)


async def terminal_lines(question: str, *, erase: bool) -> AsyncIterator[bytes]:
    """Yield the lines typed at a terminal, until end of input or Ctrl-C."""
    lines: asyncio.Queue[bytes | None] = asyncio.Queue()
    # A task, so that a line that waits to be sent does not keep the next from being typed.
    prompting = asyncio.create_task(_prompt(question, lines, erase=erase))
    try:
        while (line := await lines.get()) is not None:
            yield line
    finally:
        prompting.cancel()
        await asyncio.wait({prompting})


async def _prompt(question: str, lines: asyncio.Queue[bytes | None], *, erase: bool) -> None:
    from prompt_toolkit import PromptSession  # noqa: PLC0415 - only at a terminal

    session: PromptSession[str] = PromptSession(erase_when_done=erase)
    # Raw mode all the time, between two prompts and while something is shown as well: a Ctrl-D
    # typed in the usual mode would be lost.
    session.input.cooked_mode = contextlib.nullcontext  # type: ignore[method-assign]
    with contextlib.suppress(EOFError, KeyboardInterrupt), session.input.raw_mode():
        while True:
            text = await session.prompt_async(question or "> ")
            for line in text.split("\n"):  # a paste may bring several
                question = "" if line else question
                lines.put_nowait(line.encode("utf-8", "surrogateescape"))
    lines.put_nowait(None)


def above_the_line() -> contextlib.AbstractContextManager[None] | None:
    """Return what keeps printing away from the typed line; None where that cannot be done."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    # Nothing here needs the cursor's position, and not every terminal tells it.
    os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
    try:
        from prompt_toolkit.patch_stdout import patch_stdout  # noqa: PLC0415 - may be missing
    except ImportError:
        return None
    return patch_stdout()


class Client(asyncio.Protocol):
    """One connection to a server, and what the person at it is shown."""

    def __init__(self, dialect: Dialect) -> None:
        loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[Exception | None] = loop.create_future()
        self._prompted: asyncio.Future[bool] = loop.create_future()
        self.dialect = dialect
        self._decoder = ClientDecoder(dialect)
        self._writable = asyncio.Event()
        self._writable.set()
        self._quiet_until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast("asyncio.Transport", transport)
        # So that a line counts as sent only when the kernel has all of it.
        self.transport.set_write_buffer_limits(high=0)

    def data_received(self, data: bytes) -> None:
        """Show what has arrived, and learn whether the server asks for a nickname."""
        if self._timer:
            self._timer.cancel()
        self._show(self._decoder.receive_data(data))
        if self._decoder.cut:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(CUT_PAUSE, lambda: self._show(self._decoder.flush()))
        if self._decoder.prompted is not None and not self._prompted.done():
            self._prompted.set_result(self._decoder.prompted)

    def connection_lost(self, exc: Exception | None) -> None:
        """Show what was held back, and end; `exc` is None where the server has closed."""
        self._show(self._decoder.flush())
        self.ended.set_result(exc)

    def pause_writing(self) -> None:
        """Let the next line wait: the server does not take this one yet."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let the next line go."""
        self._writable.set()

    async def talk(self, nickname: bytes, typed: Typed, question: str) -> None:
        """Send the nickname when the server asks for it, and then each line that is typed."""
        asked = await self._prompted
        lines = typed(question if asked and not nickname else "")
        if asked and not nickname:
            async for line in lines:
                nickname = line
                if line:
                    break
        if asked and nickname:
            await self._send(nickname)
            if not self.dialect.end:
                self._quiet_until = asyncio.get_running_loop().time() + NICKNAME_PAUSE
        name = nickname.rstrip(b"\r\n")  # a server takes a line end off
        prefix = self.dialect.client_prefix.replace(b"{nick}", name) if name else b""
        async for line in lines:
            if line:
                await self._send(prefix + line)

    async def _send(self, line: bytes) -> None:
        await asyncio.sleep(self._quiet_until - asyncio.get_running_loop().time())
        self.transport.write(line + self.dialect.end)
        await self._writable.wait()

    def _show(self, texts: list[str]) -> None:
        try:
            for text in texts:
                print(without_controls(text), flush=True)
        except BrokenPipeError:
            # Nobody reads this: go, and let the interpreter's last flush go nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self.transport.close()


async def chat(client: Client, nickname: bytes, texts: Texts) -> str:
    """Chat until the person or the server ends it; returns what to tell the person."""
    with contextlib.ExitStack() as stack:
        above = above_the_line()
        # Where the server sends a copy, a line that stayed would be seen twice.
        typed = partial(terminal_lines, erase=client.dialect.echo) if above else plain_lines
        stack.enter_context(above or contextlib.nullcontext())
        stack.callback(client.transport.abort)
        talking = asyncio.create_task(client.talk(nickname, typed, texts.ask_nickname))
        either: set[asyncio.Future[Any]] = {talking, client.ended}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not client.ended.done():
            talking.result()
            client.transport.write_eof()
            await asyncio.wait({client.ended}, timeout=LAST_WORDS)
            return ""
        talking.cancel()
        await asyncio.wait({talking})
        return texts.connection_broken if client.ended.result() else texts.server_closed


async def run(options: Namespace, texts: Texts) -> int:
    """Connect and chat; returns the exit status."""
    loop = asyncio.get_running_loop()
    dialect = DIALECTS[options.dialect]
    address = address_of(options.host, options.port)
    try:
        _, client = await loop.create_connection(
            lambda: Client(dialect), options.host, options.port
        )
    except (OSError, UnicodeError) as error:
        text = texts.cannot_connect.format(address=address, reason=reason_of(error))
        return fail(PROGRAM, text, 1)
    print(texts.connected.format(address=address), flush=True)
    last = await chat(client, os.fsencode(options.nick), texts)
    if last:
        print(last, flush=True)
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run the client with the arguments of a command line, and return its exit status."""
    parser = Options(PROGRAM, [*DIALECTS])
    parser.add_argument("--nick", default="", help="default: ask for it")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that is not Unicode
    try:
        return asyncio.run(run(options, texts_in(options.lang, os.environ)))
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
