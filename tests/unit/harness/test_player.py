"""`harness.player`: what is put into somebody's mouth, with its token and its cuts."""

from __future__ import annotations

from random import Random

import pytest

from harness import tokens
from harness.dialect import Dialect
from harness.dialect_files import load_dialect
from harness.fakes import Fakes
from harness.on import Cutting, Segments
from harness.player import ENDLESS, GLUED, LOOKS_LIKE_TOKEN, MOST_RANDOM, Player
from harness.scenario import Step
from harness.texts import parse_text

RAW, LINES = load_dialect("raw"), load_dialect("lines")
LENGTH, NUL = load_dialect("length"), load_dialect("nul")


def player(dialect: Dialect = RAW, cutting: Cutting = Cutting.WHOLE, size: int = 0) -> Player:
    one = Player(
        name="alice",
        nick="Алиса",
        random=Random("words"),
        cutter=Random("cuts"),
        dialect=dialect,
        fakes=Fakes("en_US"),
        segments=Segments(cutting, size),
    )
    one.begin(3)
    return one


def a_step(**values: object) -> Step:
    return Step.model_validate({"who": "alice", **values})


def test_a_new_life_begins_anew() -> None:
    one = player()
    one.said, one.pending, one.untext = 5, b"half", True
    one.begin(4)
    assert (one.life, one.said, one.pending, one.untext) == (4, 0, b"", False)


def test_what_a_plan_says_of_somebody() -> None:
    one = player()
    one.freezes, one.typed = True, "\n"
    told = one.planned()
    assert (told.name, told.nick, told.freezes, told.typed) == ("alice", "Алиса", True, "\n")


# Saying


@pytest.mark.parametrize(("dialect", "end"), [(RAW, b""), (LINES, b"\n")], ids=["raw", "lines"])
def test_a_message_has_its_token_at_one_of_its_ends(dialect: Dialect, end: bytes) -> None:
    one = player(dialect)
    for number in range(20):
        said, problem = one.say(a_step(say="hi"), parse_text("hi"), 1.5, 0)
        token = tokens.mint(3, number)
        assert problem is None
        assert said.data in (token + b" hi" + end, b"hi " + token + end)
        assert (said.at, said.text, said.token, said.messages) == (1.5, "hi", token, None)
        assert (said.judged, said.glued, said.cuts) == (True, False, ())


@pytest.mark.parametrize(
    ("text", "bare", "data"), [("hi", True, b"hi"), ("", False, tokens.mint(3, 0))]
)
def test_without_a_token_or_a_text(text: str, bare: bool, data: bytes) -> None:
    step = a_step(say=text, bare=True) if bare else a_step(say=text)
    said, problem = player().say(step, parse_text(text), 0.0, 0)
    assert (said.data, problem) == (data, None)


@pytest.mark.parametrize(
    ("dialect", "text", "bare", "problem"),
    [
        (RAW, "a ~0000000000~ b", False, LOOKS_LIKE_TOKEN),
        (LINES, "a\nb", False, None),
        (RAW, "", True, None),
    ],
)
def test_what_cannot_be_said(dialect: Dialect, text: str, bare: bool, problem: str | None) -> None:
    one = player(dialect)
    step = a_step(say="x", bare=True) if bare else a_step(say="x")
    said, told = one.say(step, parse_text(text), 0.0, 0)
    assert told
    assert told == (problem or told)
    assert (said.data, one.said) == (b"", 0)


def test_a_message_that_was_begun_is_completed_by_what_is_said() -> None:
    one = player(LINES)
    one.send(a_step(send="beg"), 0.0, member=True)
    assert (one.pending, one.said) == (b"beg", 0)
    said, _ = one.say(a_step(say="x", bare=True), parse_text("un"), 0.0, 0)
    assert (said.data, said.messages, one.pending, one.said) == (b"un\n", (b"begun\n",), b"", 1)


def test_a_greeting_is_its_token() -> None:
    one = player(LINES)
    greeting = one.greeting()
    assert (greeting.token, greeting.data) == (tokens.mint(3, 0), tokens.mint(3, 0) + b"\n")
    assert one.said == 1


# Sending


@pytest.mark.parametrize(
    ("dialect", "send", "messages", "pending"),
    [
        (RAW, "one", (b"one",), b""),
        (RAW, ["on", "e"], (b"one",), b""),
        (LINES, "one{end}", (b"one\n",), b""),
        (LINES, "one{end}two{end}", (b"one\n", b"two\n"), b""),
        (LINES, "one{end}tw", (b"one\n",), b"tw"),
        (LINES, "on", (), b"on"),
        (LENGTH, "one{end}", (b"\0\0\0\3one",), b""),
        (LENGTH, ["o", "ne{end}", {"hex": "00 00 00 01"}], (b"\0\0\0\3one",), b"\0\0\0\1"),
        (NUL, "one{end}two{end}", (b"one\0", b"two\0"), b""),
    ],
)
def test_what_is_sent_completes_messages(
    dialect: Dialect, send: object, messages: tuple[bytes, ...], pending: bytes
) -> None:
    one = player(dialect)
    said, problem = one.send(a_step(send=send), 2.0, member=True)
    assert (said.messages, one.pending, problem) == (messages, pending, None)
    assert (said.at, said.token, said.judged, one.said) == (2.0, b"", True, len(messages))


def test_what_was_begun_goes_on() -> None:
    one = player(LINES)
    one.send(a_step(send="on"), 0.0, member=True)
    said, _ = one.send(a_step(send="e{end}"), 0.0, member=True)
    assert (said.messages, one.pending) == ((b"one\n",), b"")


def test_the_text_of_what_is_sent_is_for_who_waits_for_it() -> None:
    said, _ = player(LINES).send(a_step(send="one{end}"), 0.0, member=True)
    assert said.text == "one"


def test_what_is_sent_with_a_length_is_heard_as_its_text() -> None:
    # A length of 128 and more is no text, and says nothing of what it counts.
    said, _ = player(LENGTH).send(a_step(send="{я*100}{end}"), 0.0, member=True)
    assert (said.text, said.judged) == ("я" * 100, True)


def test_what_is_said_behind_a_length_that_was_begun_is_not_judged() -> None:
    one = player(LENGTH)
    one.send(a_step(send={"hex": "00 00 00 09"}), 0.0, member=True)
    said, _ = one.say(a_step(say="hi"), parse_text("hi"), 0.0, 0)
    assert not said.judged


def test_a_stranger_ends_what_stands_for_a_nickname() -> None:
    mixed = LINES.model_copy(update={"nickname": NUL.nickname})
    assert player(mixed).send(a_step(send="x{end}"), 0.0, member=False)[0].data == b"x\0"
    assert player(mixed).send(a_step(send="x{end}"), 0.0, member=True)[0].data == b"x\n"


def test_text_is_written_in_the_encoding_of_the_dialect() -> None:
    latin = LINES.model_copy(update={"encoding": "iso8859-1"})
    said, problem = player(latin).send(a_step(send="é{end}"), 0.0, member=True)
    assert (said.data, said.text, said.judged, problem) == (b"\xe9\n", "é", True, None)
    assert player(latin).send(a_step(send="я"), 0.0, member=True)[1] == (
        "'я' cannot be written in iso8859-1"
    )
    assert player(latin).say(a_step(say="é"), parse_text("é"), 0.0, 0)[0].data.count(b"\xe9") == 1


def test_segments_are_cut_where_they_are_written() -> None:
    said, _ = player(LINES).send(a_step(send=["a", "bcd", "{end}"]), 0.0, member=True)
    assert (said.data, said.cuts) == (b"abcd\n", (1, 4))


def test_one_segment_is_cut_like_a_message() -> None:
    said, _ = player(RAW, Cutting.BYTES, 2).send(a_step(send="abcde"), 0.0, member=True)
    assert said.cuts == (2, 4)


@pytest.mark.parametrize(
    ("dialect", "send", "messages"),
    [
        (RAW, {"hex": "ff fe"}, (b"\xff\xfe",)),
        (LINES, {"hex": "ff"}, (b"\xff",)),
        (LINES, ["one{end}", {"hex": "c3"}], (b"one\n", b"\xc3")),
        (LINES, [{"hex": "c3"}, "{end}"], (b"\xc3\n",)),
        (LENGTH, [{"hex": "c3"}, "{end}"], (b"\0\0\0\1\xc3",)),
        # A length beyond all bounds.
        (LENGTH, "xxxx", (b"xxxx",)),
    ],
)
def test_after_what_is_no_text_nothing_is_judged(
    dialect: Dialect, send: object, messages: tuple[bytes, ...]
) -> None:
    one = player(dialect)
    said, _ = one.send(a_step(send=send), 0.0, member=True)
    assert (said.messages, said.judged, one.untext, one.pending) == (messages, False, True, b"")
    later, _ = one.say(a_step(say="hi"), parse_text("hi"), 0.0, 0)
    assert not later.judged
    assert one.said == len(messages) + 1


@pytest.mark.parametrize(("length", "judged"), [(ENDLESS, True), (ENDLESS + 1, False)])
def test_a_line_without_end_may_be_refused(length: int, judged: bool) -> None:
    one = player(LINES)
    said, _ = one.send(a_step(send=f"{{x*{length}}}"), 0.0, member=True)
    assert (said.judged, len(said.messages or ())) == (judged, 0 if judged else 1)


def test_a_stranger_completes_nothing() -> None:
    one = player(LINES)
    said, _ = one.send(a_step(send={"hex": "ff"}), 0.0, member=False)
    assert (said.messages, said.judged, one.said, one.untext) == ((), True, 0, False)


@pytest.mark.parametrize(
    ("dialect", "send", "problem"),
    [
        (RAW, "{end}", "nothing is left to send: this dialect ends with nothing"),
        (RAW, "~0000000000~", LOOKS_LIKE_TOKEN),
        (RAW, ["~00000", "00000~"], LOOKS_LIKE_TOKEN),
    ],
)
def test_what_cannot_be_sent(dialect: Dialect, send: object, problem: str) -> None:
    assert player(dialect).send(a_step(send=send), 0.0, member=True)[1] == problem


# Cutting


@pytest.mark.parametrize(
    ("cutting", "size", "cuts"),
    [
        (Cutting.WHOLE, 0, ()),
        (Cutting.GLUED, 0, ()),
        (Cutting.BYTES, 1, (1, 2, 3, 4)),
        (Cutting.BYTES, 2, (2, 4)),
        (Cutting.BYTES, 5, ()),
    ],
)
def test_where_it_is_cut(cutting: Cutting, size: int, cuts: tuple[int, ...]) -> None:
    assert player(RAW, cutting, size).cuts(b"abcde") == cuts


def test_cut_anywhere() -> None:
    one = player(RAW, Cutting.RANDOM)
    drawn = [one.cuts(b"x" * 40) for _ in range(50)]
    assert all(list(cuts) == sorted(set(cuts)) for cuts in drawn)
    assert all(0 < cut < 40 for cuts in drawn for cut in cuts)
    assert max(map(len, drawn)) <= MOST_RANDOM
    assert len(set(drawn)) > 10


@pytest.mark.parametrize("data", [b"", b"x"])
def test_what_cannot_be_cut(data: bytes) -> None:
    one = player(RAW, Cutting.RANDOM)
    assert {one.cuts(data) for _ in range(9)} == {()}


def test_a_nickname_is_cut_where_something_ends_it() -> None:
    assert player(RAW, Cutting.BYTES, 4).nickname_cuts() == ()
    assert player(LINES, Cutting.BYTES, 4).nickname_cuts() == (4, 8)


def test_glued_messages_come_in_groups_and_end_with_the_step() -> None:
    one = player(LINES, Cutting.GLUED)
    step = a_step(say="x", times=5)
    glued = [one.say(step, parse_text("x"), 0.0, index)[0].glued for index in range(5)]
    assert GLUED == 3
    assert glued == [True, True, False, True, False]


def test_cuts_do_not_change_the_words() -> None:
    words = [
        [one.say(a_step(say="{word}"), parse_text("{word}"), 0.0, 0)[0].data for _ in range(9)]
        for one in (player(), player(RAW, Cutting.RANDOM))
    ]
    assert words[0] == words[1]
