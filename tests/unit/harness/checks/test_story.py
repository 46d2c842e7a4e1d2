"""Every step of the scenario completes in time, and somebody is to blame where one does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.announcement import Announcement
from harness.checks import CHECKS
from harness.dialect import Policy
from harness.events import (
    Connect,
    Cut,
    Ending,
    Eof,
    Exited,
    Failure,
    Froze,
    Kind,
    Left,
    Read,
    Role,
    Sent,
    ServerTold,
    StepBegun,
    StepEnded,
    StepFailed,
    Thawed,
)
from harness.plan import Deed, PlannedStep, Scene
from harness.scenario import Verb
from harness.verdict import Finding

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale


def failed(tale: Tale, conn: int, person: str, failure: Failure, note: str = "") -> None:
    tale.add(StepFailed, 0, conn, person, failure, 5.0, 0.0, note)


def told(tale: Tale) -> Finding:
    (finding,) = tale.check("story").findings
    return finding


def hearing(person: str, *others: str) -> Scene:
    deed = Deed(person, Verb.HEARS, 0, hears_from=others)
    return Scene((PlannedStep(0, 1, f"{person}: hears {others[0]}", Verb.HEARS, (deed,)),))


def test_all_goes_well(tale: Tale) -> None:
    tale.add(StepBegun, 0)
    tale.add(StepEnded, 0)
    result = tale.check("story")
    assert (result.findings, result.looked_at) == ((), 1)


def test_a_server_that_ended_is_no_matter_of_the_story(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    failed(tale, a, "ann", Failure.JOIN)
    tale.add(Exited, 1)
    assert not tale.check("story").findings


@pytest.mark.parametrize(
    ("person", "failure"),
    [
        ("ann", Failure.LISTENING),
        ("ann", Failure.ROLL_CALL),
        ("ann", Failure.EOF),
        ("", Failure.JOIN),
        ("newcomer", Failure.JOIN),
    ],
)
def test_what_belongs_to_other_checks(tale: Tale, person: str, failure: Failure) -> None:
    failed(tale, 0, person, failure)
    assert not tale.check("story").findings


def test_hears_nothing(tale: Tale) -> None:
    _, b = tale.room("ann", "bob")
    tale.scenes = (hearing("bob", "ann"),)
    failed(tale, b, "bob", Failure.HEARS)
    finding = told(tale)
    assert (finding.requirement, finding.deadline) == ("RELAY-1", 5.0)
    assert finding.says == (
        "bob could not go on with “bob: hears ann”: nothing was heard within 5 s."
    )
    assert finding.moments[0].missing


@pytest.mark.parametrize("defect", ["lost", "damaged", "thrown out"])
def test_hears_nothing_for_a_reason_that_is_known(tale: Tale, defect: str) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.scenes = (hearing("bob", "ann"), hearing("cid", "ann"))
    if defect == "thrown out":
        tale.add(Eof, a)
    else:
        relayed = tale.tell(a, "one", b)
        if defect == "damaged":
            tale.read(b, relayed.replace(b"one", b"onE"))
        tale.end()
    failed(tale, b, "bob", Failure.HEARS)
    assert not tale.check("story").findings


def test_hears_nothing_without_ever_having_joined(tale: Tale) -> None:
    failed(tale, 7, "bob", Failure.HEARS)
    assert told(tale).moments == ()


def test_nothing_is_accepted(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    failed(tale, a, "ann", Failure.ACCEPT)
    finding = told(tale)
    assert finding.requirement == "LOAD-1"
    assert finding.says.endswith("the server took no byte within 5 s.")


@pytest.mark.parametrize("failure", [Failure.PROMPT, Failure.JOIN, Failure.CONNECT])
def test_a_silent_connection_holds_the_door(tale: Tale, failure: Failure) -> None:
    tale.connect("mute")
    tale.tick(5000)
    conn = tale.join("ann")
    failed(tale, conn, "ann", failure)
    finding = told(tale)
    assert finding.requirement == "JOIN-3"
    assert finding.cause == (
        "mute had connected and not given a name: "
        "the server waits for the name before it serves anyone else"
    )


def test_who_left_the_door_in_time_holds_nobody_up(tale: Tale) -> None:
    conn = tale.connect("mute")
    tale.add(Left, conn, Ending.CLOSE)
    tale.tick(5000)
    failed(tale, -1, "ann", Failure.PROMPT)
    assert told(tale).requirement == "JOIN-1"


def test_the_wrong_prompt(tale: Tale) -> None:
    conn = tale.connect("ann")
    tale.events[-1] = Read(tale.now, conn, b"login: ")
    failed(tale, conn, "ann", Failure.WRONG_PROMPT)
    finding = told(tale)
    assert finding.requirement == "JOIN-1"
    assert finding.says == "ann connected and read “login: ” instead of the prompt “nickname”."
    assert finding.cause == "the server speaks another dialect"


@pytest.mark.parametrize(
    ("failure", "note", "says"),
    [
        (Failure.PROMPT, "", "ann could not join: the server sent no prompt within 5 s."),
        (
            Failure.DISCONNECTED,
            "reset",
            "ann could not join: the server closed the connection (reset).",
        ),
        (
            Failure.CONNECT,
            "timed out",
            "ann could not join: no connection came about within 5 s (timed out).",
        ),
    ],
)
def test_no_prompt(tale: Tale, failure: Failure, note: str, says: str) -> None:
    failed(tale, -1, "ann", failure, note)
    finding = told(tale)
    assert finding.says == says
    assert finding.requirement == ("JOIN-2" if failure is Failure.CONNECT else "JOIN-1")


def test_no_two_of_one_name(tale: Tale) -> None:
    tale.room("ann", "bob")
    conn = tale.join("other", "ann")
    tale.add(Eof, conn)
    failed(tale, conn, "other", Failure.REFUSED)
    finding = told(tale)
    assert (finding.requirement, finding.outcome) == ("JOIN-7", "inconclusive")


def test_a_name_that_was_free_is_no_matter_of_the_story(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.leave(a)
    conn = tale.join("ann again", "ann")
    tale.add(Eof, conn)
    failed(tale, conn, "ann again", Failure.REFUSED)
    assert not tale.check("story").findings


def test_refused_without_a_namesake(tale: Tale) -> None:
    conn = tale.join("ann")
    tale.add(Eof, conn)
    failed(tale, conn, "ann", Failure.REFUSED)
    assert told(tale).requirement == "JOIN-2"


def test_others_heard_the_beacon(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    conn = tale.join("cid")
    tale.tell(a, "", conn, kind=Kind.BEACON)
    failed(tale, conn, "cid", Failure.JOIN)
    finding = told(tale)
    assert finding.requirement == "RELAY-1"
    assert finding.says == "cid could not join: nobody was heard within 5 s."
    assert [moment.text for moment in finding.moments] == [
        "connects",
        "reads “nickname”",
        "gives the name",
        "hears anyone",
    ]


@pytest.mark.parametrize("named", [False, True])
def test_nobody_heard_anything(tale: Tale, named: bool) -> None:
    conn = tale.join("cid") if named else tale.connect("cid")
    failed(tale, conn, "cid", Failure.JOIN)
    finding = told(tale)
    assert finding.requirement == "JOIN-2"
    assert finding.moments[-1].text == ("hears anyone" if named else "reads the prompt")


def test_before_anything_was_read(tale: Tale) -> None:
    tale.add(Connect, 0, "ann", "ann", Role.PERSON)
    failed(tale, 0, "ann", Failure.CONNECT)
    assert [moment.text for moment in told(tale).moments] == ["connects", "reads the prompt"]


def test_one_of_the_room_is_still_there(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.leave(a)
    tale.tick(5000)
    failed(tale, -1, "cid", Failure.PROMPT)
    assert told(tale).requirement == "JOIN-1"


def test_a_namesake_took_the_place(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    conn = tale.join("other bob", "bob")
    tale.tell(a, "", conn, kind=Kind.BEACON)
    failed(tale, conn, "other bob", Failure.JOIN)
    finding = told(tale)
    assert (finding.requirement, finding.outcome) == ("JOIN-7", "fail")


@pytest.mark.parametrize("failure", [Failure.ACCEPT, Failure.HEARS])
def test_who_does_not_read_holds_others_up(tale: Tale, failure: Failure) -> None:
    a, b = tale.room("ann", "bob")
    tale.add(Froze, b)
    failed(tale, a, "ann", failure)
    finding = told(tale)
    assert (finding.requirement, finding.cause) == (
        "LOAD-1",
        "bob did not read: the server waits for whoever does not",
    )


@pytest.mark.parametrize("wait", [0, 6_000])
def test_who_reads_again_holds_nobody_up_any_more(tale: Tale, wait: int) -> None:
    a, b = tale.room("ann", "bob")
    tale.add(Froze, b)
    tale.add(Thawed, b)
    tale.tick(wait)
    failed(tale, a, "ann", Failure.ACCEPT)
    assert bool(told(tale).cause) == (wait == 0)


def let_in(tale: Tale, conn: int) -> Finding:
    failed(tale, conn, tale.nicks.get(conn, "eve"), Failure.NOT_REFUSED)
    return told(tale)


def test_a_namesake_is_let_in(tale: Tale) -> None:
    tale.room("ann", "bob")
    finding = let_in(tale, tale.join("other", "ann"))
    assert finding.requirement == "JOIN-7"
    assert finding.says == (
        "ann should have been refused: the server let it in, or kept it within 5 s."
    )
    assert [moment.text for moment in finding.moments] == ["is refused"]


def test_a_stranger_is_let_in(tale: Tale) -> None:
    conn = tale.connect("eve")
    tale.add(Sent, conn, b"\n")
    assert let_in(tale, conn).requirement == "JOIN-6"


def test_who_says_what_is_no_text_is_kept(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.say_bytes(a, b"x" * 20_000)
    assert let_in(tale, a).requirement == "INPUT-3"


@pytest.mark.parametrize(
    ("asked", "requirement"), [((), "JOIN-6"), (("STAY-1", "JOIN-7"), "STAY-1")]
)
def test_somebody_is_kept(tale: Tale, asked: tuple[str, ...], requirement: str) -> None:
    tale.requirements = asked
    finding = let_in(tale, 7)
    assert (finding.requirement, finding.moments) == (requirement, ())


@pytest.mark.parametrize(
    ("at_once", "joined", "requirement"),
    [(True, True, "JOIN-10"), (True, False, "JOIN-2"), (False, True, "JOIN-2")],
)
def test_some_of_a_crowd(tale: Tale, at_once: bool, joined: bool, requirement: str) -> None:
    a, b = tale.room("ann", "bob") if joined else (tale.connect("ann"), tale.connect("bob"))
    c = tale.join("cid")
    deeds = tuple(Deed(tale.nicks[conn], Verb.JOIN, conn) for conn in (a, b, c))
    step = PlannedStep(0, 1, "crowd: join", Verb.JOIN, deeds, at_once=at_once)
    tale.scenes = (Scene((step,)),)
    failed(tale, c, "cid", Failure.JOIN)
    finding = told(tale)
    assert finding.requirement == requirement
    if requirement == "JOIN-10":
        assert finding.cause == "others connected at the same moment, and some of them got in"


def test_nobody_is_let_in_after_everyone_left(tale: Tale) -> None:
    for conn in tale.room("ann", "bob"):
        tale.leave(conn)
    tale.tick(6_000)
    failed(tale, tale.join("cid"), "cid", Failure.JOIN)
    finding = told(tale)
    assert (finding.requirement, finding.cause) == (
        "LEAVE-8",
        "everyone had left before, and nobody has been let in since",
    )


def test_refused_with_a_nickname_in_pieces(tale: Tale) -> None:
    conn = tale.join("ann")
    tale.add(Cut, conn, 2, 2, 1)
    tale.add(Eof, conn)
    failed(tale, conn, "ann", Failure.REFUSED)
    assert told(tale).requirement == "JOIN-9"


def test_a_namesake_hears_nobody(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    conn = tale.join("other", "bob")
    tale.tell(a, "", conn, kind=Kind.BEACON)
    failed(tale, conn, "other", Failure.JOIN)
    finding = told(tale)
    assert (finding.requirement, finding.cause) == (
        "JOIN-7",
        "another came under the same name, and others heard all the while",
    )


def test_it_ended_instead_of_starting_again(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.add(ServerTold, "restart", 0)
    tale.add(Exited, 1)
    failed(tale, a, "ann", Failure.JOIN)
    assert not tale.check("story").findings


@pytest.mark.parametrize("failure", [Failure.STALL, Failure.STOP, Failure.RESTART])
def test_what_is_of_the_server_belongs_to_other_checks(tale: Tale, failure: Failure) -> None:
    failed(tale, 0, "ann", failure)
    assert not tale.check("story").findings


def seeing(person: str, other: str) -> Scene:
    deed = Deed(person, Verb.SEES_JOIN, 0, hears_from=(other,))
    return Scene((PlannedStep(0, 1, f"{person}: sees {other}", Verb.SEES_JOIN, (deed,)),))


def test_nobody_told_of_a_newcomer(tale: Tale) -> None:
    _, b = tale.room("ann", "bob")
    tale.scenes = (seeing("bob", "ann"),)
    failed(tale, b, "bob", Failure.HEARS, "nothing was told of ann")
    finding = told(tale)
    assert finding.requirement == "LEAVE-7"
    assert finding.says.endswith("nothing was heard within 5 s (nothing was told of ann).")


def test_nobody_told_of_a_newcomer_is_for_the_check_announcements(tale: Tale) -> None:
    join = Announcement.model_validate({"text": "{nick} joined!"})
    tale.dialect = tale.dialect.model_copy(update={"join": join})
    _, b = tale.room("ann", "bob")
    tale.join("cid")
    tale.tell(2, "hello")
    tale.scenes = (seeing("bob", "cid"),)
    failed(tale, b, "bob", Failure.HEARS)
    tale.end()
    assert not tale.check("story").findings


def test_where_the_client_speaks_first_nobody_has_to_be_prompted_to_hold_the_door(
    tale: Tale,
) -> None:
    tale.dialect = tale.dialect.model_copy(update={"prompt": None})
    tale.room("ann")
    tale.connect("mute")
    tale.events.pop()
    tale.tick(9000)
    b = tale.connect("bob")
    tale.events.pop()
    failed(tale, b, "bob", Failure.JOIN)
    assert told(tale).requirement == "JOIN-3"


def test_a_nickname_meets_another_fate_than_the_dialect_says(tale: Tale) -> None:
    tale.dialect = tale.dialect.model_copy(update={"duplicate": Policy.REFUSE})
    tale.room("ann", "bob")
    tale.join("bobby", "bob")
    tale.tell(0, "hello, both")
    finding = told(tale)
    assert finding.requirement == "JOIN-7"
    assert [one.text for one in finding.moments] == ["gives the name", "is let in"]


def test_a_refusal_that_the_dialect_has_otherwise(tale: Tale) -> None:
    tale.dialect = tale.dialect.model_copy(update={"duplicate": Policy.LET_IN})
    tale.room("ann", "bob")
    second = tale.join("bobby", "bob")
    tale.members.discard(second)
    tale.add(Eof, second)
    failed(tale, second, "bobby", Failure.REFUSED)
    finding = told(tale)
    assert (finding.requirement, finding.outcome) == ("JOIN-7", "fail")
    assert finding.cause == "the server does otherwise than the dialect says"
    assert finding.says.endswith("; in this dialect such a one is let in.")


def test_what_can_be_read_in_too_many_ways_proves_nothing(
    tale: Tale, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, b = tale.room("ann", "bob")
    tale.scenes = (hearing("bob", "ann"),)
    failed(tale, b, "bob", Failure.HEARS)
    case = tale.case()
    monkeypatch.setattr(case.transcript.listeners[b], "overwhelmed", True)
    (finding,) = CHECKS["story"](case).findings
    assert finding.outcome == "inconclusive"
    assert finding.cause.startswith("what bob read can be read in too many ways")


def test_nobody_is_let_in_while_somebody_does_not_read(tale: Tale) -> None:
    _, b = tale.room("ann", "bob")
    tale.add(Froze, b)
    conn = tale.join("cid")
    failed(tale, conn, "cid", Failure.JOIN)
    finding = told(tale)
    assert (finding.requirement, finding.cause) == (
        "LOAD-1",
        "bob did not read: the server waits for whoever does not",
    )
