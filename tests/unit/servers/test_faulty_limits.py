"""The servers with a fault at the door, under load or in their own life show it to whoever looks.

The program is the one that the test is named after; `conftest.py` starts it in each dialect.
"""

from __future__ import annotations

import signal
import socket
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.servers.conftest import Server

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

ESTABLISHED = 1


def test_holds_the_door(server: Server) -> None:
    a, b, _ = server.room()
    mute = server.connect()
    server.expect_prompt(mute)
    late = server.connect()
    server.processed(a, b)
    with pytest.raises(TimeoutError):
        late.reads(lambda: late.heard, "the prompt", within=0.1)
    mute.reset()
    server.expect_prompt(late)


def test_never_prompts(server: Server) -> None:
    a, b = server.connect(), server.connect()
    for person, nick in ((a, "a"), (b, "b")):
        person.say_apart(nick)
    server.settle(a, b)
    assert a.heard.startswith(b"b: ")


def test_wrong_prompt(server: Server) -> None:
    person = server.connect()
    prompt = f"NICK{server.end}".encode()
    person.reads(lambda: person.heard == prompt, "another word")


def test_waits_for_stalled_reader(server: Server) -> None:
    a, _, _ = server.room()
    # A correct server disconnects the two who do not read, and goes on, after 1.75 s.
    assert a.floods(until_stuck=2.5)


def test_skips_stalled_reader(server: Server) -> None:
    a, b, c = server.room()
    c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    texts = [f"<{number}>" for number in range(80)]
    for text in texts:
        a.say(text + "x" * 50_000)
        a.say("<more>")
        b.hears(text)
        b.reads(lambda: b.heard.endswith(f"<more>{b.end}".encode()), "the end of it")
    for number in range(100):
        a.say(f"<again {number}>")
        if c.hears_soon("<again"):
            break
    assert c.misses(texts)


def test_hoards_for_stalled_reader(server: Server) -> None:
    a, _, _ = server.room()
    before = server.resident_bytes()
    a.say(("x" * 999 + "\n") * 24_000)
    server.waits(lambda: server.resident_bytes() > before + 16_000_000, "16 MB more in memory")


def test_ignores_signals(server: Server) -> None:
    a, b, _ = server.room()
    for number in (signal.SIGTERM, signal.SIGINT):
        server.process.send_signal(number)
        server.processed(a, b)
    server.process.kill()


def test_listens_everywhere(server: Server) -> None:
    server.join("a")
    with socket.create_connection(("127.0.0.2", server.port), timeout=20) as elsewhere:
        assert elsewhere.recv(1) == b"n"


def test_blocks_its_port(server: Server) -> None:
    a = server.join("a")
    server.process.terminate()
    assert server.exit_status() == 0
    a.reads_end()
    a.sock.close()
    assert server.status_when_started_again() == 1


def test_tells_strangers(server: Server) -> None:
    a, _, _ = server.room()
    mute = server.connect()
    server.expect_prompt(mute)
    a.say("<for members>")
    mute.hears("a: <for members>")


def test_keeps_endless_line(server: Server) -> None:
    a, b, _ = server.room()
    a.say("x" * 600_000 + "<end>")
    b.hears("x" * 600_000 + "<end>")


def test_dies_of_bad_nickname(server: Server) -> None:
    a, _, _ = server.room()
    stranger = server.connect()
    server.expect_prompt(stranger)
    stranger.sock.sendall(b"\xff\xff\n")
    assert server.exit_status() == 1
    a.reads_end()


def test_dies_of_bad_bytes(server: Server) -> None:
    a, b, _ = server.room()
    a.sock.sendall(b"\xff\xff\n")
    assert server.exit_status() == 1
    b.reads_end()


def test_bad_bytes_poison(server: Server) -> None:
    a, b, c = server.room()
    a.sock.sendall(b"\xff\xff\n")
    b.hears("a: \ufffd\ufffd")
    b.reads_end()
    c.reads_end()
    server.settle(a, server.join("d"))


def test_delays_all_for_stalled(server: Server) -> None:
    a, b, c = server.room()
    c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    late = 0
    for number in range(200):
        a.say_apart("x" * 50_000)
        begun = time.monotonic()
        a.say(f"<{number}>")
        b.hears(f"<{number}>")
        late = late + 1 if time.monotonic() - begun >= 0.5 else 0
        if late == 3:
            return
    pytest.fail("nothing came late")


def test_starves_others_in_flood(server: Server) -> None:
    a, b, c = server.room()
    with server.stopped():
        a.say("x" * 32768)
        b.say("<short>")
    c.hears("<short>")
    before, _ = c.heard.split(b"<short>")
    # A correct server has taken one read from each of the two.
    assert before.count(b"x") == 32768


def test_loses_while_paused(server: Server) -> None:
    a, b, _ = server.room()
    with server.stopped():
        a.say("<lost>")
    server.waits(a.is_read, "it is thrown away")
    a.say("<next>")
    b.hears("<next>")
    assert b.misses(["<lost>"])


def test_exits_badly(server: Server) -> None:
    a = server.join("a")
    server.process.send_signal(signal.SIGINT)
    assert server.exit_status() == 1
    a.reads_end()


def test_leaves_connections_open(server: Server) -> None:
    a, _, _ = server.room()
    server.process.send_signal(signal.SIGINT)
    assert server.exit_status() == 0
    assert server.state_of(a) == ESTABLISHED
    assert len(server.processes()) == 1
    for person in server.people:
        person.reset()
    server.waits(lambda: not server.processes(), "its child ends, too")
