"""A correct chat client on asyncio that asks for the name before it connects.

Speaks asks_first. That is raw; `asks_first.yaml` says when the person is asked. It shows control
characters as their pictures (U+2400 and on). It does not know who tests it.

    python asks_first.py HOST PORT
"""

from __future__ import annotations

import asyncio
import codecs
import os
import select
import signal
import sys
from collections.abc import AsyncIterator

READ = 8192
PROMPT = b"nickname"
PICTURES: dict[int, int | str] = {
    code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"
}
PICTURES |= {127: 0x2421, **dict.fromkeys(range(128, 160), ".")}


class Keyboard:
    """The lines that are typed, without the empty ones, from file descriptor 0."""

    def __init__(self) -> None:
        self.rest = b""
        self.over = False

    def read(self) -> list[bytes]:
        """Read once, and return the lines that are complete now; waits for what is typed."""
        data = os.read(0, READ)
        self.over = not data
        self.rest += data or b"\n" * bool(self.rest)
        *lines, self.rest = self.rest.split(b"\n")
        return [line for line in lines if line]

    async def lines(self) -> AsyncIterator[bytes]:
        """Yield what is typed, to the end of the input."""
        loop = asyncio.get_running_loop()
        while not self.over:
            if not select.select([0], [], [], 0)[0]:  # never so for a file
                typed = asyncio.Event()
                loop.add_reader(0, typed.set)
                try:
                    await typed.wait()
                finally:
                    loop.remove_reader(0)
            for line in self.read():
                yield line


def show(text: str) -> None:
    """Print a text of somebody's, with nothing in it that a terminal obeys."""
    print(text.translate(PICTURES), flush=True)


async def hear(reader: asyncio.StreamReader, asked: asyncio.Event) -> str:
    """Show what comes until nothing does; returns why."""
    text = codecs.getincrementaldecoder("utf-8")("replace")
    opening = b""
    try:
        while data := await reader.read(READ):
            if not asked.is_set():
                opening += data
                if len(opening) < len(PROMPT) and PROMPT.startswith(opening):
                    continue
                asked.set()
                data = opening.removeprefix(PROMPT)
            if words := text.decode(data):
                show(words)
    except OSError as error:
        return f"The connection was lost: {error.strerror}."
    return "The server has ended the chat."


async def type_into(lines: asyncio.Queue[bytes], keyboard: Keyboard) -> str:
    """Keep what is typed until it can be sent; ends with the input."""
    async for line in keyboard.lines():
        lines.put_nowait(line)
    return ""


async def send_from(
    lines: asyncio.Queue[bytes], writer: asyncio.StreamWriter, asked: asyncio.Event
) -> str:
    """Send the name and what is typed, once the server has asked for it."""
    await asked.wait()
    while True:
        writer.write(await lines.get())


async def until_over(ways: list[asyncio.Task[str]]) -> str:
    """Wait for the first end, or Ctrl-C, and return what the person is told of it."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGINT, stopped.set)
    every = [*ways, asyncio.create_task(stopped.wait())]
    await asyncio.wait(every, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.sleep(0)  # what was typed last is sent
    for task in every:
        task.cancel()
    await asyncio.wait(every)
    return next((one.result() for one in ways if not one.cancelled()), "")


async def chat(keyboard: Keyboard, name: bytes, host: str, port: int) -> int:
    """Connect, and chat until the person, the server or Ctrl-C ends it."""
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError as error:
        print(f"Could not connect to {host} on port {port}: {os.strerror(error.errno or 0)}")
        return 1
    asked = asyncio.Event()
    lines: asyncio.Queue[bytes] = asyncio.Queue()
    lines.put_nowait(name)
    ways = (hear(reader, asked), type_into(lines, keyboard), send_from(lines, writer, asked))
    over = await until_over([asyncio.create_task(way) for way in ways])
    if over:
        print(over, flush=True)
    writer.close()
    return 0


def main() -> int:
    host, port = sys.argv[1], int(sys.argv[2])
    keyboard = Keyboard()
    print("Under which name do you want to chat?", flush=True)
    names: list[bytes] = []
    try:
        while not names and not keyboard.over:
            names = keyboard.read()
        return asyncio.run(chat(keyboard, names[0], host, port)) if names else 0
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
