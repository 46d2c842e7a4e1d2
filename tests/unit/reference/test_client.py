"""The client is tested as a program: the test plays the server, and the person at a pipe."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import pytest

from reference.client import NICKNAME_PAUSE, Client
from reference.framing import DIALECTS, LINES, RAW, Dialect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.reference.conftest import Peer, Program, StartProgram, StartServer

QUESTION = "Choose a nickname: "


class Call:
    """A client that is connected to a server which the test plays."""

    def __init__(self, program: Program, server: Peer) -> None:
        self.program = program
        self.server = server
        assert program.line().startswith("Connected to 127.0.0.1:")

    def named(self, end: bytes = b"") -> Call:
        """Send the prompt, and take the nickname `ann`."""
        self.server.send(b"nickname" + end)
        assert self.program.line() == QUESTION
        self.program.type(b"ann\n")
        assert self.server.read(3 + len(end)) == b"ann" + end
        return self


@pytest.fixture
def call(
    start: StartProgram, listener: socket.socket, accept: Callable[[], Peer]
) -> Callable[..., Call]:
    def called(*arguments: str, stdin: int = subprocess.PIPE, **changes: str) -> Call:
        port = str(listener.getsockname()[1])
        program = start("client", "--port", port, *arguments, stdin=stdin, **changes)
        return Call(program, accept())

    return called


Calling = Callable[..., Call]


# --- connecting


@pytest.mark.parametrize(("language", "words"), [("en", "cannot connect"), ("ru", "не удаётся")])
def test_a_refused_connection_is_told_in_words(
    start: StartProgram, language: str, words: str
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: it refuses
        port = str(nobody.getsockname()[1])
        status, output, errors = start("client", "--port", port, "--lang", language).end()
    assert (status, output) == (1, "")
    assert words in errors
    assert f"127.0.0.1:{port}" in errors
    assert errors.count("\n") == 1


def test_a_bad_host_is_told_in_words(start: StartProgram) -> None:
    status, _, errors = start("client", "--host", "a..b").end()
    assert (status, errors.count("\n")) == (1, 1)


def test_a_bad_option_is_told_in_a_line(start: StartProgram) -> None:
    status, _, errors = start("client", "--dialect", "morse").end()
    assert (status, errors.count("\n")) == (2, 1)


# --- the nickname


@pytest.mark.parametrize(("dialect", "end"), [("raw", b""), ("lines", b"\n")])
def test_what_is_typed_is_sent_byte_for_byte(call: Calling, dialect: str, end: bytes) -> None:
    person = call("--dialect", dialect)
    person.server.send(b"nickname" + end)
    assert person.program.line() == QUESTION
    person.program.type(b"  Zo\xd1\x8f \n one \t\xff\xc2\x85\r\n\nlast")
    person.program.end_input()
    sent = [b"  Zo\xd1\x8f ", b" one \t\xff\xc2\x85\r", b"last"]
    assert person.server.read_to_end() == b"".join(line + end for line in sent)
    person.server.socket.close()
    assert person.program.end() == (0, "", "")


def test_a_nickname_can_be_an_option(call: Calling) -> None:
    person = call("--nick", "Зоя")
    person.server.send(b"nickname")
    assert person.server.read(6) == "Зоя".encode()
    person.program.type(b"hi\n")
    assert person.server.read(2) == b"hi"


def test_an_empty_nickname_is_not_sent(call: Calling) -> None:
    person = call()
    person.server.send(b"nickname")
    person.program.type(b"\n\nann\n")
    assert person.server.read(3) == b"ann"


def test_the_end_of_input_instead_of_a_nickname_sends_nothing(call: Calling) -> None:
    person = call(stdin=subprocess.DEVNULL)
    person.server.send(b"nickname")
    assert person.server.read_to_end() == b""
    person.server.socket.close()
    assert person.program.end() == (0, QUESTION + "\n", "")


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_the_prompt_is_answered_once_in_pieces_and_with_a_message(
    call: Calling, dialect: Dialect
) -> None:
    prompt, end = dialect.prompt, dialect.end
    person = call("--nick", "ann", "--dialect", dialect.name)
    for piece in (prompt[:2], prompt[2:-1], prompt[-1:] + end + b"bob: hi" + end):
        person.server.send(piece)
    assert person.server.read(3 + len(end)) == b"ann" + end
    person.program.wait_for("bob: hi")
    person.server.send(prompt + end)
    person.program.wait_for(prompt.decode())
    person.program.end_input()
    assert person.server.read_to_end() == b""


def test_a_server_without_a_prompt_is_sent_no_nickname(call: Calling) -> None:
    person = call("--nick", "ann")
    person.server.send(b"welcome")
    assert person.program.line() == "welcome"
    person.program.type(b"hi\n")
    assert person.server.read(2) == b"hi"


class Recorder(asyncio.Transport):
    """A transport that notes when it was written to."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[tuple[bytes, float]] = []

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert (high, low) == (0, None)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append((bytes(data), asyncio.get_running_loop().time()))


def test_in_raw_the_first_message_waits_until_the_nickname_has_been_read() -> None:
    async def typed(_question: str) -> AsyncIterator[bytes]:
        for line in (b"ann", b"one", b"two"):
            yield line

    async def story() -> list[tuple[bytes, float]]:
        client = Client(RAW)
        transport = Recorder()
        client.connection_made(transport)
        client.data_received(b"nickname")
        await client.talk(b"", typed, "?")
        return transport.writes

    writes = asyncio.run(story())
    assert [data for data, _ in writes] == [b"ann", b"one", b"two"]
    assert writes[1][1] - writes[0][1] > 0.9 * NICKNAME_PAUSE


# --- what is shown


def test_a_character_cut_by_segments_is_shown_whole(call: Calling) -> None:
    person = call().named()
    text = "жук: я🙂".encode()
    person.server.send(text[:-2])
    person.server.send(text[-2:])
    shown = ""
    while not shown.endswith("🙂"):  # one line, unless the rest came very late
        shown += person.program.line()
    assert shown == "жук: я🙂"


def test_a_character_that_is_never_finished_holds_back_no_text(call: Calling) -> None:
    person = call().named()
    person.server.send("жук: да".encode()[:-1])
    assert person.program.line() == "жук: д"


def test_bad_bytes_and_controls_are_shown_and_do_no_harm(call: Calling) -> None:
    person = call("--dialect", "lines").named(b"\n")
    person.server.send(b"bob: \xff\xfe!\nbob: \x1b[31mred\x07\x7f\xc2\x9b2J\ta\x0bb\n")
    assert person.program.line() == "bob: \ufffd\ufffd!"
    assert person.program.line() == "bob: \\x1b[31mred\\x07\\x7f\\x9b2J\ta\\x0bb"


# --- the end


def test_it_ends_when_the_server_closes(call: Calling) -> None:
    person = call().named()
    person.server.send(b"bob: last")
    person.server.socket.close()
    ended = person.program.end()  # while its input is still open
    assert ended == (0, "bob: last\nThe server has closed the connection\n", "")


def test_it_ends_when_the_server_resets(call: Calling) -> None:
    person = call().named()
    person.server.reset()
    assert person.program.end() == (0, "The connection to the server is broken\n", "")


def test_it_ends_when_the_server_closes_before_the_prompt(call: Calling) -> None:
    person = call()
    person.server.socket.close()
    assert person.program.end() == (0, "The server has closed the connection\n", "")


def test_last_words_are_heard_after_the_end_of_input(call: Calling) -> None:
    person = call().named()
    person.program.end_input()
    assert person.server.read_to_end() == b""
    person.server.send(b"bob: bye")
    person.server.socket.close()
    assert person.program.end() == (0, "bob: bye\n", "")


def test_the_end_of_input_ends_it_though_the_server_stays(call: Calling) -> None:
    person = call().named()
    person.program.end_input()
    assert person.program.end() == (0, "", "")
    assert person.server.read_to_end() == b""


@pytest.mark.parametrize("named", [False, True])
def test_an_interrupt_ends_it_without_a_traceback(call: Calling, *, named: bool) -> None:
    person = call()
    if named:
        person.named()
    assert person.program.end(signal.SIGINT) == (0, "", "")
    assert person.server.read_to_end() == b""


def test_a_file_can_be_its_input(call: Calling, tmp_path: Path) -> None:
    typed = tmp_path / "typed"
    lines = [b"%d" % number for number in range(20_000)]
    typed.write_bytes(b"ann\n" + b"\n".join(lines) + b"\n")
    with typed.open("rb") as file:
        person = call("--dialect", "lines", stdin=file.fileno())
    person.server.send(b"nickname\n")
    assert person.server.read_to_end() == typed.read_bytes()


def test_it_ends_quietly_when_nobody_reads_it(call: Calling) -> None:
    person = call().named()
    assert person.program.process.stdout is not None
    person.program.process.stdout.close()
    person.server.send(b"bob: hi")
    assert person.program.process.wait(60) == 0
    assert person.program.process.stderr is not None
    assert person.program.process.stderr.read() == b""


# --- together


@pytest.mark.parametrize("dialect", [RAW, LINES], ids=["raw", "lines"])
def test_client_and_server_chat_with_each_other(
    start_server: StartServer, start: StartProgram, dialect: Dialect
) -> None:
    server = start_server("--dialect", dialect.name)
    address = ("--port", str(server.port), "--dialect", dialect.name)
    ann = start("client", *address, "--nick", "ann")
    server.wait_for("ann joined")
    bob = start("client", *address, "--nick", "bob")
    server.wait_for("bob joined")
    ann.type("привет\n".encode())
    bob.wait_for("ann: привет")
    bob.type(b"nickname\n")
    ann.wait_for("bob: nickname")
    ann.end_input()
    server.wait_for("ann left")
    assert ann.end() == (0, "", "")
    assert server.end(signal.SIGTERM)[0] == 0
    assert bob.end() == (0, "The server has closed the connection\n", "")
