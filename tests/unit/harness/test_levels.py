"""Which order a run shows, by small histories made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from spoken import TOKEN, Story, short, shown, story

from harness import causality, judge, levels
from harness.anomalies import Fault
from harness.levels import levels_of
from harness.precedence import Precedence
from harness.transcript import Transcript
from harness.verdict import Levels, Order, Outcome

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale


def test_one_order_fits_all() -> None:
    assert story("a0@1 b0@2", c="a0 b0", d="a0 b0").levels() == Levels(Order.TOTAL)


def test_two_people_heard_two_messages_in_the_opposite_order() -> None:
    told = story("a0@1 b0@2", c="a0@5 b0@6", d="b0@7 a0@8").levels()
    assert told.order is Order.CAUSAL
    assert told.causal is None
    assert told.total is told.refuted
    assert told.total
    assert short(told.total.says) == (
        "two people heard two messages in the opposite order: "
        "carol heard ann's a0 before bob's b0, dan after it"
    )
    assert shown(told.total) == [
        *("ann says a0 @1", "bob says b0 @2", "carol hears a0 @5", "carol hears b0 @6"),
        *("dan hears b0 @7", "dan hears a0 @8"),
    ]


def test_opposite_orders_are_seen_across_what_only_one_heard() -> None:
    # Nowhere does one stand right before the other.
    told = story("a0@1 b0@2 e0@3", c="a0 e0 b0", d="b0 a0").levels()
    assert told.total
    assert short(told.total.says).endswith("carol heard ann's a0 before bob's b0, dan after it")


@pytest.mark.parametrize("steps", [levels.MOST_STEPS, 0])
def test_three_people_contradict_each_other_and_no_two_of_them(
    monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(levels, "MOST_STEPS", steps)
    told = story("a0@1 b0@2 e0@3", c="a0@5 b0@6", d="b0@5 e0@6", a="e0@5", b="e0@5 a0@6").levels()
    assert told.order is Order.CAUSAL
    assert told.total
    assert short(told.total.says).startswith("no one order fits what was heard: ")
    assert sorted(shown(told.total)) == [
        *("ann says a0 @1", "bob hears a0 @6", "bob hears e0 @5", "bob says b0 @2"),
        *("carol hears a0 @5", "carol hears b0 @6", "dan hears b0 @5", "dan hears e0 @6"),
        "eve says e0 @3",
    ]


def test_an_answer_comes_before_what_it_answers() -> None:
    told = story("a0@1 b0@4", b="a0@3", c="b0@5 a0@6").levels()
    assert told.order is Order.PER_SENDER
    assert told.total is None
    assert told.note == levels.ALL_ALIKE
    assert told.causal is told.refuted
    assert told.causal
    assert short(told.causal.says) == (
        "an answer came before what it answers: carol heard bob's b0 before ann's a0: "
        "bob had heard that one before saying this"
    )
    assert shown(told.causal) == [
        *("ann says a0 @1", "bob hears a0 @3", "bob says b0 @4", "carol hears b0 @5"),
        "carol hears a0 @6",
    ]


def test_neither_total_nor_causal() -> None:
    told = story("a0@1 b0@4", b="a0@3", c="b0 a0", d="a0 b0").levels()
    assert told.order is Order.PER_SENDER
    assert told.total
    assert not told.note


def test_an_answer_to_an_answer() -> None:
    # Carol never heard bob, so only the way through him shows it.
    told = story("a0@1 b0@4 d0@7", b="a0@3", d="b0@6", c="d0@8 a0@9").levels()
    assert told.causal
    assert "this answers that one by way of 1 other message" in told.causal.says
    assert shown(told.causal) == [
        *("ann says a0 @1", "bob hears a0 @3", "bob says b0 @4", "dan hears b0 @6"),
        *("dan says d0 @7", "carol hears d0 @8", "carol hears a0 @9"),
    ]


def test_an_answer_by_two_ways() -> None:
    one = story("a0@1 b0@4 d0@4 e0@7", b="a0@3", d="a0@3", e="b0@5 d0@6", c="e0@8 a0@9")
    lines = shown(one.levels().causal)
    assert (len(lines), lines[0], lines[-1]) == (7, "ann says a0 @1", "carol hears a0 @9")


def test_own_earlier_messages_come_before_an_answer_to_a_later_one() -> None:
    told = story("a0@1 a1@2 d0@7", d="a1@6", c="d0@8 a0@9").levels()
    assert shown(told.causal) == [
        *("ann says a0 @1", "ann says a1 @2", "dan hears a1 @6", "dan says d0 @7"),
        *("carol hears d0 @8", "carol hears a0 @9"),
    ]


def test_what_is_shown_is_the_plainest_answer() -> None:
    # Carol shows one that goes by way of bob; what eve heard is plainer.
    said = "a0@1 b0@4 d0@7"
    told = story(said, b="a0@3", d="b0@6", c="d0@8 a0@9", e="d0@8 b0@9").levels()
    assert shown(told.causal) == [
        *("bob says b0 @4", "dan hears b0 @6", "dan says d0 @7"),
        *("eve hears d0 @8", "eve hears b0 @9"),
    ]


@pytest.mark.parametrize(
    ("name", "one"),
    [
        # Bob reads it at the very moment at which he speaks.
        ("what touches is concurrent", story("a0@1 b0@4", b="a0@4", c="b0 a0", d="b0 a0")),
        ("said before it was heard", story("a0@1 b0@2", b="a0@3", c="b0 a0", d="b0 a0")),
        # Her own message has no place in her order, though she said it first.
        ("own messages", story("a0@1 b0@2", a="b0@9", c="b0 a0", d="b0 a0")),
        ("a late joiner heard the answer alone", story("a0@1 b0@4", b="a0@3", c="b0", d="a0 b0")),
    ],
)
def test_lawful(name: str, one: Story) -> None:
    told = one.levels()
    assert told.refuted is None, name
    assert told.order in (Order.TOTAL, Order.UNDETERMINED), name


def test_concurrent_answers_do_not_contradict_each_other() -> None:
    # Each is heard in an order of its own, and yet nobody hears an answer first.
    said = "a0@1 b0@4 c0@1 d0@4"
    told = story(said, b="a0@3", d="c0@3", e="a0@5 d0@6 b0@7", a="c0@5 b0@6 d0@7").levels()
    assert told.order is Order.CAUSAL


def test_receivers_agree_and_yet_no_order_fits_with_the_answers() -> None:
    # What eve and ann heard goes round only together with why it was said.
    said = "a0@1 b0@4 c0@1 d0@4"
    told = story(said, b="a0@3", d="c0@3", e="d0@5 a0@6", a="b0@5 c0@6").levels()
    assert told.refuted is None
    assert told == Levels(Order.UNDETERMINED, note=levels.NOTHING)


# -- what is left out --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "one"),
    [
        ("nobody spoke", story("")),
        ("nobody heard", story("a0@1")),
        ("one receiver", story("a0@1 b0@2", c="a0 b0")),
        ("one sender", story("a0@1 a1@2", b="a0 a1", c="a0 a1")),
        ("others of the same", story("a0@1 a1@2 b0@3 b1@4", c="a0 b0", d="a1 b1")),
        ("nothing in common", story("a0@1 b0@2 d0@3", c="a0 b0", e="a0 d0")),
        ("twice", story("a0@1 b0@2", c="a0 b0", d="b0 b0")),
        ("an echo", story("a0@1 b0@2", c="a0 b0", a="b0 a0")),
        ("heard before what came earlier", story("a0@1 b0@2", c="a0@5 b0@6", d="b0@9 a0@8")),
    ],
)
def test_there_is_nothing_to_tell_by(name: str, one: Story) -> None:
    assert one.levels() == Levels(Order.UNDETERMINED, note=levels.NOTHING), name


def opposite() -> Transcript:
    return story("a0@1 b0@2", c="a0 b0", d="b0 a0").transcript()


def test_what_is_not_certain_is_left_out() -> None:
    for marked in ("damaged", "doubtful"):
        transcript = opposite()
        getattr(transcript.listeners[3], marked).add(transcript.listeners[3].messages[0])
        assert levels_of(transcript).order is Order.UNDETERMINED


def test_what_no_token_tells_is_left_out() -> None:
    one = story("a0@1 b0@2", c="a0 b0", d="b0 a0")
    one.bare.add("b0")
    assert one.levels().order is Order.UNDETERMINED


def test_who_cannot_be_understood_is_left_out() -> None:
    for mark in ("deaf", "overwhelmed"):
        transcript = opposite()
        setattr(transcript.listeners[3], mark, True)
        assert levels_of(transcript).order is Order.UNDETERMINED


def test_the_words_of_who_cannot_be_understood_still_count() -> None:
    transcript = opposite()
    transcript.listeners[0].deaf = True
    assert levels_of(transcript).order is Order.CAUSAL


def test_what_is_no_text_is_left_out() -> None:
    transcript = opposite()
    transcript.voices.speeches[1].untext = 0
    assert levels_of(transcript).order is Order.UNDETERMINED


# -- not even per sender -----------------------------------------------------------------------


def test_one_senders_messages_come_out_of_order(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    one, two = tale.say(a, "one"), tale.say(a, "two")
    tale.read(b, two + one)
    told = levels_of(tale.transcript())
    assert told.order is Order.NONE
    assert told.refuted is told.sender
    assert told.sender
    assert TOKEN.sub("", told.sender.says) == (
        "bob heard ann's “ two” before “ one”, which ann had said earlier"
    )
    texts = [f"{m.who} {TOKEN.sub('', m.text)}" for m in told.sender.moments]
    assert texts == ["ann says “ one”", "ann says “ two”", "bob hears “ two”", "bob hears “ one”"]


def test_other_anomalies_and_senders_that_are_not_judged_say_nothing_of_order(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    one, two = tale.say(a, "one"), tale.say(a, "two")
    tale.read(b, two + one + one + b"zzz")
    transcript = tale.transcript()
    faults = {anomaly.fault for anomaly in transcript.listeners[b].anomalies}
    assert {Fault.ORDER} < faults
    transcript.voices.speeches[a].untext = 0
    assert levels_of(transcript).sender is None


# -- so much that it is not looked at ----------------------------------------------------------


def test_too_many_deliveries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels, "MOST_DELIVERIES", 3)
    told = levels_of(opposite())
    assert told == Levels(Order.UNDETERMINED, note="more than 3 deliveries are not looked at")


@pytest.mark.parametrize("bound", ["MOST_MESSAGES", "MOST_BITS"])
def test_too_much_to_find_answers_in(monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    monkeypatch.setattr(causality, bound, 1)
    told = levels_of(opposite())
    assert told.order is Order.UNDETERMINED
    assert told.note == levels.TOO_TANGLED
    assert told.total


# -- and the judge -----------------------------------------------------------------------------


def test_the_judge_tells_the_order(tale: Tale) -> None:
    tale.room("ann", "bob", "carol")
    tale.end()
    assert tale.verdict().levels == Levels(Order.TOTAL)


def test_a_mistake_here_takes_nothing_from_the_verdict(
    tale: Tale, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Transcript) -> Levels:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(judge, "levels_of", fail)
    tale.room("ann", "bob", "carol")
    tale.end()
    verdict = tale.verdict()
    assert verdict.outcome is Outcome.PASS
    note = "the harness made a mistake: ZeroDivisionError: oh"
    assert verdict.levels == Levels(Order.UNDETERMINED, note=note)


def test_knots_as_long_as_a_run_are_found() -> None:
    # Two circles; nothing here goes as deep as Python's stack.
    first, second = range(20_000), range(20_000, 45_000)
    chains = [[*first], [first[-1], 0], [*second], [second[-1], second[0]]]
    # However they hang together: the search comes to the first one first.
    for link in ([0, second[0]], [second[0], 0]):
        knots = Precedence(45_000, [*chains, link]).knots()
        assert [sorted(knot) for knot in knots] == [[*first], [*second]]


def test_the_shortest_circle_is_shown() -> None:
    graph = Precedence(5, [[0, 1, 2, 3, 0], [0, 1], [3, 4], [2, 0]])
    (knot,) = graph.knots()
    assert sorted(knot) == [0, 1, 2, 3]
    assert graph.shortest_cycle([0, 1, 2, 3], 100) == [0, 1, 2]
    assert graph.shortest_cycle([3, 0, 1, 2], 0) == [3, 0, 1, 2]
