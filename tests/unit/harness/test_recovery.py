"""What no reading explains gets the first class that fits, and the stream goes on."""

import pytest
from streams import hear, heard, say, voices_of, wrong

from harness.attribution import Listener
from harness.events import Kind

NICKS = ("ann", "bob", "cid")

# What was said; what was read; what was heard; what was wrong.
RAW = [
    pytest.param(
        ["0 # one two"], "ann: <0.0> one twX", "", ["altered 0.0+19"], id="the end is altered"
    ),
    pytest.param(
        ["0 # one two", "0 # six"],
        "ann: <0.0> one tXo<0.1> six",
        "0.1",
        ["altered 0.0+18"],
        id="altered, and glued to the next",
    ),
    pytest.param(
        ["0 # one two", "1 # six"],
        "ann: <0.0> one tXobob: <1.0> six",
        "1.0",
        ["altered 0.0+18"],
        id="altered, and another goes on",
    ),
    pytest.param(
        ["0 # one", "1 # two"],
        "bob: <0.0> onebob: <1.0> two",
        "0.0 1.0",
        ["wrong name 0.0"],
        id="under another's name",
    ),
    pytest.param(
        ["0 # one"], "ann: <0.0> oneann: <0.0> one", "0.0 0.0", ["repeated 0.0"], id="twice"
    ),
    pytest.param(
        ["0 # one", "0 # two"],
        "ann: <0.1> twoann: <0.0> one",
        "0.1 0.0",
        ["out of order 0.0"],
        id="lower number",
    ),
    pytest.param(
        ["0 # one", "0 # two", "0 # six"],
        "ann: <0.0> oneann: <0.2> six",
        "0.0 0.2",
        [],
        id="skipped messages are missing and no anomaly",
    ),
    pytest.param(
        ["0 # one", "1 # two"],
        "ann: <0.0> oneWHAT?bob: <1.0> two",
        "0.0 1.0",
        ["invented -"],
        id="words of nobody behind a message",
    ),
    pytest.param(["0 # one"], "hello", "", ["invented -"], id="words of nobody from the start"),
    pytest.param(
        ["0 # one"], "ann: nonsense", "", ["invented -"], id="words of nobody under a name"
    ),
    pytest.param(["0 # one"], "<0.0> one", "0.0", ["no prefix 0.0"], id="no prefix"),
    pytest.param(
        ["0 # one", "1 # two"],
        "ann: <0.0> onebob <1.0> two",
        "0.0 1.0",
        ["no prefix 1.0"],
        id="a name without its colon",
    ),
    pytest.param(
        ["0 # one", "1 # two"],
        "ann: <0.0> onebob <1.0 two",
        "0.0",
        ["invented -"],
        id="neither prefix nor token",
    ),
    pytest.param(
        ["0 # one", "0 # two"],
        "ann: <0.0> oann: <0.1> two",
        "0.1",
        ["cut short 0.0+14"],
        id="cut short under its own name",
    ),
    pytest.param(
        ["0 one # end"], "ann: one <0.0> eXd", "", ["altered 0.0+18"], id="token in the middle"
    ),
    pytest.param(
        ["0 # hi", "0 one # end"],
        "ann: <0.0> hiann: oXe <0.1> end",
        "0.0",
        ["altered 0.1+1"],
        id="altered before its token",
    ),
    pytest.param(
        ["0 # one", "1 # two"],
        "bob: X<0.0> onebob: <1.0> two",
        "1.0",
        ["wrong name 0.0", "altered 0.0"],
        id="altered and under another's name",
    ),
    pytest.param(
        ["0 # hi", "0 nobody knows this", "0 # one"],
        "ann: <0.0> hiann: nobody knowsXthisann: <0.2> one",
        "0.0 0.2",
        ["altered 0.1+12"],
        id="without a token, altered",
    ),
    pytest.param(
        ["0 first words here", "0 # one"],
        "ann: words hereann: <0.1> one",
        "0.1",
        [],
        id="the beginning was before it came in",
    ),
    pytest.param(
        ["0 # one", "0 it is long enough", "0 # two"],
        "ann: <0.0> oneann: long enoughann: <0.2> two",
        "0.0 0.2",
        ["altered 0.1"],
        id="a hole in a message without a token",
    ),
    pytest.param(
        ["0 # one", "0 bare", "0 # two"],
        "ann: <0.1>ann: bareann: <0.2> two",
        "0.1 0.2",
        ["invented -"],
        id="a token that is nobody's",
    ),
    pytest.param(
        ["0 # one", "0 # two", "0 bare"],
        "ann: <0.0> oneann: bare",
        "0.0 0.2",
        [],
        id="a bare message after skipped ones",
    ),
    pytest.param(
        ["9 # mine"], "me: <9.0> mine|me: <9.0> mine", "9.0 9.0", ["echo 9.0"], id="own words"
    ),
    pytest.param(["9 # mine"], "<9.0> mine", "9.0", ["echo 9.0"], id="own words without a name"),
    pytest.param(["9 # mine"], "ann: <9.0> mine", "9.0", ["echo 9.0"], id="own words, other name"),
    pytest.param(
        ["0 # one", "0 # two"],
        "ann: <0.0> oneXX<0.1> two",
        "0.0 0.1",
        ["invented -"],
        id="words of nobody between two of one speaker",
    ),
    pytest.param(
        ["0 # one", "0 bare", "0 # two"],
        "ann: <0.0> oneXX<0.2> two",
        "0.0 0.2",
        ["altered 0.1"],
        id="other words in the place of a message",
    ),
    pytest.param(
        ["0 # one", "0 # two", "0 # six"],
        "ann: <0.0> one<0.2> six",
        "0.0 0.2",
        [],
        id="skipped under one prefix",
    ),
    pytest.param(
        ["0 # one", "0 one # end", "0 # six"],
        "ann: <0.0> one<0.1> e|XX<0.2> six",
        "0.0 0.2",
        ["altered 0.1"],
        id="the rest of what is known to be damaged is no news",
    ),
    pytest.param(
        ["0 # hi", "0 # one"],
        "ann: <0.0> hi|ann: X<0.1> o|ne",
        "0.0",
        ["altered 0.1"],
        id="its front is altered, and it comes in two reads",
    ),
    pytest.param(
        ["0 # hi", "0 # one"],
        "ann: <0.0> hiann: X<0.1> oneann: Y<0.1> one",
        "0.0",
        ["altered 0.1"],
        id="a damaged message comes damaged again",
    ),
    pytest.param(
        ["0 long text here #", "1 # hi"],
        "ann: long tebob: WHATann: xt here <0.0>",
        "0.0",
        ["invented -"],
        id="it goes on in the middle of a message",
    ),
    pytest.param(
        ["0 long text here #", "1 # hi"],
        "ann: long tebob: <1.0> hiann: XXXXann: YYYY",
        "1.0",
        ["altered 0.0+7"],
        id="a message goes on with other words, twice",
    ),
]

LINES = [
    pytest.param(["0 # one two"], "ann: <0.0> one twX\n", "", ["altered 0.0+19"], id="altered"),
    pytest.param(["0 # one two"], "ann: <0.0> one tw\n", "", ["cut short 0.0+19"], id="cut short"),
    pytest.param(["0 # one"], "ann: <0.0> one", "", [], id="its end has not come"),
    pytest.param(["0 # one"], "ann: <0.0> oneX\n", "", ["altered 0.0+16"], id="too long"),
    pytest.param(["0 # one"], "hello\n", "", ["invented -"], id="a line of nobody"),
    pytest.param(["0 # one"], "hello", "", ["invented -"], id="half a line of nobody"),
    pytest.param(["0 # one"], "ann: hello\n", "", ["invented -"], id="words of nobody"),
    pytest.param(["0 # one"], "<0.0> one\n", "0.0", ["no prefix 0.0"], id="no prefix"),
    pytest.param(["0 # one"], "ann <0.0> one\n", "0.0", ["no prefix 0.0"], id="no colon"),
    pytest.param(
        ["0 # one"],
        "ann: <0.0> one\nann: <0.0> one\n",
        "0.0 0.0",
        ["repeated 0.0"],
        id="twice",
    ),
    pytest.param(
        ["0 # one"], "bob: <0.0> one\n", "0.0", ["wrong name 0.0"], id="under another's name"
    ),
    pytest.param(
        ["0 # one two", "0 # six"],
        "ann: <0.0> one tXo\nann: <0.1> six\n",
        "0.1",
        ["altered 0.0+18"],
        id="the next line is right",
    ),
]


def _in(dialect: str, said: list[str], read: str) -> tuple[str, list[str]]:
    nicks = (*NICKS, *"345678", "me")
    listener = hear(voices_of(dialect, nicks, said), read)
    return heard(listener), wrong(listener)


@pytest.mark.parametrize(("said", "read", "messages", "faults"), RAW)
def test_without_frames(said: list[str], read: str, messages: str, faults: list[str]) -> None:
    assert _in("raw", said, read) == (messages, faults)


@pytest.mark.parametrize(("said", "read", "messages", "faults"), LINES)
def test_with_frames(said: list[str], read: str, messages: str, faults: list[str]) -> None:
    assert _in("lines", said, read) == (messages, faults)


@pytest.mark.parametrize(
    "read",
    [
        pytest.param("ann: <0.0> onebob: <1.0> hiann: ?????bob: <1.1> ho", id="replaced"),
        pytest.param("ann: <0.0> one?????bob: <1.0> hibob: <1.1> ho", id="behind its words"),
        pytest.param("ann: <0.0> oneann: <0.1> ???bob: <1.0> hibob: <1.1> ho", id="altered"),
    ],
)
def test_what_is_said_after_bytes_that_are_no_text_is_not_judged(read: str) -> None:
    voices = voices_of("raw", NICKS, ["0 # one", "1 # hi", "1 # ho"])
    voices.speeches[0].untext = 1
    say(voices, b"0 # \xff\xfe", Kind.UNTEXT)
    listener = hear(voices, read)
    assert (heard(listener), wrong(listener)) == ("0.0 1.0 1.1", [])


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("raw", "ann: ?????bob: "),
        ("raw", "ann: ?????bob: h"),
        ("raw", "ann: ???|??bob: |"),
        ("raw", "ann: ??|???bo"),
        ("lines", "ann: ?????\nbob: "),
        ("lines", "ann: ?????\nbob: ~00"),
    ],
)
def test_behind_bytes_that_are_not_judged_a_stream_may_end_anywhere(
    dialect: str, text: str
) -> None:
    voices = voices_of(dialect, ["ann", "bob"], [b"0 # \xff\xfe", "1 # hi", "1 ho"])
    voices.speeches[0].untext = 0
    assert hear(voices, text).anomalies == []


@pytest.mark.parametrize(
    ("read", "messages", "faults", "told"),
    [
        pytest.param("*** bob has left the chat ***\nzz", "", ["invented -"], "bob", id="behind"),
        pytest.param(
            "zz*** bob has left the chat ***\n*** ann has left the chat ***\n[ann] <0.0> one",
            "0.0",
            ["invented -"],
            "bob ann",
            id="before",
        ),
        pytest.param(
            "[ann] <0.0> oX*** bob has left the chat ***\n[bob] <1.0> two",
            "1.0",
            ["altered 0.0+14"],
            "bob",
            id="behind what is altered",
        ),
        pytest.param(
            "[ann] <0.0> o*** bob has left the chat ***\nne",
            "",
            ["invented -"],
            "bob",
            id="a message goes on behind it without its name",
        ),
        pytest.param(
            "zz*** zed has left the chat ***\n", "", ["invented -"], "", id="of nobody who is here"
        ),
    ],
)
def test_a_notice_is_in_order_where_something_else_is_not(
    read: str, messages: str, faults: list[str], told: str
) -> None:
    listener = hear(voices_of("announcing-raw", NICKS, ["0 # one", "1 # two"]), read)
    assert (heard(listener), wrong(listener)) == (messages, faults)
    assert " ".join(notice.nick for notice in listener.notices) == told


@pytest.mark.parametrize(
    ("words", "read", "messages"),
    [
        pytest.param(
            ["0 # one", "0 two #"],
            "ann: <0.0> oneann: ~0000000|0r3~ oneann: two <0.1>",
            "0.0 0.0 0.1",
            id="a token has begun that stands within another message",
        ),
        pytest.param(
            ["0 draw it #", "0 draw it now #"],
            "ann: draw it <0.0>ann: draw it ~00|000000r3~ann: draw it now <0.1>",
            "0.0 0.0 0.1",
            id="another message has the same words",
        ),
        pytest.param(
            ["0 draw it #", "0 draw it now #"],
            "ann: draw it <0.0>ann: draw it |~00000000r3~ann: draw it now <0.1>",
            "0.0 0.0 0.1",
            id="several messages begin so",
        ),
        pytest.param(
            ["0 #", "0 #"],
            "ann: <0.0>ann: ~000|00000r3~ann: <0.1>",
            "0.0 0.0 0.1",
            id="the next message begins so, too",
        ),
    ],
)
def test_what_has_only_begun_to_come_again_is_waited_for(
    words: list[str], read: str, messages: str
) -> None:
    listener = hear(voices_of("raw", NICKS, words), read)
    assert (heard(listener), wrong(listener)) == (messages, ["repeated 0.0"])


def test_what_has_begun_to_come_again_is_not_what_is_said_meanwhile() -> None:
    voices = voices_of("raw", NICKS)
    listener = Listener(9, voices)
    first = say(voices, "0 #").relayed
    listener.read(first + first[:9], 1)
    second = say(voices, "0 #").relayed
    listener.read(first[9:10], 2)
    listener.read(first[10:] + second, 3)
    listener.finish()
    assert (heard(listener), wrong(listener)) == ("0.0 0.0 0.1", ["repeated 0.0"])
