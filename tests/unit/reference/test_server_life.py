"""The server's own life is tested: how it starts and ends, and what it prints."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from tests.unit.reference.conftest import Peer, StartProgram, StartServer


def talk(sender: Peer, receiver: Peer, text: bytes, heard: bytes) -> None:
    sender.send(text)
    assert receiver.read(len(heard)) == heard


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_every_connection(
    start_server: StartServer, number: signal.Signals
) -> None:
    server = start_server()
    ann, bob, newcomer = server.join("ann"), server.join("bob"), server.connect()
    assert newcomer.read(8) == b"nickname"
    talk(ann, bob, b"hi", b"ann: hi")
    status, _, errors = server.end(number)
    assert (status, errors) == (0, "")
    assert [peer.read_to_end() for peer in (ann, bob, newcomer)] == [b"", b"", b""]


def test_it_starts_again_on_its_port_at_once(start_server: StartServer) -> None:
    server = start_server()
    ann = server.join("ann")
    assert server.end(signal.SIGINT)[0] == 0
    assert ann.read_to_end() == b""
    again = start_server("--port", str(server.port))
    assert again.port == server.port
    talk(again.join("ann"), again.join("bob"), b"hi", b"ann: hi")


def test_it_listens_on_loopback_only(start_server: StartServer) -> None:
    server = start_server()
    listening = psutil.Process(server.process.pid).net_connections("tcp")
    assert [connection.laddr.ip for connection in listening] == ["127.0.0.1"]


def test_ipv6_is_written_in_brackets(start: StartProgram) -> None:
    program = start("server", "--host", "::1", "--port", "0")
    line = program.line()
    if not line:
        pytest.skip("this machine has no IPv6")
    assert line.startswith("Chat server is listening on [::1]:")


@pytest.mark.parametrize(
    ("arguments", "changes", "ready", "joined"),
    [
        ([], {}, "Chat server is listening on", "Зоя joined"),
        (["--lang", "ru"], {}, "Чат ждёт участников на", "Зоя теперь в чате"),
        ([], {"LC_ALL": "", "LANG": "ru_RU.UTF-8"}, "Чат ждёт участников на", "Зоя теперь в чате"),
        ([], {"LC_ALL": "ru_RU.UTF-8"}, "Чат ждёт участников на", "Зоя теперь в чате"),
        (["--lang", "en"], {"LANG": "ru_RU"}, "Chat server is listening on", "Зоя joined"),
    ],
)
def test_it_speaks_the_language_of_the_person(
    start: StartProgram,
    arguments: list[str],
    changes: dict[str, str],
    ready: str,
    joined: str,
) -> None:
    program = start("server", "--port", "0", *arguments, **changes)
    said, _, address = program.line().rpartition(" ")
    assert said == ready
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), 60) as member:
        member.sendall("Зоя".encode())
        assert program.line() == joined


def test_a_name_that_is_not_printable_is_escaped(start_server: StartServer) -> None:
    server = start_server()
    server.connect().send("evil\u202e\u2028\u200b".encode())
    assert server.line() == "evil\\u202e\\u2028\\u200b joined"


def assert_refused(ended: tuple[int, str, str], *words: str) -> None:
    status, output, errors = ended
    assert (status, output) == (2, "")
    assert errors.count("\n") == 1
    assert all(word in errors for word in ("reference.server: ", *words))


def test_a_port_in_use_is_told_in_a_line(start: StartProgram, listener: socket.socket) -> None:
    port = str(listener.getsockname()[1])
    assert_refused(start("server", "--port", port).end(), port, "in use")
    assert_refused(start("server", "--port", port, "--lang", "ru").end(), port, "занят")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--port", "70000"], "65535"),
        (["--port", "http"], "--port"),
        (["--dialect", "morse"], "--dialect"),
        (["--colour"], "--colour"),
        (["--host", "192.0.2.1"], "192.0.2.1:14901"),
        (["--host", "a..b"], "a..b:14901"),
    ],
)
def test_a_bad_option_is_told_in_a_line(
    start: StartProgram, arguments: list[str], word: str
) -> None:
    assert_refused(start("server", *arguments).end(), word)


def test_a_closed_stdout_harms_nobody(start_server: StartServer) -> None:
    server = start_server("--dialect", "lines")
    assert server.process.stdout is not None
    server.process.stdout.close()
    ann, bob = server.connect(), server.connect()
    ann.send(b"ann\n")
    assert ann.read(9) == b"nickname\n"
    bob.send(b"bob\nhi\n")
    assert ann.read(8) == b"bob: hi\n"


def test_an_unread_stdout_holds_up_nobody(start_server: StartServer) -> None:
    server = start_server("--dialect", "lines")
    ann = server.connect()
    ann.send(b"ann\n")
    assert ann.read(9) == b"nickname\n"
    name = "\U000e0001" * 64
    heard = f"{name}: hi\n".encode()
    for _ in range(300):  # about 190 KB of log; a pipe holds 64
        server.connect().send(f"{name}\nhi\n".encode())
        assert ann.read(len(heard)) == heard
