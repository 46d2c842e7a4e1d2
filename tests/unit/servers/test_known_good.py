"""The servers that are known to be good in a dialect serve people on plain sockets.

What a dialect looks like is in `shapes.py`, by hand; that the files of the harness say the same is
looked at here, too.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from known_good import KNOWN_GOOD, OLD, TESTS, cases, known_good
from shapes import SHAPES, Shape

from harness.dialect_files import builtin_dialects, load_dialect

if TYPE_CHECKING:
    from tests.unit.servers.conftest import Person, Server, Start

# It takes long: see `--share`.
pytestmark = pytest.mark.shared


def new(fits: Callable[[Shape], object] = bool) -> pytest.MarkDecorator:
    """Ask for each new server in each of its dialects that fits."""
    every = cases("raw", "lines")
    fitting = [case for case in every if fits(SHAPES[str(case.values[1])])]
    return pytest.mark.parametrize(("program", "dialect"), fitting)


ODD = [" blanks ", "я" * 500, "nickname", "b: hi", "server: b left", "\t😀\u2028", "last."]
NO_NICKNAMES = ["", "  ", "\t\u3000", "\abell", "\x1b[31mred"]


def everyone_is_in(server: Server, *people: Person) -> None:
    """Wait until all are members, and nothing is under way to anybody; forget what was heard."""
    server.settle(*people)
    for speaker in people:
        speaker.say_apart(f"<settled {id(speaker)}>")
        for other in people:
            if other is not speaker or server.shape.echo:
                other.hears(f"<settled {id(speaker)}>")
    for person in people:
        person.heard = b""


def room(server: Server, *nicks: str) -> list[Person]:
    people = [server.join(nick) for nick in nicks]
    everyone_is_in(server, *people)
    return people


def hears_exactly(person: Person, expected: bytes) -> None:
    """Read so many bytes as are expected, and compare."""
    fixed = person.shape.fixed
    person.reads(lambda: len(fixed(person.heard)) >= len(expected), repr(expected))
    assert fixed(person.heard) == expected
    person.heard = b""


def relayed(speaker: Person, *texts: str) -> bytes:
    shape = speaker.shape
    forms = [shape.form(shape.relay, speaker.nick, text, speaker.address) for text in texts]
    return b"".join(forms)


def echoed(speaker: Person, *texts: str) -> bytes:
    shape = speaker.shape
    forms = [shape.form(shape.echo, speaker.nick, text) for text in texts if shape.echo]
    return b"".join(forms)


def told(server: Server, form: str, nick: str) -> bytes:
    return server.shape.form(form, nick) if form else b""


@new()
def test_it_relays_and_announces(start: Start, program: str, dialect: str) -> None:
    server = start(TESTS / program, dialect)
    a, b, c = room(server, "a", "b", "c")
    mute = server.connect()
    server.expect_prompt(mute)
    relays_everything(a, b, c)
    tells_who_comes_and_goes(server, a, b, c)
    if server.shape.named:
        mute.half_close()
        mute.reads_end()
        assert mute.heard == server.shape.prompt
    server.process.send_signal(signal.SIGTERM)
    assert server.exit_status() == 0
    a.reads_end()


def relays_everything(a: Person, b: Person, c: Person) -> None:
    for text in ODD:
        a.say_apart(text)
    for person in (b, c):
        hears_exactly(person, relayed(a, *ODD))
    b.say_apart("answer.")
    for person in (a, c):
        hears_exactly(person, echoed(a, *ODD) * (person is a) + relayed(b, "answer."))
    hears_exactly(b, echoed(b, "answer."))


def tells_who_comes_and_goes(server: Server, a: Person, b: Person, c: Person) -> None:
    shape = server.shape
    c.half_close()
    c.reads_end()
    assert c.heard == b""
    if shape.leave:
        for person in (a, b):
            hears_exactly(person, told(server, shape.leave, "c"))
    d = server.join("c")
    if shape.join:
        for person in (a, b):
            hears_exactly(person, told(server, shape.join, "c"))
    everyone_is_in(server, a, b, d)
    d.reset()
    if shape.leave:
        for person in (a, b):
            hears_exactly(person, told(server, shape.lost or shape.leave, "c"))
    a.say_apart("the very next")
    hears_exactly(b, relayed(a, "the very next"))


@new(lambda shape: shape.greeting)
def test_it_greets_a_newcomer_once(start: Start, program: str, dialect: str) -> None:
    server = start(TESTS / program, dialect)
    shape = server.shape
    b = server.join("b")
    join = told(server, shape.join, "b") if shape.join_to_all else b""
    hears_exactly(b, shape.prompt + shape.form(shape.greeting, "b") + join)


@new()
def test_who_does_not_read_holds_up_nobody(start: Start, program: str, dialect: str) -> None:
    server = start(TESTS / program, dialect)
    a, b, c = room(server, "a", "b", "c")
    c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    before = server.resident_bytes()
    for number in range(200):
        a.say("x" * 100_000)
        a.say(f"<{number}>")
        for person in (a, b) if server.shape.echo else (b,):
            person.hears(f"<{number}>")
            person.heard = b""
    # Twenty megabytes were said, of which the kernel keeps four. Garbage of Node is collected late.
    if not program.endswith(".js"):
        assert server.resident_bytes() - before < 14_000_000
    c.reads_end()
    everyone_is_in(server, a, b, server.join("d"))


@new()
def test_after_a_crowd_has_left_at_once_two_are_served(
    start: Start, program: str, dialect: str
) -> None:
    server = start(TESTS / program, dialect)
    crowd = [server.connect() for _ in range(100)]
    for number, person in enumerate(crowd):
        person.sock.sendall(server.shape.wrap(f"n{number}") if server.shape.named else b"x")
    for person in crowd:
        if server.shape.named:
            server.expect_prompt(person)
        person.reset()
    a, b = room(server, "a", "b")
    a.say_apart("alone again")
    hears_exactly(b, relayed(a, "alone again"))


@new(lambda shape: shape.named)
def test_a_nickname_that_is_none_lets_nobody_in(start: Start, program: str, dialect: str) -> None:
    server = start(TESTS / program, dialect)
    shape = server.shape
    a, b = room(server, "a", "b")
    for nick in NO_NICKNAMES:
        stranger = server.connect()
        server.expect_prompt(stranger)
        stranger.sock.sendall(shape.wrap(nick))
        stranger.half_close()
        stranger.reads_end()
        assert not shape.greeting or shape.form(shape.greeting, nick) not in stranger.heard
    stranger = server.connect()
    stranger.sock.sendall(b"\0\0\0\2\xff\xff" if shape.end is None else b"\xff\xff" + shape.end)
    stranger.half_close()
    stranger.reads_end()
    a.say_apart("only we")
    hears_exactly(b, relayed(a, "only we"))


@new(lambda shape: shape.end != b"")
def test_what_never_ends_is_refused(start: Start, program: str, dialect: str) -> None:
    server = start(TESTS / program, dialect)
    shape = server.shape
    a, b, c = room(server, "a", "b", "c")
    a.sock.settimeout(20)
    with pytest.raises(OSError, match=r"reset|[Bb]roken"):  # noqa: PT012
        a.sock.sendall(b"\x40\0\0\0" if shape.end is None else b"x")
        while True:
            a.sock.sendall(b"x" * 65536)
    everyone_is_in(server, b, c)


@new(lambda shape: shape.end != b"")
def test_cut_and_glued_frames_are_messages(start: Start, program: str, dialect: str) -> None:
    server = start(TESTS / program, dialect)
    shape = server.shape
    a, b = room(server, "a", "b")
    texts = ["one", "двое", "x" * 200_000, "three"]
    data = b"".join(map(shape.wrap, texts))
    for cut in (data[:2], data[2:9], data[9:11], data[11:-3], data[-3:]):
        a.sock.sendall(cut)
        server.waits(a.is_read, "a piece is read")
    hears_exactly(b, relayed(a, *texts))


def test_telnet_asks_again_for_a_name_that_is_taken(start: Start) -> None:
    server = start(TESTS / "correct/doorman.py", "telnet")
    a, _ = room(server, "a", "b")
    second = server.join("b")
    again = b"Enter your name: "
    second.reads(lambda: second.heard.count(again) == 2, "the prompt again")
    second.give_name("B")
    second.hears("Hello, B!")
    a.hears("* B has joined")
    a.say("/quit")
    a.reads_end()


def test_a_tutorial_says_why_a_name_is_refused(start: Start) -> None:
    server = start(TESTS / "correct/doorman.py", "tutorial-lines")
    a, b = room(server, "a", "b")
    prompt = server.shape.prompt
    for nick, reason in (("b", "That nickname is taken."), (" ", "That is no nickname.")):
        second = server.join(nick)
        second.reads_end()
        assert second.heard == prompt + f"{reason}\n".encode()
    b.sock.sendall(b"\xff\xff\n")
    b.reads_end()
    hears_exactly(a, b"b left the chat.\n")
    a.say("/quit")
    a.reads_end()


def test_history_is_told_to_a_newcomer(start: Start) -> None:
    server = start(TESTS / "correct/remembering.py", "history")
    a, b = room(server, "a", "b")
    texts = [str(number) for number in range(30)]
    for text in texts:
        a.say(text)
    b.hears("<a> 29\n")
    hears_exactly(server.join("c"), server.shape.prompt + relayed(a, *texts[10:]))


def test_a_time_stands_before_a_message(start: Start) -> None:
    server = start(TESTS / "correct/remembering.py", "timestamps")
    a, b = room(server, "a", "b")
    a.say("hi")
    b.hears("] a: hi\n")
    assert load_dialect("timestamps").relay.pattern.fullmatch(b.heard.decode()[:-1])


def test_each_built_in_dialect_has_a_good_server_and_each_server_a_dialect() -> None:
    assert set(KNOWN_GOOD) == set(SHAPES) == set(builtin_dialects())
    programs = {f"correct/{path.name}" for path in (TESTS / "correct").iterdir() if path.is_file()}
    assert {program for good in KNOWN_GOOD.values() for program in good} == programs
    assert len(programs - set(OLD)) >= 5
    assert all(known_good(dialect) for dialect in KNOWN_GOOD)


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_dialect_file_says_what_its_shape_says(name: str) -> None:
    dialect, shape = load_dialect(name), SHAPES[name]
    assert dialect.has_prompted(shape.prompt)
    assert bool(shape.prompt) == (dialect.prompt is not None)
    assert dialect.nickname_bytes("bob") == (shape.wrap("bob") if shape.named else b"")
    assert dialect.said_bytes("hi", "bob") == shape.form(shape.said, "bob", "hi")
    forms = [shape.relay, shape.echo, shape.greeting, shape.join, shape.leave, shape.lost]
    notices = {str(notice.occasion): str(notice.template) for notice in dialect.notices}
    texts = [str(dialect.relay).replace("[{time}] ", ""), str(dialect.echo or "")]
    texts = [text.replace("{message}", "{text}") for text in texts]
    assert [*texts, *map(notices.get, ("greeting", "join", "leave", "lost"))] == [
        *forms[:2],
        *(form or None for form in forms[2:]),
    ]
    assert dialect.said.ends.wrap(b"x") == dialect.heard.ends.wrap(b"x") == shape.wrap("x")
