"""A stream is right when one reading of it reaches the end, however it may be cut."""

import pytest
from streams import doubtful, hear, heard, name_of, stream, voices_of, wrong

from harness import matching, starts
from harness.events import Kind, Said
from harness.matching import Matcher
from harness.readings import NOBODY, Doubt, Piece
from harness.starts import TooAmbiguousError

# Names; what was said; what was read; what was heard; what is doubtful.
RAW = [
    pytest.param(
        ["ann", "bob"],
        ["0 # bob: hi", "1 # ho"],
        "ann: <0.0> bob: hibob: <1.0> ho",
        "0.0 1.0",
        "",
        id="text that looks like protocol",
    ),
    pytest.param(
        ["bob", "kbob"],
        ["0 # hi", "1 # ho", "0 # k"],
        "bob: <0.0> hikbob: <1.0> hobob: <0.1> k",
        "0.0 1.0 0.1",
        "",
        id="a name that ends like another",
    ),
    pytest.param(
        ["a", "a: b"],
        ["0 # hi", "1 # ho", "0 b: x"],
        "a: <0.0> hia: b: <1.0> hoa: b: x",
        "0.0 1.0 0.1",
        "",
        id="a name that begins like another",
    ),
    pytest.param(
        ["bob", "bob"],
        ["0 # hi", "1 # ho"],
        "bob: <1.0> hobob: <0.0> hi",
        "1.0 0.0",
        "",
        id="two of one name",
    ),
    pytest.param(
        ["bob", "bob"],
        ["0 hi", "1 hi"],
        "bob: hi",
        "",
        "0.0 1.0",
        id="two of one name who said the same",
    ),
    pytest.param(
        ["ann", "bob"],
        ["0 # long text", "1 # hi"],
        "ann: <0.0> lobob: <1.0> hiann: ng text",
        "1.0 0.0",
        "",
        id="another's message in the middle",
    ),
    pytest.param(
        ["ann", "bob"],
        ["0 # one", "0 # two", "1 # x"],
        "a|nn: <0.0> o|ne<0.1> two|b|ob|: <1.0> x",
        "0.0 0.1 1.0",
        "",
        id="cut and glued",
    ),
    pytest.param(
        ["ann", "bob"],
        ["0 aaaa", "0 aaaa", "0 #", "1 # x"],
        "ann: aa|aaann: <0.2>bob: <1.0> x",
        "0.1 0.2 1.0",
        "",
        id="where it is heard first is told by what comes later",
    ),
    pytest.param(
        ["ann", "bob"],
        ["0 # one", "0 b", "1 # x"],
        "ann: <0.0> oneb|ob: <1.0> x",
        "0.0 1.0",
        "",
        id="what may be a name's first letter is one",
    ),
    pytest.param(
        ["ann", "bob"],
        ["0 # one", "0 b", "1 # x"],
        "ann: <0.0> oneb|bob: <1.0> x",
        "0.0 0.1 1.0",
        "",
        id="what may be a name's first letter is a message",
    ),
]

MANY = "".join(f"bob: <2.{at}>|cid: <3.{at}>|" for at in range(20))

LINES = [
    pytest.param(["0 # one", "1 # x"], "ann: <0.0> one\nbob: <1.0> x\n", "0.0 1.0", id="lines"),
    pytest.param(
        ["0 # one", "1 # x"], "an|n: <0.0> o|ne\nbob: <1.0> x|\n", "0.0 1.0", id="cut lines"
    ),
    pytest.param(
        ["0 # one", "0 ", "0 ", "0 # two"],
        "ann: <0.0> one\nann: <0.3> two\n",
        "0.0 0.3",
        id="empty lines may be dropped",
    ),
    pytest.param(
        ["0 # one", "0 ", "0 # two"],
        "ann: <0.0> one\nann: \nann: <0.2> two\n",
        "0.0 0.1 0.2",
        id="empty lines may be heard",
    ),
    pytest.param(
        ["0 # bob: x", "1 # ann: y"],
        "ann: <0.0> bob: x\nbob: <1.0> ann: y\n",
        "0.0 1.0",
        id="a prefix inside a line is text",
    ),
]


@pytest.mark.parametrize(("names", "said", "read", "messages", "doubts"), RAW)
def test_without_frames_every_lawful_stream_is_read(
    names: list[str], said: list[str], read: str, messages: str, doubts: str
) -> None:
    listener = hear(voices_of("raw", names, said), read)
    assert (heard(listener), doubtful(listener), wrong(listener)) == (messages, doubts, [])


@pytest.mark.parametrize(("names", "said", "read", "messages", "doubts"), RAW)
def test_it_does_not_matter_how_the_stream_is_cut(
    names: list[str], said: list[str], read: str, messages: str, doubts: str
) -> None:
    data = stream(read).replace(b"|", b"")
    bytewise = b"|".join(data[at : at + 1] for at in range(len(data)))
    listener = hear(voices_of("raw", names, said), bytewise)
    assert (heard(listener), doubtful(listener), wrong(listener)) == (messages, doubts, [])


@pytest.mark.parametrize(("said", "read", "messages"), LINES)
def test_with_frames_a_piece_is_one_message(said: list[str], read: str, messages: str) -> None:
    listener = hear(voices_of("lines", ["ann", "bob"], said), read)
    assert (heard(listener), doubtful(listener), wrong(listener)) == (messages, "", [])


@pytest.mark.parametrize(("said", "read", "messages"), LINES)
def test_lines_come_byte_by_byte(said: list[str], read: str, messages: str) -> None:
    data = stream(read).replace(b"|", b"")
    bytewise = b"|".join(data[at : at + 1] for at in range(len(data)))
    listener = hear(voices_of("lines", ["ann", "bob"], said), bytewise)
    assert (heard(listener), doubtful(listener), wrong(listener)) == (messages, "", [])


# -- the matcher by itself -----------------------------------------------------------------------


def test_own_words_are_no_turn() -> None:
    matcher = Matcher(voices_of("raw", ["ann", "bob"], ["0 # one"]), own=0)
    failed = matcher.feed(stream("ann: <0.0> one"))
    assert failed is not None
    assert (failed.conn, failed.best()) == (NOBODY, 0)


def test_the_furthest_reading_is_given_where_none_is_left() -> None:
    matcher = Matcher(voices_of("raw", ["ann"], ["0 # one two"]), own=9)
    failed = matcher.feed(stream("ann: <0.0> one tXo"))
    assert failed is not None
    assert (failed.conn, failed.begin, failed.best()) == (0, 5, 5 + 18)


def test_pieces_and_places_of_what_is_certain() -> None:
    matcher = Matcher(voices_of("raw", ["ann", "bob"], ["0 # one", "1 # x"]), own=9)
    assert matcher.feed(stream("ann: <0.0> onebob: <1.0>")) is None
    assert matcher.take_pieces() == [
        Piece(0, 5, 21, (16,), closed=True),
        Piece(1, 26, 38, (12,), closed=False),
    ]
    assert matcher.take_pieces() == []
    assert matcher.places == {0: (16,), 1: (12,)}
    assert matcher.end == 38


def test_doubts_are_handed_over_once() -> None:
    matcher = Matcher(voices_of("raw", ["bob", "bob"], ["0 hi", "1 hi"]), own=9)
    assert matcher.feed(b"bob: hi") is None
    matcher.finish()
    assert sorted(matcher.take_doubts()) == [Doubt(0, 0, 2), Doubt(1, 0, 2)]
    assert matcher.take_doubts() == []


def test_one_doubt_does_not_hold_back_all_that_comes_after_it() -> None:
    said = ["0 hi", "1 hi", *["2 #", "3 #"] * 20]
    voices = voices_of("raw", ["ann", "ann", "bob", "cid"], said)
    listener = hear(voices, "ann: hi" + MANY, finish=False)
    assert doubtful(listener) == "0.0 1.0"
    assert heard(listener).startswith("2.0 3.0 2.1 3.1")
    listener.finish()
    assert heard(listener) == " ".join(f"2.{at} 3.{at}" for at in range(20))
    assert wrong(listener) == []


def test_nothing_is_read_from_nothing() -> None:
    matcher = Matcher(voices_of("raw", ["ann"], ["0 # one"]), own=9)
    assert matcher.feed(b"") is None
    assert (matcher.end, matcher.take_pieces(), matcher.places) == (0, [], {})


def test_after_a_skipped_frame_a_prefix_must_follow() -> None:
    matcher = Matcher(voices_of("lines", ["ann"], ["0 # one", "0 # two"]), own=9)
    matcher.skip(22, 0)
    assert matcher.feed(stream("ann: <0.1> two\n")) is None
    assert [(piece.begin, piece.ends) for piece in matcher.take_pieces()] == [(27, (34,))]


def test_a_restart_in_the_middle_of_a_speech() -> None:
    matcher = Matcher(voices_of("raw", ["ann"], ["0 # one", "0 # two"]), own=9)
    matcher.restart(100, 0, 13)
    assert matcher.feed(b"one") is None
    assert matcher.take_pieces() == [Piece(0, 100, 103, (16,), closed=False)]


def test_a_restart_with_nobody_waits_for_a_prefix() -> None:
    matcher = Matcher(voices_of("raw", ["ann"], ["0 # one"]), own=9)
    matcher.restart(50)
    assert matcher.feed(stream("ann: <0.0> one")) is None
    assert matcher.take_pieces() == [Piece(0, 55, 71, (16,), closed=False)]


def test_a_frame_behind_all_that_was_said_is_nobodys() -> None:
    matcher = Matcher(voices_of("lines", ["ann"], ["0 # one"]), own=9)
    failed = matcher.feed(stream("ann: <0.0> one\nann: x\n"))
    assert failed is not None
    assert (failed.conn, failed.best()) == (0, 27)


def test_who_has_said_nothing_cannot_be_heard() -> None:
    for dialect in ("raw", "lines"):
        matcher = Matcher(voices_of(dialect, ["ann"]), own=9)
        failed = matcher.feed(b"ann: x")
        assert failed is not None
        assert (failed.conn, failed.best()) == (0, 5)


def test_a_speech_of_one_letter_has_too_many_beginnings() -> None:
    most = starts.MOST_STARTS
    voices = voices_of("raw", ["ann", "bob"], [b"0 " + b"x" * (2 * most), "1 # hi"])
    matcher = Matcher(voices, own=9)
    # So far it may be anywhere; the next read tells no more, and the turn ends the waiting.
    assert matcher.feed(b"ann: " + b"x" * 20) is None
    assert matcher.readings[-1].starts is None
    assert matcher.feed(b"x" * 20) is None
    with pytest.raises(TooAmbiguousError):
        matcher.feed(stream("bob: <1.0> hi"))


def test_a_longer_look_tells_where_it_begins() -> None:
    most = starts.MOST_STARTS
    voices = voices_of("raw", ["ann"], [b"0 " + b"x" * (2 * most) + b"y"])
    matcher = Matcher(voices, own=9)
    assert matcher.feed(b"ann: " + b"x" * 30) is None
    assert matcher.feed(b"y") is None
    assert matcher.take_pieces() == [Piece(0, 5, 36, (2 * most + 1,), closed=False)]


def test_a_long_monotonous_message_is_heard_in_two_reads() -> None:
    voices = voices_of("raw", ["ann"], [b"0 " + b"x" * 3000 + b"y"])
    listener = hear(voices, b"ann: " + b"x" * 1001 + b"|" + b"x" * 1999 + b"y")
    assert (heard(listener), wrong(listener)) == ("0.0", [])


def test_too_much_that_is_alike_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starts, "MOST_ALIKE", 64)
    voices = voices_of("raw", ["ann"], [b"0 " + b"x" * (3 * starts.MOST_STARTS)])
    matcher = Matcher(voices, own=9)
    with pytest.raises(TooAmbiguousError):
        matcher.feed(b"ann: " + b"x" * 70)


def test_what_ambiguity_costs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "MOST_EFFORT", 10)
    monkeypatch.setattr(matching, "EFFORT_PER_BYTE", 0)
    matcher = Matcher(voices_of("raw", ["ann"], [b"0 " + b"x" * 100]), own=9)
    with pytest.raises(TooAmbiguousError):
        matcher.feed(b"ann: " + b"x" * 9)


def test_more_readings_than_can_be_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "MOST_READINGS", 3)
    monkeypatch.setattr(matching, "MOST_KEPT", 2)
    voices = voices_of("raw", ["bob"] * 6, [f"{conn} bob: bob: hi" for conn in range(6)])
    matcher = Matcher(voices, own=9)
    with pytest.raises(TooAmbiguousError):
        matcher.feed(b"bob: bob: bob: hi")


@pytest.mark.parametrize("count", [10, 60])
def test_namesakes_who_say_the_same_do_not_add_up(count: int) -> None:
    voices = voices_of("raw", ["bob", "bob"], [f"{conn} hi" for conn in (0, 1)] * count)
    listener = hear(voices, "|".join(["bob: hi"] * count))
    assert (wrong(listener), listener.overwhelmed) == ([], False)
    assert len(listener.matcher.readings) <= matching.MOST_KEPT
    assert {name_of(message) for message in listener.messages} == set()


def test_what_is_said_without_its_end_goes_on_in_the_same_frame() -> None:
    voices = voices_of("lines", ["ann"])
    for number, data in enumerate((b"one ", b"two ", b"six\n")):
        voices.say(Said(number + 1, 0, number, data, b"", Kind.STORY, number + 1, -1))
    listener = hear(voices, "ann: one t|wo six\n")
    assert (heard(listener), wrong(listener)) == ("0.0 0.1 0.2", [])


def test_a_notice_interrupts_who_is_heard_and_a_prefix_must_follow_it() -> None:
    notice = "*** bob has left the chat ***\n"
    voices = voices_of("announcing-raw", ["ann", "bob"], ["0 # hi", "1 # ho"])
    (speaker,) = (number for number, told in voices.notices.items() if told == ("leave", "bob"))
    for rest, goes_on in ((b"[ann] i", True), (b"i", False)):
        matcher = Matcher(voices, own=9)
        assert matcher.feed(stream(f"[ann] <0.0> h{notice}")) is None
        assert matcher.take_pieces() == [
            Piece(0, 6, 20, (14,), closed=True),
            Piece(speaker, 20, 50, (0,), closed=True),
        ]
        failed = matcher.feed(rest)
        if goes_on:
            assert failed is None
            assert matcher.take_pieces() == [Piece(0, 56, 57, (15,), closed=False)]
        else:
            assert failed is not None
            assert (failed.conn, failed.best()) == (NOBODY, 50)
