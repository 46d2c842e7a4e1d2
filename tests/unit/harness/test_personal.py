"""What is told to one person alone: not too often, not too early, and to no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.announcement import HeardNotice, Occasion
from harness.ends import LENGTH, parse_ends
from harness.events import Ending, Eof, Kind, Left
from harness.personal import Personal
from harness.template import parse_template

if TYPE_CHECKING:
    from harness.verdict import Finding
    from tests.unit.harness.conftest import Tale

GREETING, ANSWER, FAREWELL = Occasion.GREETING, Occasion.ANSWER, Occasion.FAREWELL


class Hall:
    """A room in which nobody is announced, and what everyone was told alone."""

    def __init__(self, tale: Tale) -> None:
        self.tale = tale
        self.told: list[tuple[int, HeardNotice]] = []

    def change(self, **changes: object) -> None:
        self.tale.dialect = self.tale.dialect.model_copy(update=changes)

    def tell(self, occasion: Occasion, nick: str, conn: int) -> None:
        self.told.append((conn, HeardNotice(occasion, nick, self.tale.tick())))

    def findings(self) -> list[Finding]:
        self.tale.end()
        case = self.tale.case()
        for conn, notice in self.told:
            case.transcript.listeners[conn].notices.append(notice)
        alone = Personal(case, "announcements")
        return [
            finding
            for conn, listener in case.transcript.listeners.items()
            for kind in (alone.greetings, alone.answers, alone.farewells)
            for finding in kind(case.transcript.people[conn], listener)
        ]

    def says(self) -> list[str]:
        return [one.says for one in self.findings()]


@pytest.fixture
def hall(tale: Tale) -> Hall:
    return Hall(tale)


def test_a_greeting_comes_once(hall: Hall) -> None:
    hall.change(greeting=(parse_template("Welcome, {nick}!", ("nick",)),))
    hall.tale.room("ann", "bob")
    hall.tell(GREETING, "ann", 0)
    hall.tell(GREETING, "bob", 1)
    hall.tell(GREETING, "bob", 1)
    (finding,) = hall.findings()
    assert (finding.requirement, finding.says) == ("RELAY-6", "bob was greeted again.")


def test_a_greeting_names_whom_it_greets(hall: Hall) -> None:
    hall.change(greeting=(parse_template("Welcome, {nick}!", ("nick",)),))
    hall.tale.room("ann", "bob")
    hall.tell(GREETING, "ann", 1)
    assert hall.says() == ["bob was greeted as “ann”."]


TOO_MANY = ["bob was answered, and had not said so much."]


@pytest.mark.parametrize(
    ("words", "told", "ends", "says"),
    [
        pytest.param(["one", "two"], 2, "lf", [], id="once for each message"),
        pytest.param(["one", "two"], 1, "lf", [], id="nobody has to be answered"),
        pytest.param(["one"], 2, "lf", TOO_MANY, id="again"),
        pytest.param([], 1, "lf", TOO_MANY, id="who has said nothing"),
        pytest.param(["one\ntwo\n"], 2, "lf", [], id="lines that were said together"),
        pytest.param(["one"], 2, LENGTH, TOO_MANY, id="behind a length"),
        pytest.param(["one"], 2, "none", [], id="nobody knows how many messages it was"),
        pytest.param([], 1, "none", TOO_MANY, id="who has said nothing at all"),
    ],
)
def test_an_answer_comes_after_a_message(
    hall: Hall, words: list[str], told: int, ends: str, says: list[str]
) -> None:
    said = hall.tale.dialect.said.model_copy(update={"ends": parse_ends(ends)})
    hall.change(said=said, answer=(parse_template("OK", ()),))
    (ann,) = hall.tale.room("ann")
    bob = hall.tale.join("bob")
    for word in words:
        hall.tale.tell(bob, word, ann)
    for _ in range(told):
        hall.tell(ANSWER, "", bob)
    assert hall.says() == says


def test_where_somebody_said_no_text_nothing_is_known_of_answers(hall: Hall) -> None:
    hall.change(answer=(parse_template("OK", ()),))
    (ann,) = hall.tale.room("ann")
    hall.tale.join("bob")
    hall.tale.say(ann, "what was no text", kind=Kind.UNTEXT)
    hall.tell(ANSWER, "", ann + 1)
    assert hall.says() == []


def test_where_the_end_of_a_text_may_be_an_answer_none_is_counted(hall: Hall) -> None:
    relay = parse_template("[{nick}] {message} OK", ("nick", "message"))
    hall.change(relay=relay, answer=(parse_template("OK", ()),))
    hall.tale.join("ann")
    hall.tell(ANSWER, "", 0)
    assert hall.says() == []


def test_whoever_quits_may_be_answered(hall: Hall) -> None:
    hall.change(answer=(parse_template("OK", ()),))
    hall.tale.room("ann")
    bob = hall.tale.join("bob")
    hall.tale.add(Left, bob, Ending.LEAVE)
    hall.tell(ANSWER, "", bob)
    hall.tale.add(Eof, bob)
    assert hall.says() == []


@pytest.mark.parametrize(
    ("told", "leaves", "says"),
    [
        pytest.param(["bob"], Ending.LEAVE, [], id="who leaves"),
        pytest.param([""], Ending.HALF_CLOSE, [], id="who half-closes"),
        pytest.param([], Ending.LEAVE, [], id="nobody has to be"),
        pytest.param(["bob"], None, ["bob was bidden farewell, and had not left."], id="who stays"),
        pytest.param([""], Ending.SERVER, [], id="who is thrown out"),
        pytest.param(["bob"] * 2, Ending.LEAVE, ["bob was bidden farewell again."], id="twice"),
        pytest.param(["ann"], Ending.LEAVE, ["bob was bidden farewell as “ann”."], id="another"),
    ],
)
def test_a_farewell_is_for_one_who_leaves(
    hall: Hall, told: list[str], leaves: Ending | None, says: list[str]
) -> None:
    hall.change(farewell=(parse_template("Bye, {nick}!", ("nick",)),))
    _, bob = hall.tale.room("ann", "bob")
    if leaves is not None and leaves is not Ending.SERVER:
        hall.tale.add(Left, bob, leaves)
    for nick in told:
        hall.tell(FAREWELL, nick, bob)
    if leaves is not None:
        hall.tale.add(Eof, bob)
    assert hall.says() == says
