"""Who keeps to the dialect is not disconnected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.events import Broken, Eof, Exited, Froze, Thawed
from harness.plan import Deed, PlannedStep, Scene
from harness.scenario import Verb

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


def test_the_server_was_to_end_it(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    deed = Deed("ann", Verb.REFUSED, a)
    tale.scenes = (Scene((PlannedStep(0, 1, "ann: refused", Verb.REFUSED, (deed,)),)),)
    tale.add(Eof, a)
    assert not tale.check("stays").findings


@pytest.mark.parametrize("fault", ["froze", "no text"])
def test_who_had_given_cause(tale: Tale, fault: str) -> None:
    a, _ = tale.room("ann", "bob")
    if fault == "froze":
        tale.add(Froze, a)
        tale.add(Thawed, a)
    else:
        tale.say_bytes(a, b"\xff")
    tale.add(Eof, a)
    assert not tale.check("stays").findings


@pytest.mark.parametrize(("wait", "requirement"), [(0, "INPUT-1"), (1000, "STAY-1")])
def test_another_had_said_what_is_no_text(tale: Tale, wait: int, requirement: str) -> None:
    a, b = tale.room("ann", "bob")
    tale.say_bytes(b, b"\xff")
    tale.tick(wait)
    tale.add(Eof, a)
    (finding,) = tale.check("stays").findings
    told = "somebody else had just said what is no text, and it reached the wrong one"
    assert (finding.requirement, finding.cause) == (requirement, "" if wait else told)


def test_a_letter_that_was_cut_in_two_was_to_be_relayed_whole(tale: Tale) -> None:
    tale.requirements = ("INPUT-2",)
    a, b = tale.room("ann", "bob")
    tale.say(a, "я")
    tale.add(Eof, a)
    tale.add(Eof, b)  # who had said nothing of the kind
    found = tale.check("stays").findings
    assert sorted(one.requirement for one in found) == ["INPUT-2", "STAY-1", "STAY-1"]
    (whole,) = (one for one in found if one.requirement == "INPUT-2")
    assert whole.says == (
        "A letter of ann's that was cut in two was not relayed whole: ann was disconnected instead."
    )
    assert whole.cause.endswith("keep the begun letter until the rest of it comes")
