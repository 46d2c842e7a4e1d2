"""`harness.blame`: what a loss goes with names the requirement."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from harness import blame
from harness.announcement import Announcement, Occasion
from harness.blame import Lost, is_like, of_losses
from harness.dialect_files import load_dialect
from harness.events import Cut, Ending, Eof, Failure, Froze, Left, Sent, Thawed
from harness.plan import Deed, PlannedStep, Scene
from harness.scenario import Verb

if TYPE_CHECKING:
    from tests.unit.harness.conftest import MakeTale, Tale


def blamed(tale: Tale) -> str:
    """End the run, and tell what is blamed for all that was lost in it."""
    tale.end()
    case = tale.case()
    misses = case.membership.missing()
    assert misses
    messages = dict.fromkeys(miss.message for miss in misses)
    return of_losses(
        case,
        [Lost(one, tuple(miss for miss in misses if miss.message is one)) for one in messages],
    )


def nothing(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.tell(a, "one", b)


def frozen(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.add(Froze, b)
    tale.add(Thawed, b)
    tale.tell(a, "one", b)


def frozen_and_another(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.add(Froze, b)
    tale.add(Thawed, b)
    tale.say(a, "one")
    tale.tell(a, "two")


def greeting(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    step = PlannedStep(0, 1, "cid: join", Verb.JOIN, (Deed("cid", Verb.JOIN, 2),))
    tale.scenes = (Scene((step,)),)
    c = tale.join("cid")
    tale.tell(a, "welcome")
    tale.add(Cut, c, 1, 0, 2)
    tale.read(a, tale.say(c, "hello", step=0))
    tale.tell(c, "more")
    assert b in tale.members


def broken_name(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    tale.add(Cut, a, 2, 2, 1)
    tale.read(b, b"an: n\n" if tale.dialect.framed else b"an: n")
    tale.tell(a, "one", b, c)


def whole_name_and_cut(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    tale.add(Cut, a, 2, 2, 1)
    tale.tell(a, "one", b, c)


def cut_character(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.add(Cut, a, 2, 2, 1)
    tale.tell(a, "я", b)


def bad_bytes(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    tale.say(a, "one")
    tale.say_bytes(c, b"\xff")
    tale.add(Eof, a)
    tale.members.discard(a)
    assert b in tale.members


def namesake_of_sender(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    other = tale.connect("eve", "ann")
    tale.add(Sent, other, b"ann")
    tale.tell(a, "one", b, c)


def namesake_of_receiver(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    other = tale.join("eve", "bob")
    tale.tell(a, "hello")
    tale.tell(other, "hello")
    tale.tell(a, "one", b)


def namesake_of_another(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    other = tale.join("eve", "cid")
    tale.tell(a, "hello")
    tale.tell(other, "hello")
    tale.tell(a, "one", b)


def long(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.tell(a, "x" * 1200, b)


def last_word(tale: Tale) -> None:
    a, _, _ = tale.room("ann", "bob", "cid")
    tale.say(a, "bye")
    tale.leave(a)


def half_closed(tale: Tale) -> None:
    a, _, _ = tale.room("ann", "bob", "cid")
    tale.say(a, "bye")
    tale.leave(a, Ending.HALF_CLOSE)


def departure(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    tale.leave(c, Ending.RESET)
    tale.say(a, "one")
    assert b in tale.members


def thrown_out(tale: Tale) -> None:
    a, _, c = tale.room("ann", "bob", "cid")
    tale.add(Eof, c)
    tale.say(a, "one")
    tale.add(Eof, a)


def departure_before_the_first(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    d = tale.join("dan")
    tale.tell(a, "welcome")
    tale.leave(b, Ending.RESET)
    tale.tell(d, "hello", c)
    tale.tell(d, "more")


def departure_with_words_still_to_come(tale: Tale) -> None:
    a, b, c, d = tale.room("ann", "bob", "cid", "dan")
    early = tale.say(d, "early")
    tale.leave(c, Ending.RESET)
    tale.tell(a, "one")
    tale.say(a, "two")
    tale.read(b, early)
    tale.read(a, early)


def departure_with_nothing_to_come(tale: Tale) -> None:
    a, b, c, d = tale.room("ann", "bob", "cid", "dan")
    tale.tell(d, "early", b)
    tale.leave(c, Ending.RESET)
    tale.tell(a, "one")
    tale.now += blame.NOTICED
    tale.tell(a, "two", b)


def stranger_left(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    door = tale.connect("eve")
    tale.add(Left, door, Ending.RESET)
    tale.tell(a, "one", b)


def protocol(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.tell(a, "bob: hi", b)


def prompt(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.tell(a, "nickname", b)


def not_yet_heard(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    c = tale.join("cid")
    tale.tell(a, "welcome")
    tale.tell(c, "hello", b)
    tale.tell(c, "more")


def hears_nobody(tale: Tale) -> None:
    a = tale.join("ann")
    b = tale.join("bob")
    tale.tell(b, "hello")
    tale.say(a, "one")


LOSSES: list[tuple[Callable[[Tale], None], str, str]] = [
    (nothing, "RELAY-1", "RELAY-1"),
    (frozen, "LOAD-2", "LOAD-2"),
    (frozen_and_another, "RELAY-1", "RELAY-1"),
    (greeting, "JOIN-9", "JOIN-9"),
    (broken_name, "JOIN-9", "JOIN-9"),
    (whole_name_and_cut, "RELAY-1", "RELAY-9"),
    (cut_character, "INPUT-2", "RELAY-9"),
    (bad_bytes, "INPUT-1", "INPUT-1"),
    (namesake_of_sender, "JOIN-7", "JOIN-7"),
    (namesake_of_receiver, "JOIN-7", "JOIN-7"),
    (namesake_of_another, "RELAY-1", "RELAY-1"),
    (long, "RELAY-7", "RELAY-7"),
    (last_word, "LEAVE-5", "LEAVE-5"),
    (half_closed, "LEAVE-5", "LEAVE-5"),
    (departure, "LEAVE-3", "LEAVE-3"),
    (thrown_out, "RELAY-1", "RELAY-1"),
    (departure_before_the_first, "LEAVE-3", "LEAVE-3"),
    (departure_with_words_still_to_come, "LEAVE-3", "LEAVE-3"),
    (departure_with_nothing_to_come, "RELAY-1", "RELAY-1"),
    (stranger_left, "RELAY-1", "RELAY-1"),
    (protocol, "RELAY-10", "RELAY-10"),
    (prompt, "RELAY-10", "RELAY-10"),
    (not_yet_heard, "JOIN-2", "JOIN-2"),
    (hears_nobody, "RELAY-1", "RELAY-1"),
]


@pytest.mark.parametrize(("happens", "raw", "lines"), LOSSES)
@pytest.mark.parametrize("dialect", ["raw", "lines"])
def test_what_a_loss_goes_with(
    tell: MakeTale, dialect: str, happens: Callable[[Tale], None], raw: str, lines: str
) -> None:
    tale = tell(dialect)
    happens(tale)
    assert blamed(tale) == (raw if dialect == "raw" else lines)


def test_losses_that_one_thing_does_not_explain(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.tell(a, "x" * 1200, b)
    tale.tell(a, "one", b)
    assert blamed(tale) == "RELAY-1"


@pytest.mark.parametrize(
    ("text", "requirement"),
    [
        (b"an: n\n", "JOIN-9"),
        (b"ann: \n", "JOIN-9"),
        (b"ann: two\n", "RELAY-9"),
        (b"ann: something else\n", "otherwise"),
        (b"bob: one\n", "otherwise"),
        (b"x\n", "otherwise"),
    ],
)
def test_text_that_nobody_said_as_it_came(tell: MakeTale, text: bytes, requirement: str) -> None:
    tale = tell("lines")
    a, _, c = tale.room("ann", "bob", "cid")
    tale.say(a, "one two")
    tale.add(Cut, a, 2, 2, 1)
    door = tale.connect("dan")
    tale.add(Cut, door, 2, 2, 1)
    tale.read(c, text)
    case = tale.case()
    (anomaly,) = case.transcript.listeners[c].anomalies
    assert blame.of_strange_text(case, anomaly, "otherwise") == requirement


def test_without_frames_a_piece_says_nothing(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    tale.add(Cut, a, 2, 2, 1)
    tale.read(b, b"an: n")
    case = tale.case()
    (anomaly,) = case.transcript.listeners[b].anomalies
    assert blame.of_strange_text(case, anomaly, "otherwise") == "otherwise"


def test_nobody_heard_it(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.say(a, "one")
    case = tale.case()
    message = case.transcript.voices.speeches[a].messages[-1]
    assert blame.first_heard(case, message) == message.at


@pytest.mark.parametrize(
    ("wait", "seen"), [(None, False), (0, True), (999, True), (1_000, False), (-1, False)]
)
def test_what_is_no_text_was_said_shortly_before(tale: Tale, wait: int | None, seen: bool) -> None:
    a, _ = tale.room("ann", "bob")
    tale.say_bytes(a, b"\xff")
    at = None if wait is None else tale.now + wait * 1_000_000
    assert blame.is_after_bad_bytes(tale.case(), at) is seen


@pytest.mark.parametrize(
    ("fault", "requirement", "before"),
    [
        ("none", "LIFE-4", ""),
        ("long ago", "LIFE-4", ""),
        ("a reset", "LEAVE-2", "bob had just left (reset)"),
        ("a close", "LEAVE-1", "bob had just left (close)"),
        ("no text", "INPUT-1", "ann had just said what is no text"),
        ("strange", "JOIN-8", "eve had just sent other bytes in place of a nickname"),
        ("strange, and left", "JOIN-8", "eve had just sent other bytes in place of a nickname"),
        ("left", "JOIN-4", "eve had just left before giving a nickname"),
        ("both", "JOIN-4", "eve had just left before giving a nickname"),
    ],
)
def test_what_happened_before_the_end(
    tale: Tale, fault: str, requirement: str, before: str
) -> None:
    a, b = tale.room("ann", "bob")
    eve = tale.connect("eve")
    if fault in ("no text", "both", "long ago"):
        tale.say_bytes(a, b"\xff")
    if fault.startswith("strange"):
        tale.add(Sent, eve, b"\xff")
    if fault in ("left", "both", "strange, and left"):
        tale.add(Left, eve, Ending.RESET)
    if fault == "a reset":
        tale.leave(b, Ending.RESET)
    if fault == "a close":
        tale.leave(b, Ending.CLOSE)
    if fault == "long ago":
        tale.tick(1_000)
    assert blame.of_end(tale.case(), tale.tick()) == (requirement, before)


@pytest.mark.parametrize(
    ("text", "like"),
    [
        (b"bob joined the chat!", True),
        (b"~0~ so bob joined the party of the chat!", True),
        (b"bob joined", False),
        (b"the chat! joined ", False),
    ],
)
def test_what_looks_like_a_notice(text: bytes, like: bool) -> None:
    told = Announcement.model_validate({"text": "{nick} joined {any} the chat!"})
    if b"party" not in text:
        told = Announcement.model_validate({"text": "{nick} joined the chat!"})
    assert is_like(told.notice(Occasion.JOIN), text, load_dialect("raw")) is like


@pytest.mark.parametrize(("text", "requirement"), [("eve left!", "RELAY-10"), ("eve", "RELAY-1")])
def test_a_lost_message_that_looks_like_a_notice(
    tell: MakeTale, text: str, requirement: str
) -> None:
    tale = tell("lines")
    leave = Announcement.model_validate({"text": "{nick} left!"})
    tale.dialect = tale.dialect.model_copy(update={"leave": leave})
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.tell(a, text, b)
    tale.tell(a, "two")
    assert blamed(tale) == requirement


@pytest.mark.parametrize(
    ("before", "requirement"),
    [("nothing", "STAY-1"), ("no text", "INPUT-1"), ("a namesake", "JOIN-7"), ("both", "INPUT-1")],
)
def test_what_somebody_was_thrown_out_for(tale: Tale, before: str, requirement: str) -> None:
    a, b = tale.room("ann", "bob")
    if before in ("a namesake", "both"):
        tale.join("eve", "ann")
    if before in ("no text", "both"):
        tale.say_bytes(b, b"\xff")
    tale.add(Eof, a)
    case = tale.case()
    assert blame.of_throw_out(case, case.transcript.people[a]) == requirement


def test_a_namesake_long_before_explains_nothing(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.join("eve", "ann")
    tale.tick(1_000)
    tale.add(Eof, a)
    case = tale.case()
    assert blame.of_throw_out(case, case.transcript.people[a]) == "STAY-1"


def test_who_did_not_read_while_a_step_was_waited_for(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    tale.add(Froze, b)
    tale.add(Froze, c)
    tale.add(Thawed, c)
    tale.tick(6_000)
    tale.fail(a, Failure.ACCEPT, deadline=5.0)
    case = tale.case()
    (failure,) = case.transcript.failures
    told = "bob did not read: the server waits for whoever does not"
    assert blame.of_sleepers(case, failure) == told
    tale.add(Thawed, b)
    tale.tick(6_000)
    tale.fail(a, Failure.ACCEPT, deadline=5.0)
    case = tale.case()
    assert blame.of_sleepers(case, case.transcript.failures[-1]) == ""
