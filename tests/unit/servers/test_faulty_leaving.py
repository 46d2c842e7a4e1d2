"""The servers that cannot let go show their defects to whoever looks, with plain sockets.

The program is the one that the test is named after; `conftest.py` starts it in each dialect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.servers.conftest import Server

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

CLOSE_WAIT = 8


def test_loses_after_reset(server: Server) -> None:
    a, b, c = server.room()
    c.reset()
    texts = a.says_numbered(9)
    b.hears(texts[-1])
    assert len(b.misses(texts)) == 1


def test_relays_over_changing_list(server: Server) -> None:
    a, b, c = server.room()
    c.reset()
    texts = a.says_numbered(9)
    b.hears(texts[-1])
    assert len(b.misses(texts)) == 1


def test_floods_on_close(server: Server) -> None:
    a, _, c = server.room()
    c.half_close()
    a.reads(lambda: a.heard.count(f"c: {server.end}".encode()) > 1000, "a flood")


def test_removes_wrong_member(server: Server) -> None:
    a, b, c = server.room()
    b.half_close()
    c.reads_end()
    assert not a.ended


def test_never_closes(server: Server) -> None:
    a, b, c = server.room()
    c.half_close()
    server.processed(a, b)
    assert server.state_of(c) == CLOSE_WAIT


def test_keeps_nickname_taken(server: Server) -> None:
    a, b, c = server.room()
    c.reset()
    server.processed(a, b)
    server.join("c").reads_end()


def test_leaks_threads(server: Server) -> None:
    server.room()
    before = server.threads()
    for _ in range(3):
        guest = server.join("d")
        guest.half_close()
        guest.reads_end()
    server.waits(lambda: server.threads() == before + 3, "a thread more for each departure")


def test_leaks_memory(server: Server) -> None:
    server.room()
    before = server.resident_bytes()
    for _ in range(40):
        guest = server.join("d")
        guest.half_close()
        guest.reads_end()
    server.waits(lambda: server.resident_bytes() > before + 8_000_000, "8 MB more in memory")


def test_spins(server: Server) -> None:
    _, _, c = server.room()
    before = server.cpu_ticks()
    c.half_close()
    server.waits(lambda: server.cpu_ticks() > before + 20, "0.2 s of a processor, in silence")


def test_dies_on_early_reset(server: Server) -> None:
    a, _, _ = server.room()
    early = server.connect()
    server.expect_prompt(early)
    early.reset()
    assert server.exit_status() == 1
    a.reads_end()


def test_stops_after_everyone_leaves(server: Server) -> None:
    for person in server.room():
        person.half_close()
        person.reads_end()
    late = server.connect()
    with pytest.raises(TimeoutError):
        late.reads(lambda: late.heard, "the prompt", within=0.1)


def test_ignores_half_close(server: Server) -> None:
    a, b, c = server.room()
    c.half_close()
    server.processed(a, b)
    a.say("<still here?>")
    c.hears("a: <still here?>")


def test_loses_last_words(server: Server) -> None:
    a, b, _ = server.room()
    for number in range(20):
        guest = server.join("d")
        guest.say(f"<last {number}>")
        guest.half_close()
        guest.reads_end()
        server.processed(a, b)
        if b.misses([f"<last {number}>"]):
            return
    pytest.fail("everything was heard")


def test_hangs_up_on_talkers(server: Server) -> None:
    a, b, c = server.room()
    a.say("x" * 1200)
    a.reads_end()
    b.hears("a: ", "x" * 1200)
    server.processed(b, c)
    assert not b.ended
