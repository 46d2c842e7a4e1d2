"""Everyone's coming and going is told once, to whom it is to be told, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.announcement import Announcement, HeardNotice, Occasion
from harness.checks import announcements
from harness.dialect import Policy
from harness.events import Ending, Failure, Froze, Sent, Stage, StageBegun, Thawed
from harness.template import parse_template
from harness.verdict import CheckResult, Outcome

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale

JOIN, LEAVE, LOST, GREETING = Occasion.JOIN, Occasion.LEAVE, Occasion.LOST, Occasion.GREETING


class Hall:
    """A room in a dialect that announces, and what everyone was told."""

    def __init__(self, tale: Tale) -> None:
        self.tale = tale
        self.told: list[tuple[int, HeardNotice]] = []
        self.doubtful: list[tuple[int, HeardNotice]] = []
        self.announces(join="{nick} joined!", leave="{nick} left!")

    def announces(self, to: str = "others", **texts: str) -> None:
        changes = {
            occasion: Announcement.model_validate({"text": text, "to": to})
            for occasion, text in texts.items()
        }
        self.change(**changes)

    def change(self, **changes: object) -> None:
        self.tale.dialect = self.tale.dialect.model_copy(update=changes)

    def tell(self, occasion: Occasion, nick: str, *conns: int) -> None:
        for conn in conns:
            self.told.append((conn, HeardNotice(occasion, nick, self.tale.tick())))

    def people(self, *names: str) -> list[int]:
        """Let people come one after the other, all of whom are told."""
        conns = []
        for name in names:
            here = sorted(self.tale.members)
            conns.append(self.tale.join(name))
            self.tell(JOIN, name, *here)
            self.tale.tell(conns[-1], "hello")
        for conn in conns:
            self.tale.tell(conn, "one")
        return conns

    def check(self) -> CheckResult:
        case = self.tale.case()
        for conn, notice in self.told:
            case.transcript.listeners[conn].notices.append(notice)
        for conn, notice in self.doubtful:
            case.transcript.listeners[conn].doubtful_notices.append(notice)
        return announcements.check(case)

    def says(self) -> list[str]:
        self.tale.end()
        return [one.says for one in self.check().findings]


@pytest.fixture
def hall(tale: Tale) -> Hall:
    return Hall(tale)


def test_a_dialect_that_announces_nobody(tale: Tale) -> None:
    tale.room("ann", "bob")
    result = tale.check("announcements")
    assert (result.outcome, result.looked_at) == (Outcome.NOT_APPLICABLE, 0)
    assert result.reason == "this dialect announces nobody"


def test_who_is_told_of_all(hall: Hall) -> None:
    *_, cid = hall.people("ann", "bob", "cid")
    hall.tale.leave(cid)
    hall.tell(LEAVE, "cid", 0, 1)
    hall.tale.end()
    result = hall.check()
    assert (result.outcome, result.findings, result.looked_at) == (Outcome.PASS, (), 5)


# -- what did not come -----------------------------------------------------------------------------


def test_who_is_not_told_of_a_newcomer(hall: Hall) -> None:
    hall.people("ann", "bob")
    hall.tale.join("cid")
    hall.tell(JOIN, "cid", 1)
    hall.tale.tell(2, "hello")
    hall.tale.end()
    (finding,) = hall.check().findings
    assert (finding.requirement, finding.outcome) == ("LEAVE-7", Outcome.FAIL)
    assert finding.says.startswith("ann was never told that cid came, though ann was in the room")
    assert finding.deadline == 10.0


@pytest.mark.parametrize("how", [Ending.LEAVE, Ending.HALF_CLOSE, Ending.CLOSE, Ending.RESET])
def test_who_is_not_told_of_a_departure(hall: Hall, how: Ending) -> None:
    *_, cid = hall.people("ann", "bob", "cid")
    hall.tale.leave(cid, how)
    hall.tell(LEAVE, "cid", 0)
    (says,) = hall.says()
    assert says.startswith(f"bob was never told that cid left ({how}), though bob was in the room")


def test_what_ran_into_the_roll_call_says_so(hall: Hall) -> None:
    hall.people("ann", "bob")
    hall.tale.join("cid")
    hall.tale.tell(2, "hello")
    hall.tell(JOIN, "cid", 1)
    hall.tale.fail(-1, Failure.ROLL_CALL, deadline=60.0, late=30.0)
    hall.tale.end()
    (finding,) = hall.check().findings
    assert (finding.outcome, finding.deadline) == (Outcome.INCONCLUSIVE, 60.0)


def test_who_came_while_another_came_may_have_missed_it(hall: Hall) -> None:
    hall.people("ann", "bob")
    hall.tale.join("cid")
    hall.tale.join("dan")
    hall.tell(JOIN, "cid", 0, 1)
    hall.tell(JOIN, "dan", 0, 1)
    for conn in (2, 3):
        hall.tale.tell(conn, "hello")
    assert hall.says() == []


def test_whoever_left_is_owed_nothing(hall: Hall) -> None:
    hall.people("ann", "bob", "cid")
    hall.tale.leave(1)
    hall.tale.leave(2)
    hall.tell(LEAVE, "bob", 0)
    hall.tell(LEAVE, "cid", 0)
    assert hall.says() == []


def test_who_was_never_proved_to_be_in_may_be_announced_or_not(hall: Hall) -> None:
    hall.people("ann", "bob")
    hall.tale.join("cid")
    hall.tell(JOIN, "cid", 0)
    hall.tale.leave(2, Ending.RESET)
    hall.tell(LEAVE, "cid", 0)
    assert hall.says() == []


def test_nothing_is_owed_where_the_roll_was_not_called(hall: Hall) -> None:
    hall.people("ann", "bob")
    hall.tale.join("cid")
    hall.tale.tell(2, "hello")
    assert hall.check().findings == ()


def test_who_comes_behind_the_roll_call_need_not_be_told(hall: Hall) -> None:
    hall.people("ann", "bob")
    hall.tale.end()
    hall.tale.join("newcomer")
    hall.tale.tell(2, "hello")
    assert hall.check().findings == ()


def test_who_went_down_with_the_server_may_be_announced(hall: Hall) -> None:
    _, _, cid = hall.people("ann", "bob", "cid")
    hall.tale.leave(cid, Ending.SERVER)
    hall.tell(LEAVE, "cid", 0)
    assert hall.says() == []


# -- to whom ---------------------------------------------------------------------------------------


def test_all_are_told_the_newcomer_too(hall: Hall) -> None:
    hall.announces("all", join="{nick} joined!")
    hall.people("ann", "bob")
    hall.tell(JOIN, "ann", 0)
    assert hall.says() == ["bob came, and was never told so."]


def test_only_the_newcomer_is_told(hall: Hall) -> None:
    hall.announces("newcomer", join="{nick} joined!")
    hall.tale.room("ann", "bob")
    hall.tell(JOIN, "ann", 0)
    hall.tell(JOIN, "bob", 0, 1)
    hall.tale.end()
    (finding,) = hall.check().findings
    assert finding.says == "ann was told that “bob” came, and is not to be told of it."
    assert finding.cause == (
        "the dialect tells this to the one whom it is about, and the server to more"
    )


def test_others_are_told_and_not_the_newcomer(hall: Hall) -> None:
    hall.people("ann", "bob")
    hall.tell(JOIN, "bob", 1)
    assert hall.says() == ["bob was told that “bob” came, and is not to be told of it."]


# -- what came and should not have -----------------------------------------------------------------


def test_what_is_told_again(hall: Hall) -> None:
    hall.people("ann", "bob")
    hall.tell(JOIN, "bob", 0)
    hall.tale.end()
    (finding,) = hall.check().findings
    assert (finding.requirement, finding.timed) == ("LEAVE-7", False)
    assert finding.says == "ann was told again that “bob” came."


def test_who_has_not_come_or_gone(hall: Hall) -> None:
    hall.people("ann", "bob")
    hall.tell(LEAVE, "bob", 0)
    hall.tell(JOIN, "eve", 0)
    assert hall.says() == [
        "ann was told that “bob” left, and nobody had.",
        "ann was told that “eve” came, and nobody had.",
    ]


def test_what_is_told_before_it_happens(hall: Hall) -> None:
    hall.people("ann", "bob")
    hall.tell(LEAVE, "bob", 0)
    hall.tale.leave(1)
    assert hall.says() == ["ann was told that “bob” left, and nobody had."]


def test_who_gave_no_name_is_not_announced(hall: Hall) -> None:
    hall.people("ann", "bob")
    hall.tale.leave(hall.tale.connect("mute"), Ending.CLOSE)
    hall.tell(LEAVE, "mute", 0)
    assert hall.says() == ["ann was told that “mute” left, and nobody had."]


def test_who_sent_something_else_than_a_nickname_may_be_announced(hall: Hall) -> None:
    hall.people("ann", "bob")
    hall.tale.add(Sent, hall.tale.connect("odd"), b"\xff\xfe")
    hall.tell(JOIN, "\N{REPLACEMENT CHARACTER}", 0)
    assert hall.says() == []


def test_namesakes_are_counted(hall: Hall) -> None:
    hall.people("ann", "bob")
    hall.tale.join("bobby", "bob")
    hall.tale.tell(2, "hello")
    hall.tell(JOIN, "bob", 0)
    hall.tell(JOIN, "bob", 1)
    assert hall.says() == []


def test_a_namesake_may_have_been_given_another_name(hall: Hall) -> None:
    hall.change(duplicate=Policy.REPLACE)
    hall.people("ann", "bob")
    hall.tale.join("bobby", "bob")
    hall.tale.tell(2, "hello")
    hall.tell(JOIN, "bob1", 0, 1)
    assert hall.says() == []


def test_whoever_did_not_read_may_have_been_given_up_before_it_left(hall: Hall) -> None:
    *_, cid = hall.people("ann", "bob", "cid")
    hall.tale.add(Froze, cid)
    hall.tell(LEAVE, "cid", 0, 1)
    hall.tale.add(Thawed, cid)
    hall.tale.leave(cid, Ending.RESET)
    assert hall.says() == []


def test_whoever_does_not_read_may_have_been_put_out(hall: Hall) -> None:
    *_, cid = hall.people("ann", "bob", "cid")
    hall.tale.add(Froze, cid)
    hall.tell(LEAVE, "cid", 0, 1)
    assert hall.says() == []


def test_what_may_have_been_said_is_not_missing(hall: Hall) -> None:
    *_, cid = hall.people("ann", "bob", "cid")
    hall.tale.leave(cid)
    hall.tell(LEAVE, "cid", 0)
    hall.doubtful = [(1, HeardNotice(LEAVE, "cid", hall.tale.tick()))]
    assert hall.says() == []


def test_a_notice_that_names_nobody_is_counted_all_the_same(hall: Hall) -> None:
    hall.announces(join="Somebody joined!", leave="Somebody left!")
    hall.tale.room("ann", "bob")
    hall.tell(JOIN, "", 0)
    hall.tell(JOIN, "", 0)
    # Two had joined: of ann's own coming she is not to be told.
    assert hall.says() == ["ann was told again that somebody came."]


# -- what was over before one came -----------------------------------------------------------------


def test_a_newcomer_is_told_what_was_over(hall: Hall) -> None:
    hall.people("ann", "bob", "cid")
    hall.tale.tick(600)
    dan = hall.tale.join("dan")
    hall.tell(JOIN, "dan", 0, 1, 2)
    hall.tell(JOIN, "cid", dan)
    hall.tale.tell(dan, "hello")
    hall.tale.end()
    (finding,) = hall.check().findings
    assert finding.deadline == 0.5
    assert finding.says.startswith("dan was told that “cid” came at ")


@pytest.mark.parametrize("history", [0, 5])
def test_a_newcomer_may_be_told_what_was_just_being_told_or_is_history(
    hall: Hall, history: int
) -> None:
    hall.change(history=history)
    hall.people("ann", "bob", "cid")
    hall.tale.tick(600 if history else 100)
    dan = hall.tale.join("dan")
    hall.tell(JOIN, "dan", 0, 1, 2)
    hall.tell(JOIN, "cid", dan)
    hall.tale.tell(dan, "hello")
    assert hall.says() == []


# -- another occasion ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "occasion", "findings"),
    [
        (Ending.RESET, LOST, 0),
        # Where the error met somebody's words first, the server reads the end of the stream.
        (Ending.RESET, LEAVE, 0),
        (Ending.CLOSE, LOST, 0),
        (Ending.LEAVE, LEAVE, 0),
        (Ending.LEAVE, LOST, 1),
    ],
)
def test_a_loss_is_told_in_other_words(
    hall: Hall, how: Ending, occasion: Occasion, findings: int
) -> None:
    hall.announces(lost="{nick} lost the connection")
    *_, cid = hall.people("ann", "bob", "cid")
    hall.tale.leave(cid, how)
    hall.tell(occasion, "cid", 0, 1)
    hall.tale.end()
    found = hall.check().findings
    assert [one.count for one in found] == [2] * findings
    if found:
        assert found[0].says == (
            "ann was told that the connection of cid was lost, who had left (leave)."
        )


def test_a_loss_told_twice_is_one_too_many(hall: Hall) -> None:
    hall.announces(lost="{nick} lost the connection")
    *_, cid = hall.people("ann", "bob", "cid")
    hall.tale.leave(cid, Ending.RESET)
    hall.tell(LOST, "cid", 0, 1)
    hall.tell(LEAVE, "cid", 0)
    assert hall.says() == ["ann was told again that “cid” left."]


def test_of_a_silent_loss_nothing_is_owed(hall: Hall) -> None:
    hall.change(silent_loss=True)
    *_, cid = hall.people("ann", "bob", "cid")
    hall.tale.leave(cid, Ending.RESET)
    assert hall.says() == []


# -- the whole -------------------------------------------------------------------------------------


def test_what_is_told_to_one_alone_is_looked_at_too(hall: Hall) -> None:
    hall.change(greeting=(parse_template("Welcome, {nick}!", ("nick",)),))
    hall.people("ann", "bob")
    hall.tell(GREETING, "bob", 1)
    hall.tell(GREETING, "bob", 1)
    assert hall.says() == ["bob was greeted again."]


def test_who_cannot_be_understood_is_not_looked_at(hall: Hall) -> None:
    hall.people("ann", "bob")
    hall.tell(JOIN, "eve", 0)
    hall.tale.add(StageBegun, Stage.ROLL_CALL)
    case = hall.tale.case()
    case.transcript.listeners[0].notices.append(hall.told[-1][1])
    case.transcript.listeners[0].overwhelmed = True
    assert announcements.check(case).findings == ()
