"""One receiver's bytes become messages: whole ones are looked up, the rest is matched forward."""

from typing import Any

import pytest
from streams import hear, heard, name_of, say, stream, voices_of, wrong

from harness import attribution, matching
from harness.attribution import SLICE, Listener
from harness.dialect import Dialect
from harness.events import Kind, Said
from harness.prefixes import Row
from harness.speech import Voices
from harness.tokens import mint

NAMES = ("ann", "bob", "cid")

RAW = [
    pytest.param(["0 # one", "1 # x"], "ann: <0.0> one|bob: <1.0> x", "0.0 1.0", id="whole"),
    pytest.param(["0 # one", "1 # x"], "ann: <0.0> onebob: <1.0> x", "0.0 1.0", id="one read"),
    pytest.param(
        ["0 # one", "1 # x"], "ann: <0.0> onebob: <1.0>| x", "0.0 1.0", id="the last is on its way"
    ),
    pytest.param(["0 # one", "0 # two"], "ann: <0.0> o|ne|<0.1> two", "0.0 0.1", id="the rest"),
    pytest.param(
        ["0 # one", "1 # x"], "ann: <0.0> o|nebob: <1.0> x", "0.0 1.0", id="the rest, and more"
    ),
    pytest.param(["0 # one: two"], "ann: <0.0> one|: two", "0.0", id="text like a prefix"),
    pytest.param(
        ["0 # ob", "1 # x"], "ann: <0.0> |obbob: <1.0> x", "0.0 1.0", id="the rest ends like a name"
    ),
    pytest.param(
        ["0 # ob", "1 # x"], "ann: <0.0> ob|bob: <1.0> x", "0.0 1.0", id="it ends like a name"
    ),
    pytest.param(
        ["0 # one", "0 # two"], "ann: <0.1> two|ann: <0.1> two", "0.1 0.1", id="a place is not next"
    ),
    pytest.param(["0 one # x"], "ann: e <0.0> x|", "", id="heard from its middle on"),
    pytest.param(["0 one # x", "0 y"], "ann: e <0.0>| x|y", "0.1", id="its rest is not heard"),
    pytest.param(["0 aa", "0 aa", "0 # x"], "ann: aa|<0.2> x", "0.1 0.2", id="several beginnings"),
    pytest.param(["0 # one"], "ann: <0.0> on|", "", id="its last byte never comes"),
    pytest.param(
        ["0 aa", "0 aa", "1 # xy"], "ann: aa|bob: <1.0> x|y", "1.0", id="which it was is not known"
    ),
]


def _read(dialect: str, said: list[str], read: str) -> tuple[str, list[str]]:
    listener = hear(voices_of(dialect, NAMES, said), read)
    return heard(listener), wrong(listener)


@pytest.mark.parametrize(("said", "read", "messages"), RAW)
def test_without_frames(said: list[str], read: str, messages: str) -> None:
    told = ["repeated 0.1"] if messages == "0.1 0.1" else []
    assert _read("raw", said, read) == (messages, told)


def test_with_frames() -> None:
    read = "ann: <0.0> one\nbob: <1.0> x\nann: <0.1>| two\nann: |<0.2> six\n"
    said = ["0 # one", "1 # x", "0 # two", "0 # six"]
    assert _read("lines", said, read) == ("0.0 1.0 0.1 0.2", [])


@pytest.mark.parametrize("dialect", ["raw", "lines"])
def test_what_is_repeated_on_and_on_costs_no_more_the_longer_it_goes(
    dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    find = Voices.find_prefixes

    def counting(self: Voices, text: bytes, *rest: Any) -> list[Row]:
        looked.append(len(text))
        return find(self, text, *rest)

    monkeypatch.setattr(Voices, "find_prefixes", counting)
    voices = voices_of(dialect, NAMES, ["0 # one"])
    [message] = voices.speeches[0].messages
    listener = Listener(2, voices)
    listener.read(message.relayed * (SLICE // len(message.relayed)), 1)

    assert len(listener.anomalies) > 100
    assert sum(looked) < 2 * attribution.PORTION * len(looked)


@pytest.mark.parametrize("behind", ["", "bob: <1.2>"])
def test_who_is_heard_for_the_first_time_is_not_at_fault_for_what_follows(behind: str) -> None:
    voices = voices_of("raw", NAMES, ["0 #", "1 #"])
    listener = Listener(2, voices)
    listener.read(stream("bob: <1.0>"), 3)
    for word in ("0 #", "1 #", "1 #"):
        say(voices, word)
    listener.read(stream(f"ann: <0.1><1.1>{behind}"), 9)
    listener.finish()

    messages = "1.0 0.1 1.1 1.2" if behind else "1.0 0.1 1.1"
    assert (heard(listener), wrong(listener)) == (messages, ["no prefix 1.1"])


def test_nothing_is_heard_of_nothing() -> None:
    listener = hear(voices_of("raw", NAMES, ["0 # one"]), "")
    assert (heard(listener), wrong(listener), listener.undecided) == ("", [], False)


def test_a_name_alone_at_the_end_is_no_fault() -> None:
    listener = hear(voices_of("raw", NAMES, ["0 # one", "1 # x"]), "ann: <0.0> onebo")
    assert (heard(listener), wrong(listener)) == ("0.0", [])


def test_while_it_runs_the_furthest_reading_counts() -> None:
    voices = voices_of("raw", ("bob", "bob", "cid"), ["0 hi", "1 hi", "0 # x", "2 # y"])
    hi, other = voices.speeches[0].messages[0], voices.speeches[1].messages[0]
    listener = hear(voices, "bob: h", finish=False)
    assert listener.undecided
    assert not listener.has_heard(hi)
    listener.read(b"i", 2000)
    assert listener.has_heard(hi)
    assert listener.has_heard(other)
    listener.read(stream("cid: <2.0> y"), 2001)
    assert listener.has_heard(hi)
    assert heard(listener) == ""


def test_what_was_heard_in_part() -> None:
    voices = voices_of("raw", NAMES, ["0 # one", "1 # x", "2 aa", "2 aa"])
    listener = hear(voices, "ann: <0.0> obob: <1.0> xcid: a")
    partly = listener.partly_heard(0)
    assert partly is not None
    assert (name_of(partly[0]), partly[1]) == ("0.0", 14)
    assert listener.partly_heard(1) is None
    # More than one place is no place, and none is none.
    assert listener.partly_heard(2) is None


def test_too_many_readings_end_the_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "MOST_EFFORT", 10)
    monkeypatch.setattr(matching, "EFFORT_PER_BYTE", 0)
    voices = voices_of("raw", NAMES, ["0 " + "x" * 100, "1 # hi"])
    listener = hear(voices, "ann: " + "x" * 9 + "|bob: <1.0> hi")
    assert listener.overwhelmed
    assert heard(listener) == ""


@pytest.mark.parametrize(
    ("read", "messages"),
    [
        ("ann: <0.0> onX", ""),
        ("ann: <0.0> onXbob: <1.0> x", "1.0"),
    ],
)
def test_what_is_altered_in_its_first_bytes_is_told(read: str, messages: str) -> None:
    listener = hear(voices_of("raw", NAMES, ["0 # one", "1 # x"]), read)
    assert heard(listener) == messages
    assert {name_of(message) for message in listener.damaged} == {"0.0"}
    assert wrong(listener)


def test_several_who_read_the_same_hear_the_same() -> None:
    voices = voices_of("raw", NAMES, ["0 # one", "1 # x", "0 # two", "1 # y"])
    for own in (7, 8):
        listener = hear(voices, "ann: <0.0> onebob: <1.0> x|ann: <0.1> twobob: <1.1> y", own)
        assert (heard(listener), wrong(listener)) == ("0.0 1.0 0.1 1.1", [])


def test_one_who_reads_the_same_and_missed_something_before() -> None:
    voices = voices_of("raw", NAMES, ["0 # one", "1 # x", "0 # two", "1 # y"])
    assert heard(hear(voices, "bob: <1.0> xann: <0.0> one|bob: <1.1> yann: <0.1> two", 7))
    listener = hear(voices, "ann: <0.0> one|bob: <1.1> yann: <0.1> two", 8)
    assert (heard(listener), wrong(listener)) == ("0.0 1.1 0.1", [])
    repeated = hear(voices, "bob: <1.1> yann: <0.1> two|bob: <1.1> yann: <0.1> two", 8)
    assert wrong(repeated) == ["repeated 1.1", "repeated 0.1"]


def test_what_is_doubtful_is_so_while_it_runs() -> None:
    later = [f"2 # {at}" for at in range(40)]
    voices = voices_of("raw", ("bob", "bob", "cid", "dan"), ["0 hi", "1 hi", *later, *["3 #"] * 40])
    many = "".join(f"cid: <2.{at}> {at}|dan: <3.{at}>|" for at in range(40))
    listener = hear(voices, "bob: hi|" + many, finish=False)
    assert {name_of(message) for message in listener.doubtful} == {"0.0", "1.0"}
    assert wrong(listener) == []


def test_so_much_noise_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attribution, "MOST_NOISE", 50)
    voices = voices_of("raw", NAMES, ["0 # one", "1 # x"])
    listener = hear(voices, "?" * 60 + "ann: <0.0> one|bob: <1.0> x")
    assert listener.deaf
    assert heard(listener) == "0.0"


def test_what_was_said_after_it_came_in_is_heard_from_its_beginning() -> None:
    voices = voices_of("raw", NAMES, ["0 # one"])
    listener = hear(voices, "ann: <0.0> one", finish=False)
    for number in range(1000):
        say(voices, f"1 filler {number}")
    late = say(voices, "1 # late")
    listener.read(stream(b"bob: " + late.data), 5000)
    listener.finish()
    assert heard(listener) == f"0.0 {name_of(late)}"


@pytest.mark.parametrize(
    ("said", "read", "messages", "faults"),
    [
        pytest.param(
            ["0 # one two", "0 # six"],
            "ann: <0.0> one |XX|ann: <0.1> six",
            "0.1",
            ["altered 0.0+17"],
            id="it breaks off in a later read",
        ),
        pytest.param(
            ["0 # one two", "1 # x", "0 # six"],
            "ann: <0.0> onebob: <1.0> xann: XXXann: <0.1> six",
            "1.0 0.1",
            ["altered 0.0+16"],
            id="a later piece is not the rest",
        ),
        pytest.param(
            ["0 # hi", "0 aaaa", "0 aaaa", "0 # six"],
            "ann: aaXann: <0.3> six",
            "0.3",
            ["invented -"],
            id="where it was heard is not known",
        ),
        pytest.param(
            ["0 # hi", "1 # x"],
            "ann: <0.0> hibob: ?|",
            "0.0",
            ["invented -"],
            id="other words behind a name",
        ),
        pytest.param(
            ["0 # one"], "ann: <0.0> oneXX", "0.0", ["invented -"], id="more than was said"
        ),
        pytest.param(["0 aab", "0 aac"], "ann: aaX", "", ["invented -"], id="of two that begin so"),
    ],
)
def test_what_broke_off_is_handed_over(
    said: list[str], read: str, messages: str, faults: list[str]
) -> None:
    assert _read("raw", said, read) == (messages, faults)


def test_too_many_readings_at_the_end_end_the_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    voices = voices_of("lines", NAMES, ["0 # one", "0 # two", "0 # six"])
    listener = hear(voices, "ann: <0.0> one\nann: <0.2> s", finish=False)
    monkeypatch.setattr(matching, "MOST_EFFORT", -1000)
    assert not listener.overwhelmed
    listener.finish()
    assert listener.overwhelmed


@pytest.mark.parametrize("read", ["ann: <0.0> o|ne| two\n", "ann: <0.0> o|ne two\n"])
def test_what_was_said_without_its_end_goes_on_in_its_frame(read: str) -> None:
    voices, token = voices_of("lines", NAMES), mint(0, 0)
    voices.say(Said(1, 0, 0, token + b" one", token, Kind.STORY, 1, -1))
    voices.say(Said(2, 0, 1, b" two\n", b"", Kind.STORY, 2, -1))
    listener = hear(voices, read)
    assert (heard(listener), wrong(listener)) == ("0.0 0.1", [])


def test_what_is_lost_of_a_speaker_who_is_not_judged_is_no_fault() -> None:
    voices = voices_of("raw", NAMES, ["0 # one", "0 # two", "0 # six"])
    voices.speeches[0].untext = 1
    listener = hear(voices, "ann: <0.0> one|ann: <0.2> six")
    assert (heard(listener), wrong(listener)) == ("0.0 0.2", [])


# -- other dialects --------------------------------------------------------------------------------

_LINES = {"said": {"ends": "lf"}, "heard": {"ends": "lf"}}
_NAMED = {**_LINES, "nickname": {"ends": "lf"}}
_RAW = {"nickname": {"ends": "none"}, "said": {"ends": "none"}, "heard": {"ends": "none"}}
_SAID = ["0 # hi", "1 # ho", "0 # x", "1 bare"]


def _dialect(**keys: object) -> Dialect:
    return Dialect.model_validate({"name": "mine", "about": "It is mine.", **keys})


def _heard_in(
    dialect: Dialect, read: str, own: int = 9, said: list[str] = _SAID, finish: bool = True
) -> Listener:
    voices = Voices(dialect)
    for conn, nick in enumerate(NAMES):
        voices.admit(conn, nick, ("127.0.0.1", 5000 + conn))
    for word in said:
        say(voices, word)
    return hear(voices, read, own, finish)


@pytest.mark.parametrize(
    ("read", "messages", "faults"),
    [
        ("You: <0.0> hi\nbob: <1.0> ho\nY|ou: <0.1> x\n", "0.0 1.0 0.1", []),
        ("You: <0.0> hi\nYou: <0.1> x\n|bob: bare\n", "0.0 0.1 1.1", []),
        ("ann: <0.0> hi\nbob: <1.0> ho\n", "0.0 1.0", ["echo 0.0"]),
        ("<0.0> hi\nbob: <1.0> ho\n", "0.0 1.0", ["no prefix 0.0"]),
        ("bob: <0.0> hi\nbob: <1.0> ho\n", "0.0 1.0", ["wrong name 0.0"]),
        ("You: <1.0> ho\n", "1.0", ["wrong name 1.0"]),
        ("You: <0.0> hi\nYou: <0.0> hi\n", "0.0 0.0", ["repeated 0.0"]),
        ("You: <0.1> x\nYou: <0.0> hi\n", "0.1 0.0", ["out of order 0.0"]),
    ],
)
def test_own_words_come_back(read: str, messages: str, faults: list[str]) -> None:
    dialect = _dialect(relay="{nick}: {message}", echo="You: {message}", **_NAMED)
    listener = _heard_in(dialect, read, own=0)
    assert (heard(listener), wrong(listener)) == (messages, faults)
    listener.count()
    assert sum(map(len, listener.numbers.values())) == len(set(messages.split()))


def test_all_who_read_the_same_may_hear_themselves() -> None:
    same = _dialect(relay="{nick}: {message}", echo="{nick}: {message}", **_NAMED)
    other = _dialect(relay="{nick}: {message}", echo="You: {message}", **_NAMED)
    cases: list[tuple[Dialect, str, list[str]]] = [
        (same, "ann: <0.0> hi\n", []),
        (other, "You: <0.0> hi\n", ["wrong name 0.0"]),
    ]
    for dialect, read, faults in cases:
        first = _heard_in(dialect, read, own=0)
        second = hear(first.voices, read, own=1)
        assert (heard(first), wrong(first), heard(second)) == ("0.0", [], "0.0")
        assert wrong(second) == faults


@pytest.mark.parametrize(
    ("read", "messages", "faults"),
    [
        ("<0.0> hi\n<1.0> ho\n<0.1> x\nbare\n", "0.0 1.0 0.1 1.1", []),
        ("<0.0>| hi\n|<1.0> h|o\nba|re\n<0.1> x\n", "0.0 1.0 1.1 0.1", []),
        ("<0.0> hi\n<1.0> ho\n<0.1> |x\nba", "0.0 1.0 0.1", []),
        ("<0.0> hi\nzz", "0.0", ["invented -"]),
        ("<0.0> hi\nzz\n<1.0> ho\n", "0.0 1.0", ["invented -"]),
        ("<0.0> hi\n<0.0> hi\n", "0.0 0.0", ["repeated 0.0"]),
    ],
)
def test_a_frame_without_any_name(read: str, messages: str, faults: list[str]) -> None:
    listener = _heard_in(_dialect(relay="{message}", **_LINES), read)
    assert (heard(listener), wrong(listener)) == (messages, faults)


def test_an_address_in_place_of_a_name() -> None:
    read = "127.0.0.1:5000> <0.0> hi\n127.0.0.1:50|01> <1.0> ho\n127.0.0.1:5001> <0.1> x\n"
    listener = _heard_in(_dialect(relay="{host}:{port}> {message}", **_LINES), read)
    assert (heard(listener), wrong(listener)) == ("0.0 1.0 0.1", ["wrong name 0.1"])


@pytest.mark.parametrize(
    ("read", "messages", "faults", "notices"),
    [
        ("Hello, bob![ann] <0.0> hi", "0.0", [], "greeting bob"),
        (
            "[ann] <0.0> hi|* b|ob has left *[bob] <1.0> ho* ann has left *",
            "0.0 1.0",
            [],
            "leave bob leave ann",
        ),
        ("[ann] <0.0> hi* zed has left *|[bob] <1.0> ho", "0.0 1.0", ["invented -"], ""),
        ("[ann] <0.0> hi|* zed has left *[bob] <1.0> ho", "0.0 1.0", ["invented -"], ""),
        ("* bob has left *zz* ann has left *", "", ["invented -"], "leave bob leave ann"),
    ],
)
def test_notices_without_frames(read: str, messages: str, faults: list[str], notices: str) -> None:
    left = {"text": "* {nick} has left *"}
    dialect = _dialect(relay="[{nick}] {message}", greeting="Hello, {nick}!", leave=left, **_RAW)
    listener = _heard_in(dialect, read)
    assert (heard(listener), wrong(listener)) == (messages, faults)
    assert " ".join(f"{one.occasion} {one.nick}" for one in listener.notices) == notices


def test_a_notice_that_ends_as_one_begins_is_certain_at_once() -> None:
    dialect = _dialect(relay="[{nick}] {message}", leave={"text": "*** {nick} left ***"}, **_RAW)
    for read in ("*** bob left ***", "[ann] <0.0> hi|*** bob left ***", "*** bob left *|**"):
        listener = _heard_in(dialect, read, finish=False)
        assert [one.nick for one in listener.notices] == ["bob"], read


def test_text_that_looks_like_a_notice_is_text_once_that_is_certain() -> None:
    dialect = _dialect(relay="[{nick}] {message}", leave={"text": "{nick} left"}, **_RAW)
    said = ["0 so bob left", "0 # x"]
    listener = _heard_in(dialect, "[ann] so bob left[ann] <0.1> x", said=said)
    assert (heard(listener), listener.notices, listener.doubtful_notices) == ("0.0 0.1", [], [])
    listener = _heard_in(dialect, "[ann] so bob left", said=said)
    assert (heard(listener), listener.notices, wrong(listener)) == ("", [], [])
    assert [one.nick for one in listener.doubtful_notices] == ["bob"]


# -- much in one read ------------------------------------------------------------------------------


def test_all_that_is_right_behind_an_anomaly_is_heard_however_much_comes_at_once() -> None:
    count = 3 * attribution.PORTION // 17
    voices = voices_of("raw", NAMES, ["0 #"] * count)
    listener = hear(voices, "?!" + "".join(f"ann: <0.{at}>" for at in range(count)))
    assert heard(listener) == " ".join(f"0.{at}" for at in range(count))
    assert wrong(listener) == ["invented -"]


def test_a_second_anomaly_may_be_longer_than_what_is_read_at_once() -> None:
    voices = voices_of("raw", NAMES, ["0 # one", "1 # x"])
    noise = "?" * (2 * attribution.PORTION)
    listener = hear(voices, f"?!ann: <0.0> one{noise}bob: <1.0> x")
    assert (heard(listener), wrong(listener)) == ("0.0 1.0", ["invented -", "invented -"])
    assert listener.unexplained == 2 + len(noise)


def test_what_begins_like_a_notice_and_is_none_is_told() -> None:
    dialect = _dialect(relay="[{nick}] {message}", join={"text": "[{nick}] joined"}, **_RAW)
    said = ["0 # hi", "0 joined us", "1 # ho"]
    right = _heard_in(dialect, "[ann] <0.0> hi[ann] joined us[bob] <1.0> ho", said=said)
    assert (heard(right), right.notices, wrong(right)) == ("0.0 0.1 1.0", [], [])
    listener = _heard_in(dialect, "[ann] <0.0> hi[ann] joined uX[bob] <1.0> ho", said=said)
    assert heard(listener) == "0.0 1.0"
    assert wrong(listener) == ["invented -", "altered 0.1+8"]
