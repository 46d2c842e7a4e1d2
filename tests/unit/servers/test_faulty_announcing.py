"""The servers that announce or echo wrongly show their defects to whoever looks.

The program is the one that the test is named after; `conftest.py` starts it in each dialect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.servers.conftest import Server

# It takes long: see `--share`.
pytestmark = pytest.mark.shared


def test_announces_twice(server: Server) -> None:
    a, b, _ = server.room()
    a.reads(lambda: a.heard.count(b"c joined!") == 2, "the second notice")
    b.reads(lambda: b.heard.count(b"c joined!") == 2, "the second notice")


def test_announces_wrong_name(server: Server) -> None:
    a, _, c = server.room()
    c.hears("c joined!")
    a.hears("b joined!")
    assert b"c joined!" not in a.heard


def test_forgets_to_announce(server: Server) -> None:
    a, b, c = server.room()
    c.half_close()
    a.hears("c left!")
    # What is said later comes later.
    a.say("the end")
    b.hears("the end")
    assert b"c left!" not in b.heard


def test_echoes_twice(server: Server) -> None:
    a, b, _ = server.room()
    texts = a.says_numbered(6)
    b.hears(*texts)
    a.reads(lambda: sum(a.heard.count(text.encode()) for text in texts) == 8, "two copies more")


def test_forgets_echo(server: Server) -> None:
    a, b, _ = server.room()
    texts = a.says_numbered(6)
    b.hears(*texts)
    b.say_apart("the end")
    a.hears("the end")
    assert len(a.misses(texts)) == 2
