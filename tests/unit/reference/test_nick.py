"""The dialect `nick` is tested over sockets and pipes: announcements, echo, greeting."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import socket

    from tests.unit.reference.conftest import Peer, Program, Server, StartProgram, StartServer

SMILE = "🙂".encode()
DOTS = b"." * 65536


class Chat:
    """A server that speaks `nick`, and its members, each of whom has read all so far."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.members: list[Peer] = []

    def join(self, name: str) -> Peer:
        peer = self.server.join(name, prompt="NICK")
        welcome = f"{name} joined!Connected to server!".encode()
        assert peer.read(len(welcome)) == welcome
        self.heard(f"{name} joined!")
        self.members.append(peer)
        return peer

    def leave(self, peer: Peer) -> None:
        self.members.remove(peer)

    def heard(self, text: str | bytes) -> None:
        """Every member reads exactly this next."""
        data = text.encode() if isinstance(text, str) else text
        assert [member.read(len(data)) for member in self.members] == [data] * len(self.members)

    def say(self, sender: Peer, data: bytes) -> None:
        sender.send(data)
        self.heard(data)


@pytest.fixture
def chat(start_server: StartServer) -> Chat:
    return Chat(start_server("--dialect", "nick"))


# --- the server


def test_everyone_is_told_who_comes_and_the_newcomer_is_greeted(chat: Chat) -> None:
    ann = chat.join("ann")
    bob = chat.join("Борис")
    ann.half_close()
    assert ann.read_to_end() == b""
    bob.half_close()
    assert bob.read_to_end() == b"ann left!"


def test_everyone_gets_each_chunk_as_it_came(chat: Chat) -> None:
    ann, bob = chat.join("ann"), chat.join("bob")
    chat.say(ann, b"ann: hi")
    chat.say(bob, "bob:  привет \t\u2028\n".encode())
    chat.say(ann, b"no prefix")
    chat.say(bob, b"NICK")


def test_a_line_end_is_no_part_of_a_nickname(chat: Chat) -> None:
    chat.join("ann")
    bob = chat.server.connect()
    bob.send(b"bob\r\n")
    chat.heard("bob joined!")
    assert bob.read(35) == b"NICKbob joined!Connected to server!"


def test_chunks_of_a_full_read_come_whole_from_many_at_once(chat: Chat) -> None:
    people = {letter: chat.join(letter) for letter in "abcd"}
    chunks = {f"{letter}: ".encode() + letter.encode() * 1021 for letter in people}
    for chunk in chunks:
        people[chr(chunk[0])].send(chunk)
    for member in people.values():
        assert {member.read(1024) for _ in chunks} == chunks


def test_a_character_cut_by_segments_is_relayed_whole(chat: Chat) -> None:
    ann, bob = chat.join("ann"), chat.join("bob")
    for cut in range(1, len(SMILE)):
        ann.send(b"ann: " + SMILE[:cut])
        chat.heard(b"ann: ")
        chat.say(bob, b"bob: wait")
        ann.send(SMILE[cut:])
        chat.heard(SMILE)


def _half_close(peer: Peer) -> None:
    peer.half_close()
    assert peer.read_to_end() == b""


def _bad_bytes(peer: Peer) -> None:
    peer.send(b"\xff")
    assert peer.read_to_end() == b""


GOING: dict[str, Callable[[Peer], None]] = {
    "half-close": _half_close,
    "close": lambda peer: peer.socket.close(),
    "reset": lambda peer: peer.reset(),
    "thrown out": _bad_bytes,
}


@pytest.mark.parametrize("go", GOING.values(), ids=GOING)
def test_who_goes_is_announced_once_and_again_under_the_same_nickname(
    chat: Chat, go: Callable[[Peer], None]
) -> None:
    bob = chat.join("bob")
    chat.join("eve")
    for _ in range(2):
        ann = chat.join("ann")
        chat.say(ann, b"ann: bye")
        chat.leave(ann)
        go(ann)
        chat.heard("ann left!")
        chat.say(bob, b"bob: well")


@pytest.mark.parametrize("name", [b"", b"\n", b"  ", b"a\x1b[2Jb", b"\xff\xfe", b"x" * 65])
@pytest.mark.parametrize("reset", [False, True])
def test_who_never_had_a_name_is_not_announced(chat: Chat, name: bytes, *, reset: bool) -> None:
    ann = chat.join("ann")
    stranger = chat.server.connect()
    assert stranger.read(4) == b"NICK"
    stranger.send(name)
    if reset:
        stranger.reset()
    else:
        stranger.half_close()
        assert stranger.read_to_end() == b""
    chat.join("bob")
    chat.say(ann, b"ann: hi")


def test_who_does_not_read_delays_nobody_and_is_let_go(chat: Chat) -> None:
    ann, bob = chat.join("ann"), chat.join("bob")
    stuck = chat.join("stuck")
    letters: list[bytes] = []
    while not any(letters):
        ann.send(DOTS)
        letters = [peer.read(len(DOTS)).replace(b".", b"") for peer in (ann, bob)]
    chat.server.wait_for("stuck left")
    ann.send(b" end")
    told = b"stuck left! end"
    for peer, heard in zip((ann, bob), letters, strict=True):
        # As much as was sent has been read, so as much as was told is left.
        assert heard + peer.read(len(told)).replace(b".", b"") == told
    assert set(stuck.read_to_end()) == set(b".")


def test_when_the_server_stops_nobody_is_told_of_the_others(chat: Chat) -> None:
    members = [chat.join(name) for name in ("ann", "bob", "eve")]
    status, _, errors = chat.server.end(signal.SIGTERM)
    assert (status, errors) == (0, "")
    assert [peer.read_to_end() for peer in members] == [b"", b"", b""]


# --- the client


@pytest.fixture
def call(
    start: StartProgram, listener: socket.socket, accept: Callable[[], Peer]
) -> Callable[..., tuple[Program, Peer]]:
    """Start a client, and play its server."""

    def called(*arguments: str) -> tuple[Program, Peer]:
        port = str(listener.getsockname()[1])
        program = start("client", "--port", port, "--dialect", "nick", *arguments)
        server = accept()
        assert program.line().startswith("Connected to 127.0.0.1:")
        return program, server

    return called


Calling = Callable[..., tuple["Program", "Peer"]]


def test_the_client_writes_its_name_before_each_line(call: Calling) -> None:
    program, server = call()
    server.send(b"NICK")
    program.wait_for("Choose a nickname: ")
    program.type(b" Zo\xd1\x8f \r\n one \t\xff\r\n\nlast")
    program.end_input()
    name = b" Zo\xd1\x8f "
    assert server.read_to_end() == name + b"\r" + name + b":  one \t\xff\r" + name + b": last"


def test_the_client_shows_what_comes_and_its_own_words_once(call: Calling) -> None:
    program, server = call("--nick", "ann")
    server.send(b"NI")
    server.send(b"CK")
    assert server.read(3) == b"ann"
    program.type(b"hi\n")
    assert server.read(7) == b"ann: hi"
    server.send(b"ann: hi")
    assert program.line() == "ann: hi"
    server.send(b"NICK")
    assert program.line() == "NICK"
    program.end_input()
    assert server.read_to_end() == b""
    server.socket.close()
    assert program.end() == (0, "", "")


@pytest.mark.parametrize(("nick", "sent"), [((), b"hi"), (("--nick", "ann"), b"ann: hi")])
def test_a_server_without_a_prompt_is_sent_no_nickname(
    call: Calling, nick: tuple[str, ...], sent: bytes
) -> None:
    program, server = call(*nick)
    server.send(b"welcome")
    assert program.line() == "welcome"
    program.type(b"hi\n")
    program.end_input()
    assert server.read_to_end() == sent


# --- together


def read_to(program: Program, wanted: str) -> str:
    """Read lines until one ends so; a client may show two texts in one line."""
    lines = [program.line()]
    while not lines[-1].endswith(wanted):
        assert lines[-1], f"{wanted!r} ends none of {lines}"
        lines.append(program.line())
    return "".join(lines)


def test_client_and_server_chat_with_each_other(chat: Chat, start: StartProgram) -> None:
    address = ("--port", str(chat.server.port), "--dialect", "nick")
    ann = start("client", *address, "--nick", "ann")
    assert read_to(ann, "server!").endswith("ann joined!Connected to server!")
    bob = start("client", *address, "--nick", "bob")
    assert read_to(bob, "server!").endswith("bob joined!Connected to server!")
    ann.type("привет\n".encode())
    assert read_to(bob, "ann: привет") == "ann: привет"
    assert read_to(ann, "ann: привет") == "bob joined!ann: привет"
    ann.end_input()
    assert read_to(bob, "ann left!") == "ann left!"
    assert ann.end() == (0, "", "")
    assert chat.server.end(signal.SIGTERM)[0] == 0
    assert bob.end() == (0, "The server has closed the connection\n", "")
