"""The server's manners are tested over sockets: who hears whom, and who is closed."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import psutil
import pytest

from reference.framing import MAX_LINE

if TYPE_CHECKING:
    from tests.unit.reference.conftest import Peer, StartServer


NAME = "x" * 64
MEGABYTE = 1 << 20


def talk(sender: Peer, receiver: Peer, text: bytes, heard: bytes) -> None:
    sender.send(text)
    assert receiver.read(len(heard)) == heard


# --- joining and relaying


@pytest.mark.parametrize(("dialect", "end"), [("raw", ""), ("lines", "\n")])
def test_members_hear_each_other_and_not_themselves(
    start_server: StartServer, dialect: str, end: str
) -> None:
    server = start_server("--dialect", dialect)
    ann, bob = server.join("ann", end), server.join("bob", end)
    text = "  привет \t\u2028\u0085\x0b\x1c🙂 "
    talk(ann, bob, f"{text}{end}".encode(), f"ann: {text}{end}".encode())
    talk(bob, ann, f"yes{end}".encode(), f"bob: yes{end}".encode())
    for member in (ann, bob):
        member.half_close()
        assert member.read_to_end() == b""


def test_who_never_gives_a_name_holds_up_nobody_and_gets_only_the_prompt(
    start_server: StartServer,
) -> None:
    server = start_server()
    silent = server.connect()
    ann, bob = server.join("ann"), server.join("bob")
    talk(ann, bob, b"hi", b"ann: hi")
    silent.half_close()
    assert silent.read_to_end() == b"nickname"


def test_who_leaves_before_giving_a_name_leaves_no_trace(start_server: StartServer) -> None:
    server = start_server()
    closed, reset = server.connect(), server.connect()
    closed.socket.close()
    reset.reset()
    ann, bob = server.join("ann"), server.join("bob")
    talk(ann, bob, b"hi", b"ann: hi")


@pytest.mark.parametrize("name", [b"\n", b"  ", b"a\x1b[2Jb", b"\xff\xfe", NAME.encode() + b"x"])
def test_a_bad_nickname_is_closed(start_server: StartServer, name: bytes) -> None:
    server = start_server()
    ann, bob = server.join("ann"), server.join("bob")
    stranger = server.connect()
    stranger.send(name)
    assert stranger.read_to_end() == b"nickname"
    talk(ann, bob, b"hi", b"ann: hi")


def test_a_crowd_that_connects_at_once_gets_in(start_server: StartServer) -> None:
    server = start_server()
    ann = server.join("ann")
    crowd = [server.connect() for _ in range(100)]
    for number, member in enumerate(crowd):
        member.send(b"c%02d" % number)
    for member in crowd:
        assert member.read(8) == b"nickname"
    assert {server.line() for _ in crowd} == {f"c{number:02} joined" for number in range(100)}
    ann.send(b"welcome")
    assert {member.read(12) for member in crowd} == {b"ann: welcome"}


def test_two_with_one_name_hear_each_other(start_server: StartServer) -> None:
    server = start_server()
    first, second = server.join("bob"), server.join("bob")
    talk(first, second, b"1", b"bob: 1")
    talk(second, first, b"2", b"bob: 2")


def test_a_character_cut_by_segments_is_relayed_whole(start_server: StartServer) -> None:
    server = start_server()
    ann, bob, eve = server.join("ann"), server.join("bob"), server.join("eve")
    smile = "🙂".encode()
    for number in range(1, len(smile)):
        ann.send(smile[:number])
        talk(bob, eve, b"wait", b"bob: wait")
        ann.send(smile[number:])
        assert eve.read(len(b"ann: " + smile)) == b"ann: " + smile


@pytest.mark.parametrize("size", [2500, 300_000])
def test_a_long_message_loses_no_byte(start_server: StartServer, size: int) -> None:
    server = start_server()
    ann, bob = server.join("ann"), server.join("bob")
    text = "x" + "я" * size + "end"
    heard = b""
    with sending(ann, text.encode()):
        while not heard.endswith(b"end"):
            heard += bob.socket.recv(MEGABYTE)
    assert heard.decode().replace("ann: ", "") == text


def test_lines_are_put_together_and_taken_apart(start_server: StartServer) -> None:
    server = start_server("--dialect", "lines")
    bob = server.join("bob", "\n")
    ann = server.connect()
    for piece in (b"a", b"nn\r\none\ntwo\nth", b"ree\r\n\n"):
        ann.send(piece)
    heard = b"ann: one\nann: two\nann: three\n"
    assert bob.read(len(heard)) == heard


def test_a_line_without_an_end_closes_its_sender_only(start_server: StartServer) -> None:
    server = start_server("--dialect", "lines")
    ann, bob, eve = (server.join(name, "\n") for name in ("ann", "bob", "eve"))
    with suppress(ConnectionError):
        ann.send(b"x" * 4 * MAX_LINE)
    server.wait_for("ann left")
    talk(bob, eve, b"hi\n", b"bob: hi\n")


@pytest.mark.parametrize(("bad", "heard"), [(b"\xff", b""), (b"ok\xc3\x28", b"ann: ok")])
def test_bad_bytes_close_their_sender_only(
    start_server: StartServer, bad: bytes, heard: bytes
) -> None:
    server = start_server()
    ann, bob, eve = server.join("ann"), server.join("bob"), server.join("eve")
    ann.send(bad)
    assert ann.read_to_end() == b""
    server.wait_for("ann left")
    talk(bob, eve, b"hi", heard + b"bob: hi")


# --- leaving


def test_who_half_closes_has_been_heard_and_reads_the_end(start_server: StartServer) -> None:
    server = start_server()
    ann, bob = server.join("ann"), server.join("bob")
    ann.send(b"bye\xd0")
    ann.half_close()
    assert ann.read_to_end() == b""
    assert bob.read(8) == b"ann: bye"
    again, eve = server.join("ann"), server.join("eve")
    talk(eve, again, b"hi", b"eve: hi")
    assert bob.read(7) == b"eve: hi"


def test_who_resets_is_gone_and_the_others_go_on(start_server: StartServer) -> None:
    server = start_server()
    ann, bob, eve = server.join("ann"), server.join("bob"), server.join("eve")
    ann.reset()
    server.wait_for("ann left")
    talk(bob, eve, b"hi", b"bob: hi")
    server.join("ann")


def test_after_everyone_has_left_at_once_the_next_is_served(start_server: StartServer) -> None:
    server = start_server()
    names = [f"c{number}" for number in range(20)]
    crowd = [server.join(name) for name in names]
    for member in crowd:
        member.socket.close()
    assert {server.line() for _ in crowd} == {f"{name} left" for name in names}
    ann, bob = server.join("ann"), server.join("bob")
    talk(ann, bob, b"hi", b"ann: hi")
    assert len(psutil.Process(server.process.pid).net_connections("tcp")) == 3


# --- load


class sending(threading.Thread):  # noqa: N801 - it reads as a word in a `with`
    """Send in a thread, as long as the block runs or somebody takes it."""

    def __init__(self, sender: Peer, data: bytes, times: int = 1) -> None:
        super().__init__()
        self.sender, self.data, self.times = sender, data, times

    def run(self) -> None:
        with suppress(OSError):
            for _ in range(self.times):
                self.sender.send(self.data)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.times = 0
        with suppress(OSError):
            self.sender.socket.shutdown(socket.SHUT_RDWR)
        self.join()


def test_who_does_not_read_is_disconnected_and_harms_nobody(start_server: StartServer) -> None:
    server = start_server()
    ann, bob, stuck = server.join("ann"), server.join("bob"), server.join("stuck")
    process = psutil.Process(server.process.pid)
    before = most = process.memory_info().rss
    said = 64 * MEGABYTE
    heard, tail = 0, b""
    with sending(ann, b"." * said + b"end"):
        while not tail.endswith(b"end"):
            data = bob.socket.recv(MEGABYTE)
            assert data
            heard += data.count(b".")
            tail = (tail + data)[-3:]
            most = max(most, process.memory_info().rss)
        assert heard == said
        server.wait_for("stuck left")
        assert most - before < said / 4
    # What it was sent is a stream without a hole.
    got = stuck.read_to_end().replace(b"ann: ", b"")
    assert got.rstrip(b"an: ").strip(b".") == b""


def test_who_floods_does_not_keep_the_others_from_being_heard(start_server: StartServer) -> None:
    server = start_server()
    ann, bob, flood = server.join("ann"), server.join("bob"), server.join("flood")
    with sending(flood, b"." * MEGABYTE, times=1000):
        assert bob.read(MEGABYTE)
        ann.send(b"<may I>")
        tail = b""
        while b"ann: <may I>" not in tail:
            data = bob.socket.recv(MEGABYTE)
            assert data
            tail = tail[-20:] + data
