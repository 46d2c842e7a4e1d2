"""The servers that relay wrongly show their defects to whoever looks, with plain sockets.

The program is the one that the test is named after; `conftest.py` starts it in each dialect.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.servers.conftest import Server

# It takes long: see `--share`.
pytestmark = pytest.mark.shared


def test_loses_for_last(server: Server) -> None:
    a, b, c = server.room()
    texts = a.says_numbered(11)
    b.hears(*texts)
    c.reads(lambda: any(text.encode() in c.heard for text in texts[9:]), "one of the last two")
    assert len(c.misses(texts[:9])) == 3


def test_repeats(server: Server) -> None:
    a, b, _ = server.room()
    texts = b.says_numbered(9)
    a.hears(texts[-1])
    assert [a.heard.count(text.encode()) for text in texts].count(2) == 3


def test_echoes(server: Server) -> None:
    a, _, _ = server.room()
    a.say("my own")
    a.hears("a: my own")


def test_wrong_name_under_concurrency(server: Server) -> None:
    a, b, c = server.room()
    for number in range(50):
        a.sock.sendall(f"<a{number}>{server.end}".encode())
        b.sock.sendall(f"<b{number}>{server.end}".encode())
        c.hears(f"<a{number}>", f"<b{number}>")
        if re.search(rb"a: <b|b: <a", c.heard):
            return
    pytest.fail("every message came under its own name")


def test_reorders(server: Server) -> None:
    a, b, _ = server.room()
    for number in range(50):
        first, second = f"<{number} first>", f"<{number} second>"
        a.say_apart(first)
        a.say(second)
        b.hears(first, second)
        if b.heard.index(second.encode()) < b.heard.index(first.encode()):
            return
    pytest.fail("every message came in its order")


def test_kicks_cut_character(server: Server) -> None:
    a, _, _ = server.room()
    a.sock.sendall(f"x{'я' * 2500}{server.end}".encode())
    a.reads_end()


def test_truncates(server: Server) -> None:
    a, b, _ = server.room()
    a.say_apart("x" * 600 + "<tail>")
    a.say("<next>")
    b.hears("x" * 512, "<next>")
    assert b.misses(["x" * 513, "<tail>"]) == ["x" * 513, "<tail>"]


def test_strips(server: Server) -> None:
    a, b, _ = server.room()
    a.say_apart("  <blanks>\t")
    a.say("<next>")
    b.hears(f"a: <blanks>{server.end}a: <next>")


def test_replays_history(server: Server) -> None:
    a, b, _ = server.room()
    a.say("<old>")
    b.hears("<old>")
    server.join("d").hears("a: <old>")


def test_replaces_cut_character(server: Server) -> None:
    a, b, _ = server.room()
    a.say(f"x{'я' * 2500}")
    b.hears("\ufffd")


def test_cuts_character(server: Server) -> None:
    a, b, _ = server.room()
    a.say(f"x{'я' * 2500}<end>")
    b.hears("<end>")
    with pytest.raises(UnicodeDecodeError):
        b.heard.decode()


def test_changes_text(server: Server) -> None:
    a, b, _ = server.room()
    a.say("two words")
    b.hears("a: two_words")


def test_escapes_markup(server: Server) -> None:
    a, b, _ = server.room()
    a.say("1 < 2 & 3")
    b.hears("a: 1 &lt; 2 &amp; 3")


def test_adds_newline(server: Server) -> None:
    a, b, _ = server.room()
    a.say("<one>")
    b.hears("a: <one>\n")


def test_takes_a_read_for_a_line(server: Server) -> None:
    a, b, _ = server.room()
    a.say("<one>\n<two>")
    b.hears("a: <one>\n<two>\n")


def test_drops_half_of_glued(server: Server) -> None:
    a, b, _ = server.room()
    a.say_apart("<one>\n<two>")
    a.say("<next>")
    b.hears("a: <one>\na: <next>\n")


def test_takes_cut_line_for_two(server: Server) -> None:
    a, b, _ = server.room()
    a.send_apart("<one>")
    a.say("<two>")
    b.hears("a: <one>\na: <two>\n")


def test_swallows_the_prompt(server: Server) -> None:
    a, b, _ = server.room()
    a.say_apart("nickname")
    a.say_apart("<next>")
    b.hears("<next>")
    assert b.misses(["a: nickname"])


def test_mistakes_namesakes(server: Server) -> None:
    a, _, c = server.room()
    namesake = server.join("c")
    server.settle(a, namesake)
    a.say("<for both>")
    namesake.hears("<for both>")
    assert not c.hears_soon("<for both>")


def test_forgets_prefix(server: Server) -> None:
    a, b, _ = server.room()
    texts = a.says_numbered(6)
    b.hears(*texts)
    assert sum(f"a: {text}".encode() in b.heard for text in texts) == 4
