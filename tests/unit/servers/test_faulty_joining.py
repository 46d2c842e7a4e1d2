"""The servers that go wrong with who joins show their defects to whoever looks, with plain sockets.

The program is the one that the test is named after; `conftest.py` starts it in each dialect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.servers.conftest import Server

# It takes long: see `--share`.
pytestmark = pytest.mark.shared


def test_refuses_a_crowd(server: Server) -> None:
    crowd = [server.connect() for _ in range(20)]
    for person in crowd:
        server.expect_prompt(person)
    late = server.connect()
    late.reads_end()
    assert not late.heard
    crowd[0].say_apart("a")
    server.expect_prompt(server.connect())


def test_deaf_until_speaks(server: Server) -> None:
    _, b, c = server.room()
    d = server.join("d")
    c.say_apart("<from c>")
    b.say("<from b>")
    d.hears("b: <from b>")
    assert d.misses(["<from c>"])
    d.say_apart("<from d>")
    c.say("<again>")
    d.hears("c: <again>")


def test_loses_what_came_with_nickname(server: Server) -> None:
    a, _, _ = server.room()
    d = server.join("d\n<at once>")
    d.say("<later>")
    a.hears("d: <later>")
    assert a.misses(["<at once>"])


def test_breaks_cut_nickname(server: Server) -> None:
    a, _, _ = server.room()
    alice = server.connect()
    server.expect_prompt(alice)
    alice.send_apart("al")
    alice.say("ice")
    a.hears("al: ice\n")


def test_refuses_namesake_and_forgets(server: Server) -> None:
    a, b, c = server.room()
    server.join("c").reads_end()
    a.say("<for both>")
    b.hears("<for both>")
    server.processed(a, b)
    assert not c.hears_soon("<for both>")
    c.say("<still here>")
    a.hears("c: <still here>")


def test_admits_blank(server: Server) -> None:
    a, b, _ = server.room()
    blank = server.join("  ")
    server.settle(a, b, blank)
    blank.say("<who?>")
    a.hears("  : <who?>")


def test_lets_control_nickname_in(server: Server) -> None:
    a, b, _ = server.room()
    red = server.join("\x1b[31mred")
    server.settle(a, b, red)
    red.say("<who?>")
    a.hears("\x1b[31mred: <who?>")


def test_keeps_line_end_in_nickname(server: Server) -> None:
    a, b, _ = server.room()
    bob = server.join("bob\n")
    server.settle(a, b, bob)
    bob.say("<who?>")
    a.hears("bob\n: <who?>")


def test_announces_line_end_of_nickname(server: Server) -> None:
    a = server.join("a")
    bob = server.join("bob\n")
    bob.hears("Welcome, bob\n!\n")
    a.hears("*** bob\n has joined the chat ***\n")
    bob.say("<who?>")
    a.hears("[bob\n] <who?>")
    bob.sock.close()
    a.hears("*** bob\n has left the chat ***\n")
