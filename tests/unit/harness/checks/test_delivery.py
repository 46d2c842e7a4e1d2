"""Everyone who was in the room for the whole of a message hears it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from harness.blame import NOTICED
from harness.events import (
    Ending,
    Eof,
    Failure,
    Froze,
    Kind,
    Stage,
    StageBegun,
    StepFailed,
    Thawed,
)
from harness.template import parse_template
from harness.verdict import Outcome

if TYPE_CHECKING:
    from tests.unit.harness.conftest import MakeTale, Tale


def test_all_have_heard_all(tale: Tale) -> None:
    a, _, _ = tale.room("ann", "bob", "cid")
    tale.tell(a, "one")
    tale.end()
    result = tale.check("delivery")
    assert (result.outcome, result.findings) == (Outcome.PASS, ())
    assert result.looked_at > 0


def test_a_message_that_one_never_hears_is_lost(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    tale.tell(a, "one", b)
    tale.end()
    (finding,) = tale.check("delivery").findings
    assert (finding.requirement, finding.timed) == ("RELAY-1", False)
    assert finding.says.startswith("bob never heard ann's message “~00000001vp~ one”, said at ")
    assert "though bob was in the room since" in finding.says
    assert [moment.who for moment in finding.moments] == ["ann", "bob", "ann", "cid", "bob"]
    assert finding.moments[-1].missing
    assert c in tale.members


def test_several_who_miss_it_are_one_finding(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    tale.say(a, "one")
    tale.say(a, "two")
    tale.end()
    (finding,) = tale.check("delivery").findings
    assert finding.count == 2
    assert finding.says.startswith("bob and cid never heard")
    assert "though bob and cid were in the room" in finding.says
    assert {b, c} < tale.members


def test_a_long_message_is_lost(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.tell(a, "x" * 2000, b)
    tale.end()
    (finding,) = tale.check("delivery").findings
    assert finding.requirement == "RELAY-7"
    assert finding.cause == ""


def test_only_a_part_of_it_came(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    relayed = tale.say(a, "x" * 2000)
    tale.read(b, relayed[:600])
    tale.read(c, relayed)
    tale.leave(a)
    tale.end()
    (finding,) = tale.check("delivery").findings
    assert finding.says.endswith(": only the first 595 of its 2013 bytes came.")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("x" * 2000, "the server disconnected its sender"),
        (
            "я" * 2000,
            (
                "the server disconnected its sender: it decodes each read by itself, and a read "
                "ended inside a character"
            ),
        ),
    ],
)
def test_its_sender_was_thrown_out(tale: Tale, text: str, cause: str) -> None:
    a, _, _ = tale.room("ann", "bob", "cid")
    tale.say(a, text)
    tale.add(Eof, a)
    tale.members.discard(a)
    tale.end()
    (finding,) = tale.check("delivery").findings
    assert finding.cause == cause
    assert "is disconnected" in [moment.text for moment in finding.moments]


def test_the_size_of_the_reads_is_told(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    said = tale.say(a, "я" * 2000)[5:]
    pieces = [said[at : at + 1025] for at in range(0, 3075, 1025)]
    for piece in pieces:
        tale.read(b, b"ann: " + piece)
    tale.add(Eof, a)
    tale.members.discard(a)
    tale.end()
    (finding,) = tale.check("delivery").findings
    assert finding.cause.endswith("(its reads seem to be 1025 bytes long)")


def test_last_words_are_lost(tale: Tale) -> None:
    a, _, _ = tale.room("ann", "bob", "cid")
    tale.say(a, "bye")
    tale.leave(a)
    tale.end()
    (finding,) = tale.check("delivery").findings
    # Nobody could wait for more of her: a deadline may stand behind it, and none is known here.
    assert finding.requirement == "LEAVE-5"


def test_what_is_said_before_a_plain_close_may_be_lost(tale: Tale) -> None:
    a, _, _ = tale.room("ann", "bob", "cid")
    tale.say(a, "bye")
    tale.leave(a, Ending.CLOSE)
    tale.end()
    assert not tale.check("delivery").findings


def test_a_departure_loses_the_next_message(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    tale.leave(b, Ending.RESET)
    tale.say(a, "one")
    tale.end()
    (finding,) = tale.check("delivery").findings
    assert finding.requirement == "LEAVE-3"
    assert re.fullmatch(r"bob had left \(reset\) [0-9.]+ ms before it was said", finding.cause)
    assert "leaves (reset)" in [moment.text for moment in finding.moments]
    assert c in tale.members


def test_a_departure_meets_a_message_on_its_way(tale: Tale) -> None:
    a, b, c, d = tale.room("ann", "bob", "cid", "dan")
    relayed = tale.say(a, "one")
    tale.leave(b, Ending.RESET)
    tale.read(c, relayed)
    tale.end()
    (finding,) = tale.check("delivery").findings
    assert finding.requirement == "LEAVE-3"
    assert finding.cause == "bob left (reset) while it was on its way"
    assert finding.says.startswith("dan never heard")
    assert d in tale.members


@pytest.mark.parametrize(("late", "outcome"), [(0.0, "fail"), (3.0, "inconclusive")])
def test_what_depends_on_a_deadline_names_it(tale: Tale, late: float, outcome: str) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.add(StageBegun, Stage.ROLL_CALL)
    for conn in (a, b):
        tale.say(conn, kind=Kind.CLOSING)
    tale.add(StepFailed, -1, -1, "", Failure.ROLL_CALL, 10.0, late, "")
    tale.add(StageBegun, Stage.CLEANUP)
    (finding,) = tale.check("delivery").findings
    assert (finding.deadline, finding.outcome) == (10.0, outcome)


def test_it_reached_others_and_someone_left_long_before(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    tale.leave(c)
    tale.tell(a, "one")
    tale.now += NOTICED
    tale.tell(a, "two", b)
    tale.end()
    (finding,) = tale.check("delivery").findings
    assert (finding.requirement, finding.cause) == ("RELAY-1", "")


def test_a_part_of_another_message_came(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    tale.tell(a, "one", b)
    relayed = tale.say(a, "two")
    tale.read(b, relayed[:12])
    tale.read(c, relayed)
    tale.leave(a)
    tale.end()
    every = tale.check("delivery").findings
    assert [finding.count for finding in every] == [2]


def test_one_is_never_heard_at_all(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    c = tale.join("cid")
    tale.tell(a, "welcome")
    tale.read(a, tale.say(c, "hello"))
    tale.leave(c)
    tale.end()
    (finding,) = tale.check("delivery").findings
    assert finding.requirement == "JOIN-2"
    assert finding.says.startswith("bob never heard cid's message “~00020000kt~ hello”")
    assert b in tale.members


def test_who_had_stopped_reading_misses_something(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.add(Froze, b)
    tale.tell(a, "one", b)
    tale.add(Thawed, b)
    tale.end()
    (finding,) = tale.check("delivery").findings
    assert (finding.requirement, finding.timed) == ("LOAD-2", False)
    assert (
        finding.cause == "the receiver had stopped reading for a while; what it missed then is gone"
    )


@pytest.mark.parametrize("how", ["frozen to the end", "thrown out"])
def test_who_has_not_read_on_is_owed_nothing(tale: Tale, how: str) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.add(Froze, b)
    tale.tell(a, "one", b)
    tale.members.discard(b)
    if how == "thrown out":
        tale.add(Thawed, b)
        tale.add(Eof, b)
    tale.end()
    assert not tale.check("delivery").findings


def test_what_is_no_text_is_owed_to_nobody(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.say_bytes(a, b"\xff")
    tale.tell(b, "one")
    tale.end()
    assert not tale.check("delivery").findings


def test_anothers_words_are_lost_beside_it(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    tale.say_bytes(a, b"\xff")
    tale.read(c, b"ann: \xef\xbf\xbd")
    tale.tell(b, "one", c)
    tale.end()
    (finding,) = tale.check("delivery").findings
    assert finding.says.startswith("cid never heard bob's message")


def test_a_departure_that_nobody_saw(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.tell(a, "one", b)
    d = tale.join("dan")
    tale.leave(d)
    tale.end()
    (finding,) = tale.check("delivery").findings
    assert finding.cause == ""


def test_it_is_blamed_on_a_departure_that_came_after(tale: Tale) -> None:
    a, b, c, d = tale.room("ann", "bob", "cid", "dan")
    tale.say(a, "one")
    tale.leave(b, Ending.RESET)
    tale.tell(a, "two")
    tale.end()
    (finding,) = tale.check("delivery").findings
    assert (finding.requirement, finding.cause) == ("RELAY-1", "")
    assert (c, d) == (2, 3)


def test_a_copy_that_does_not_come_is_no_matter_of_delivery(tell: MakeTale) -> None:
    tale = tell("lines")
    echo = parse_template("{nick}: {message}", ("nick", "message"))
    tale.dialect = tale.dialect.model_copy(update={"echo": echo})
    a, b = tale.join("ann"), tale.join("bob")
    for conn, text in ((a, "hello"), (b, "hello"), (a, "no copy"), (a, "two")):
        relayed = tale.tell(conn, text)
        if text != "no copy":
            tale.read(conn, relayed)
    assert not tale.check("delivery").findings
    assert tale.check("echo").findings
