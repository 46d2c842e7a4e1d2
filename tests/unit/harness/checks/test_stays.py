"""Who keeps to the dialect is not disconnected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.events import Broken, Eof, Exited

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale


def test_all_stay(tale: Tale) -> None:
    tale.room("ann", "bob")
    result = tale.check("stays")
    assert (result.findings, result.looked_at) == ((), 2)


def test_a_member_is_thrown_out(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.add(Eof, a)
    (finding,) = tale.check("stays").findings
    assert finding.requirement == "STAY-1"
    assert finding.says.startswith("ann kept to the protocol and was disconnected by the server at")
    assert finding.cause == ""
    assert finding.moments[-1].text == "is disconnected"


def test_with_an_error(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.add(Broken, a, "reset")
    (finding,) = tale.check("stays").findings
    assert "disconnected with an error (reset) at" in finding.says


def test_after_a_character(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.say(a, "я")
    tale.add(Eof, a)
    (finding,) = tale.check("stays").findings
    assert finding.cause == ("a read ended inside a character, and the server could not decode it")


def test_when_another_has_left(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.leave(b)
    tale.add(Eof, a)
    (finding,) = tale.check("stays").findings
    assert finding.cause == (
        "somebody else had just left: the server may have removed the wrong member"
    )
    assert "leaves (leave)" in [moment.text for moment in finding.moments]


def test_who_goes_down_with_the_server(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.add(Eof, a)
    tale.add(Exited, 1)
    assert not tale.check("stays").findings


def test_who_was_thrown_out_long_before(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.add(Eof, a)
    tale.tick(2000)
    tale.add(Exited, 1)
    assert len(tale.check("stays").findings) == 1
