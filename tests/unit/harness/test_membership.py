"""`harness.membership`: who must, may and must not hear what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness import events
from harness.events import Ending, Failure, Kind, Role, Stage
from harness.membership import Membership

if TYPE_CHECKING:
    from tests.unit.harness.conftest import MakeTale, Tale


def rights(tale: Tale) -> Membership:
    return Membership(tale.transcript())


def misses(made: Membership) -> list[tuple[int, int, int, bool]]:
    """Return each miss as receiver, sender, number, and whether it is certain."""
    rows = [(m.receiver.conn, m.message.conn, m.message.number, m.certain) for m in made.missing()]
    return sorted(rows)


@pytest.mark.parametrize(
    ("kind", "how", "stayed"),
    [
        pytest.param(None, None, True, id="it is there"),
        pytest.param(events.Left, Ending.TEARDOWN, True, id="taken down at the end"),
        pytest.param(events.Left, Ending.CLOSE, False, id="it left"),
        pytest.param(events.Eof, None, False, id="thrown out"),
        pytest.param(events.Froze, None, False, id="it does not read"),
    ],
)
def test_who_stayed(
    tale: Tale, kind: type[events.Event] | None, how: Ending | None, stayed: bool
) -> None:
    a, _ = tale.room("ann", "bob")
    tale.end()
    if kind:
        tale.add(kind, a, *([how] if how else []))
    made = rights(tale)
    assert made.stayed(made.people[a]) is stayed


def test_nobody_stayed_to_the_end_of_a_run_without_one(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    made = rights(tale)
    assert not made.stayed(made.people[a])


def test_nobody_stayed_who_was_never_in(tale: Tale) -> None:
    tale.room("ann", "bob")
    late = tale.join("cid")
    tale.add(events.StageBegun, Stage.CLEANUP)
    made = rights(tale)
    assert not made.stayed(made.people[late])


@pytest.mark.parametrize(
    ("how", "committed"),
    [
        pytest.param(None, [True, True, False], id="it stayed"),
        pytest.param(Ending.LEAVE, [True, True, False], id="it left in good order"),
        pytest.param(Ending.RESET, [True, False, False], id="it reset"),
    ],
)
def test_a_server_surely_had_what_was_received_and_what_was_accepted_from_who_was_orderly(
    tale: Tale, how: Ending | None, committed: list[bool]
) -> None:
    a, b = tale.room("ann", "bob")
    tale.say(a, "accepted")
    tale.say(a, "on its way", accepted=False)
    if how:
        tale.leave(a, how)
    tale.add(events.StageBegun, Stage.CLEANUP)
    made = rights(tale)
    words = made.transcript.voices.speeches[a].messages
    assert [made.committed(message) for message in words] == committed
    assert (made.highest_received(a), made.highest_received(99)) == (0, -1)
    assert made.highest_received(b) == 0


def test_all_that_was_said_in_the_room_is_owed_to_who_stayed(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    tale.tell(a, "one", b)
    tale.tell(a, "two")
    tale.tell(a, "three", c)
    tale.end()
    made = rights(tale)
    # What is missing between what was heard, or before a closing message, needs no deadline.
    assert misses(made) == [(b, a, 1, True), (c, a, 3, True)]
    assert made.missing() is made.missing()


def test_without_the_closing_message_a_miss_depends_on_a_deadline(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    tale.tell(a, "one", b)
    tale.add(events.StageBegun, Stage.ROLL_CALL)
    tale.say(a, kind=Kind.CLOSING)
    tale.say(a, "too late to be owed")
    tale.add(events.StageBegun, Stage.CLEANUP)
    assert misses(rights(tale)) == [(b, a, 1, False), (b, a, 2, False)]


def test_without_a_roll_call_only_what_lies_between_is_missing(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    tale.tell(a, "one", b)
    tale.tell(a, "two")
    tale.tell(a, "three", b)
    tale.add(events.StageBegun, Stage.CLEANUP)
    assert misses(rights(tale)) == [(b, a, 1, True)]


def test_who_left_is_owed_what_lies_between(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    tale.tell(a, "one", b)
    tale.tell(a, "two")
    tale.leave(b)
    tale.tell(a, "three")
    tale.end()
    assert misses(rights(tale)) == [(b, a, 1, True)]


def test_empty_lines_may_be_dropped(tell: MakeTale) -> None:
    tale = tell("lines")
    a, b = tale.room("ann", "bob")
    tale.say(a, bare=True)
    tale.tell(a, "two")
    tale.end()
    assert (misses(rights(tale)), b) == ([], 1)


@pytest.mark.parametrize("flag", ["overwhelmed", "deaf"])
def test_nothing_is_missed_by_whom_nobody_understands(tale: Tale, flag: str) -> None:
    a, b = tale.room("ann", "bob")
    tale.tell(a, "one", b)
    tale.end()
    transcript = tale.transcript()
    setattr(transcript.listeners[b], flag, True)
    assert misses(Membership(transcript)) == []


def test_of_bytes_that_are_no_text_nothing_is_owed_and_tokens_alone_prove(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    tale.say_bytes(a, b"\xff\xfe")
    tale.tell(a, "after")
    tale.end()
    made = rights(tale)
    assert misses(made) == []
    assert made.highest_received(a) == 3
    assert made.highest_received(b) == 1


def test_obligations_are_counted_and_those_of_the_cast_apart(tale: Tale) -> None:
    a = tale.join("ann")
    beacons = [tale.join(name, role=Role.BEACON) for name in ("x", "y")]
    for conn in (a, *beacons):
        tale.tell(conn, "hello")
    tale.end()
    made = rights(tale)
    assert misses(made) == []
    # Three people, each hearing hello and the closing message of two others; four are beacons'.
    assert (made.obligations, made.of_the_cast) == (12, 8)


GRACE = 600  # milliseconds: more than a relay may take


@pytest.mark.parametrize(
    ("others_heard", "wait", "patience", "certain"),
    [
        pytest.param("it", GRACE, 1.0, [False], id="all had it long before"),
        pytest.param("it", GRACE, 2.0, [], id="for a patient one not long before"),
        pytest.param("it", 1, 1.0, [], id="it may have been on its way"),
        pytest.param("nothing", GRACE, 1.0, [], id="nobody had it"),
        pytest.param("more", 1, 1.0, [True], id="somebody had what was said later"),
    ],
)
def test_what_was_said_before_one_joined_is_replayed_when_all_had_it(
    tale: Tale, others_heard: str, wait: int, patience: float, certain: list[bool]
) -> None:
    a, b = tale.room("ann", "bob")
    old = tale.say(a, "old")
    if others_heard != "nothing":
        tale.read(b, old)
    if others_heard == "more":
        tale.tell(a, "more")
    tale.tick(wait)
    late = tale.join("cid")
    tale.read(late, old)
    at = tale.now
    found = list(rights(tale).unlawful(patience))
    assert [one.certain for one in found] == certain
    assert [(one.receiver.conn, one.message.number, one.at) for one in found] == [
        (late, 1, at) for _ in certain
    ]


def test_with_nobody_else_there_a_replay_cannot_be_told(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    tale.leave(b)
    old = tale.say(a, "old")
    tale.tick(GRACE)
    tale.read(tale.join("cid"), old)
    assert list(rights(tale).unlawful()) == []


def test_the_first_roll_call_that_failed_tells_its_deadline(tale: Tale) -> None:
    assert rights(tale).roll_call_failure() == (0.0, 0.0)
    tale.fail(-1, Failure.HEARS, deadline=1.0, late=0.1)
    tale.fail(-1, Failure.ROLL_CALL, deadline=2.0, late=0.2)
    tale.fail(-1, Failure.ROLL_CALL, deadline=3.0, late=0.3)
    assert rights(tale).roll_call_failure() == (2.0, 0.2)


def test_who_was_not_there_at_the_end_and_heard_nothing_is_owed_nothing(tale: Tale) -> None:
    tale.room("ann", "bob")
    tale.join("cid")
    tale.add(events.StageBegun, Stage.ROLL_CALL)
    tale.add(events.StageBegun, Stage.CLEANUP)
    made = rights(tale)
    assert (misses(made), made.obligations) == ([], 2)


def test_of_who_said_what_is_no_text_only_what_came_before_or_with_a_token_was_received(
    tale: Tale,
) -> None:
    a, b = tale.room("ann", "bob")
    tale.say_bytes(a, b"\xff")
    tale.read(b, tale.say(a, "bare words of hers", bare=True))
    made = rights(tale)
    heard = [message.number for message in made.transcript.listeners[b].messages]
    assert (heard, made.highest_received(a)) == ([0, 2], 0)


def test_who_joined_after_the_last_word_of_another_is_owed_nothing_of_it(tale: Tale) -> None:
    _, b = tale.room("ann", "bob")
    late = tale.join("cid")
    tale.tell(b, "to all")
    tale.add(events.StageBegun, Stage.ROLL_CALL)
    tale.add(events.StageBegun, Stage.CLEANUP)
    made = rights(tale)
    assert made.stayed(made.people[late])
    # Both words of bob at ann, ann's at bob, and bob's last at cid; nothing of ann's.
    assert (misses(made), made.obligations) == ([], 4)


# -- earlier messages told to who comes --------------------------------------------------------


def _told_again(tell: MakeTale, count: int, live: int = 1) -> tuple[Tale, int]:
    """Let somebody come to whom `count` earlier messages are told; the dialect has twenty."""
    tale = tell("history")
    a, _, _ = tale.room("ann", "bob", "cid")
    told = [tale.tell(a, f"number {number}") for number in range(count + 3)]
    late = tale.join("dan")
    tale.read(late, b"".join(told[3:]))
    for _ in range(live):
        tale.tell(a, "live")
    return tale, late


# The last of it may have been on its way.
@pytest.mark.parametrize(("count", "unlawful"), [(1, 0), (20, 0), (21, 0), (22, 1), (24, 3)])
def test_so_much_history_is_lawful(tell: MakeTale, count: int, unlawful: int) -> None:
    tale, late = _told_again(tell, count)
    found = list(rights(tale).unlawful())
    assert [one.receiver.conn for one in found] == [late] * unlawful


def test_history_after_a_live_message_is_unlawful(tell: MakeTale) -> None:
    tale = tell("history")
    a, b, _ = tale.room("ann", "bob", "cid")
    old = tale.tell(b, "old")
    tale.tell(b, "newer")
    late = tale.join("dan")
    tale.tell(a, "live")
    tale.read(late, old)
    assert [one.message.number for one in rights(tale).unlawful()] == [1]


def test_history_does_not_prove_that_one_is_in(tell: MakeTale) -> None:
    tale, late = _told_again(tell, 5, live=0)
    assert rights(tale).people[late].joined is None
    tale, late = _told_again(tell, 5)
    assert rights(tale).people[late].joined is not None


def test_what_was_lost_between_history_and_coming_in_is_not_owed(tell: MakeTale) -> None:
    tale, late = _told_again(tell, 2, live=0)
    tale.tell(0, "said while it came", late)
    tale.tell(0, "live")
    tale.tell(0, "lost", late)
    tale.tell(0, "live")
    tale.end()
    assert misses(rights(tale)) == [(late, 0, 8, True)]


# -- own words ----------------------------------------------------------------------------------


def test_who_hears_itself_is_owed_its_own_words(tell: MakeTale) -> None:
    tale = tell("tutorial-lines")
    a, b = tale.room("ann", "bob")
    tale.say(a, "never comes back")
    came = tale.say(a, "comes back")
    tale.read(a, came.replace(b"ann: ", b"You: "))
    tale.end()
    found = misses(rights(tale))
    assert (a, a, 1, False) in found or (a, a, 1, True) in found
    assert not [one for one in found if one[:3] == (a, a, 2)]
    assert (b, b, 1, False) in found


def test_an_echo_proves_that_one_is_in(tell: MakeTale) -> None:
    tale = tell("tutorial-lines")
    a = tale.join("ann")
    said = tale.say(a, "hello")
    tale.read(a, said.replace(b"ann: ", b"You: "))
    assert rights(tale).people[a].joined is not None


def test_one_s_own_words_are_never_replayed(tell: MakeTale) -> None:
    tale = tell("tutorial-lines")
    a = tale.join("ann")
    said = tale.say(a, "early")
    tale.join("bob")
    tale.read(a, said.replace(b"ann: ", b"You: "))
    # As if it had joined only after saying it.
    made = rights(tale)
    made.people[a].joining = tale.now
    assert made.transcript.listeners[a].messages
    assert list(made.unlawful()) == []
