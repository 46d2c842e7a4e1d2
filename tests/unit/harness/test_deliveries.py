"""Pieces become messages, with the time of their last byte and what was wrong with them."""

import pytest
from streams import doubtful, hear, heard, stream, voices_of, wrong

from harness import deliveries
from harness.announcement import Occasion
from harness.anomalies import MOST_TEXT, Fault

NAMES = ("ann", "bob", "bob")


def test_a_message_is_heard_when_its_last_byte_is() -> None:
    listener = hear(voices_of("raw", NAMES, ["0 # one", "1 # x"]), "ann: <0.0> o|n|ebob: <1.0> x")
    assert heard(listener) == "0.0 1.0"
    assert listener.times == [1002, 1002]


def test_who_comes_late_does_not_hear_what_had_begun_before() -> None:
    listener = hear(voices_of("raw", NAMES, ["0 # one", "0 # two"]), "ann: one<0.1> two")
    assert (heard(listener), wrong(listener)) == ("0.1", [])
    assert listener.splits == [(0, 13)]


def test_where_it_was_cut_is_kept() -> None:
    listener = hear(
        voices_of("raw", NAMES, ["0 # one two", "1 # x"]),
        "ann: <0.0> onebob: <1.0> xann:  two",
    )
    assert (heard(listener), listener.splits) == ("1.0 0.0", [(0, 16)])


def test_so_many_splits_are_kept_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "MOST_ANOMALIES", 2)
    listener = hear(
        voices_of("raw", NAMES, ["0 # abcd", "1 # x"]),
        "ann: <0.0>ann:  aann: bann: cann: d",
    )
    assert (heard(listener), listener.splits) == ("0.0", [(0, 12), (0, 14)])


@pytest.mark.parametrize(
    ("read", "cut"),
    [
        pytest.param("ann: <0.0> я|ann: юbob: <1.0> x", [], id="between two characters"),
        pytest.param(
            stream("ann: <0.0> ") + b"\xd1bob: |" + stream("<1.0> xann: ") + b"\x8f\xd1\x8e",
            [(0, 14, 1000)],
            id="inside a character",
        ),
    ],
)
def test_a_prefix_inside_a_character_is_noted(read: str | bytes, cut: list[object]) -> None:
    voices = voices_of("raw", NAMES, ["0 # яю", "1 # x"])
    listener = hear(voices, read)
    assert sorted(heard(listener).split()) == ["0.0", "1.0"]
    assert [(m.number, offset, at) for m, offset, at in listener.cut_characters] == cut


def test_a_cut_character_of_who_is_not_judged_does_not_matter() -> None:
    voices = voices_of("raw", NAMES, ["0 # яю", "1 # x"])
    voices.speeches[0].untext = 0
    listener = hear(voices, stream("ann: <0.0> ") + b"\xd1bob: " + stream("<1.0> x"))
    assert listener.cut_characters == []


def test_an_echo_is_told_once_for_each_message() -> None:
    voices = voices_of("raw", NAMES, ["0 # one", "0 # two"])
    listener = hear(voices, "ann: <0.0> oneann: <0.1> two", own=0)
    assert wrong(listener) == ["echo 0.0", "echo 0.1"]
    assert {message.number for message in listener.echoed} == {0, 1}


@pytest.mark.parametrize(
    ("said", "read", "messages", "doubts"),
    [
        pytest.param(
            ["0 aa", "0 aa", "0 b"], "ann: aa|ann: b", "0.1 0.2", "", id="what comes later tells"
        ),
        pytest.param(["0 aa", "0 aa"], "ann: aa", "", "0.0 0.1", id="nothing comes later"),
        pytest.param(
            ["0 aa", "0 aa", "0 b"], "ann: aa", "", "0.0 0.1", id="what surely was not heard yet"
        ),
        pytest.param(
            ["0 aa", "0 aa", "0 aa", "1 # x", "0 b"],
            "ann: aabob: <1.0> xann: aaann: b",
            "1.0 0.1 0.2 0.3",
            "",
            id="several pieces wait",
        ),
    ],
)
def test_a_piece_that_may_be_several_waits(
    said: list[str], read: str, messages: str, doubts: str
) -> None:
    listener = hear(voices_of("raw", NAMES, said), read)
    assert (heard(listener), doubtful(listener), wrong(listener)) == (messages, doubts, [])


def test_what_namesakes_said_alike_is_doubtful_and_no_more() -> None:
    voices = voices_of("raw", NAMES, ["1 # a", "1 hi", "1 # b", "2 # c", "2 hi", "2 # d"])
    listener = hear(voices, "bob: <1.0> abob: <2.0> cbob: hibob: <1.2> bbob: <2.2> d")
    assert wrong(listener) == []
    assert "1.0 2.0" in heard(listener)
    assert doubtful(listener) in ("", "1.1 2.1")


def test_the_numbers_are_brought_up_to_date() -> None:
    listener = hear(voices_of("raw", NAMES, ["0 # one", "0 # two", "1 # x"]), "ann: <0.0> one")
    listener.count()
    assert dict(listener.numbers) == {0: {0}}
    listener.read(stream("ann: <0.1> twobob: <1.0> x"), 2000)
    listener.count()
    assert dict(listener.numbers) == {0: {0, 1}, 1: {0}}


@pytest.mark.parametrize(
    ("fault", "damaged"),
    [(Fault.ALTERED, True), (Fault.CUT_SHORT, True), (Fault.REPEATED, False)],
)
def test_a_message_is_damaged_where_its_bytes_are_wrong(fault: Fault, damaged: bool) -> None:
    voices = voices_of("raw", NAMES, ["0 # one"])
    kept = hear(voices, "ann: <0.0> one")
    message = voices.speeches[0].messages[0]
    kept.note(fault, 3, b"x" * 1000, message, 2, ("ann",))
    assert (message in kept.damaged) is damaged
    (one,) = kept.anomalies
    assert (one.fault, one.position, one.at, one.message, one.offset, one.names, one.text) == (
        fault,
        3,
        1000,
        message,
        2,
        ("ann",),
        b"x" * MOST_TEXT,
    )


def test_after_so_many_anomalies_nobody_listens_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "MOST_ANOMALIES", 3)
    monkeypatch.setattr(deliveries, "MOST_NOTED", 5)
    voices = voices_of("raw", NAMES, ["0 # one", "1 # x"])
    listener = hear(voices, "ann: <0.0> one|" + "ann: <0.0> one|" * 8 + "bob: <1.0> x")
    assert wrong(listener) == ["repeated 0.0"] * 3
    assert listener.deaf
    assert "1.0" not in heard(listener)


def test_a_notice_is_heard_when_its_last_byte_is() -> None:
    voices = voices_of("announcing-raw", NAMES[:2], ["0 # one"])
    listener = hear(voices, "[ann] <0.0> on|*** bob has left| the chat ***\n|[ann] e")
    assert (heard(listener), listener.times, wrong(listener)) == ("0.0", [1003], [])
    (notice,) = listener.notices
    assert (notice.occasion, notice.nick, notice.at) == (Occasion.LEAVE, "bob", 1002)
    assert listener.doubtful_notices == []


def test_of_a_notice_that_somebody_may_have_said_it_cannot_be_told() -> None:
    text = "*** bob has left the chat ***\n"
    voices = voices_of("announcing-raw", NAMES[:2], [f"0 hi{text}", "0 # one"])
    listener = hear(voices, f"[ann] hi{text}")
    assert (heard(listener), doubtful(listener), wrong(listener)) == ("", "0.0", [])
    assert listener.notices == []
    assert [(one.occasion, one.nick, one.at) for one in listener.doubtful_notices] == [
        (Occasion.LEAVE, "bob", 1000)
    ]
