"""What everyone said, as the bytes that a relay may be made of."""

import pytest
from streams import name_of, say, stream, voices_of
from wires import Wire, dialect_of

from harness.announcement import Occasion
from harness.dialect import Dialect
from harness.events import Kind, Said
from harness.readings import NOBODY
from harness.speech import CLUE, Voices

NAMES = ("ann", "bob", "bob")


def test_messages_stand_end_to_end() -> None:
    voices = voices_of("raw", NAMES, ["0 # one", "0 two", "1 # x"])
    speech = voices.speeches[0]
    assert [(m.start, m.end, m.head, m.tail) for m in speech.messages] == [
        (0, 16, (0,), (16,)),
        (16, 19, (16,), (19,)),
    ]
    assert speech.data == speech.messages[0].data + b"two"
    assert speech.messages[1].relayed == b"ann: two"


def test_what_holds_a_token_can_be_found_by_it() -> None:
    voices = voices_of("raw", NAMES, ["0 # one", "0 two", "1 # a: b"])
    assert sorted(map(name_of, voices.tokens.values())) == ["0.0", "1.0"]
    # Text that could hold a prefix is not for the fast path.
    assert list(map(name_of, voices.plain.values())) == ["0.0"]


@pytest.mark.parametrize(
    ("dialect", "text", "optional"),
    [("lines", "", True), ("lines", "x", False), ("raw", "x", False)],
)
def test_only_an_empty_line_is_optional(dialect: str, text: str, optional: bool) -> None:
    assert say(voices_of(dialect, NAMES), f"0 {text}").optional is optional


@pytest.mark.parametrize(("offset", "number"), [(0, 0), (15, 0), (16, 1), (18, 1), (19, 1)])
def test_the_message_at_an_offset(offset: int, number: int) -> None:
    speech = voices_of("raw", NAMES, ["0 # one", "0 two"]).speeches[0]
    assert speech.at(offset).number == number


@pytest.mark.parametrize(
    ("offset", "boundary"), [(0, True), (1, False), (16, True), (18, False), (19, True)]
)
def test_boundaries(offset: int, boundary: bool) -> None:
    speech = voices_of("raw", NAMES, ["0 # one", "0 two"]).speeches[0]
    assert speech.is_boundary(offset) is boundary


@pytest.mark.parametrize(("at", "length"), [(None, 19), (3, 19), (4, 19), (2, 16), (1, 16), (0, 0)])
def test_how_much_was_said_by_then(at: int | None, length: int) -> None:
    # At 1 and at 3 it is ann who speaks.
    speech = voices_of("raw", NAMES, ["0 # one", "1 # x", "0 two"]).speeches[0]
    assert speech.said_by(at) == length


def test_who_has_said_nothing_had_said_nothing() -> None:
    speech = voices_of("raw", NAMES).speeches[0]
    assert speech.said_by(5) == 0
    assert list(speech.ended_by(0, 9)) == []


@pytest.mark.parametrize(
    ("begin", "end", "numbers"),
    [
        (0, 19, [0, 1]),
        (0, 18, [0]),
        (0, 15, []),
        (15, 16, [0]),
        (16, 19, [1]),
        (16, 18, []),
        (19, 19, []),
    ],
)
def test_what_ended_there(begin: int, end: int, numbers: list[int]) -> None:
    speech = voices_of("raw", NAMES, ["0 # one", "0 two"]).speeches[0]
    assert [message.number for message in speech.ended_by(begin, end)] == numbers


def test_from_the_first_bytes_that_are_no_text_nothing_is_judged() -> None:
    voices = voices_of("raw", NAMES, ["0 # one"])
    before = voices.speeches[0].messages[0]
    voices.speeches[0].untext = 1
    after = say(voices, b"0 # \xff", Kind.UNTEXT)
    assert [voices.is_judged(message) for message in (before, after)] == [True, False]
    assert voices.is_judged(say(voices, "1 # x"))


@pytest.mark.parametrize(
    ("offset", "cut"), [(0, False), (1, False), (2, True), (3, False), (4, True), (5, False)]
)
def test_inside_a_character(offset: int, cut: bool) -> None:
    speech = voices_of("raw", NAMES, ["0 aяю"]).speeches[0]
    assert speech.cuts_character(offset) is cut


@pytest.mark.parametrize(
    ("text", "after", "found"),
    [
        pytest.param(b"ann: xbob: y", 0, [(0, 5, [0]), (6, 11, [1, 2])], id="everyone's"),
        pytest.param(b"ann: xbob: y", 5, [(6, 11, [1, 2])], id="behind what was seen"),
        pytest.param(b"cid: x", 0, [], id="a stranger's"),
        pytest.param(b": : x", 0, [], id="nobody's"),
        pytest.param(b"kann: x", 0, [(1, 6, [0])], id="inside a word"),
    ],
)
def test_prefixes(text: bytes, after: int, found: list[tuple[int, int, list[int]]]) -> None:
    assert voices_of("raw", NAMES).find_prefixes(text, after) == found


def test_a_name_that_comes_twice_is_one_prefix() -> None:
    voices = voices_of("raw", NAMES)
    voices.admit(2, "bob")
    assert voices.prefixes == {b"ann: ": [0], b"bob: ": [1, 2]}
    assert voices.longest == 5


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        (b"x", []),
        (b"xa", [1]),
        (b"xann:", [1]),
        (b"xann: ", []),
        (b"b", [0]),
        (b"bob", [0, 2]),
        (b"ann", [0]),
        (b"bbo", [1]),
    ],
)
def test_prefixes_that_may_have_begun(text: bytes, begun: list[int]) -> None:
    voices = voices_of("raw", NAMES)
    assert voices.unfinished_prefixes(text) == begun
    assert voices.may_turn(text, len(text)) is bool(begun)


def test_a_letter_of_a_name_at_the_end_begins_no_prefix_by_itself() -> None:
    assert not voices_of("raw", NAMES).may_turn(b"xnn", 3)


# -- frames --------------------------------------------------------------------------------------


def _people(dialect: Dialect) -> Voices:
    """Let everyone be in a room in which nobody has spoken."""
    return Wire(dialect, NAMES).voices


def _pieces(*pieces: bytes) -> Voices:
    """Let ann say pieces of lines."""
    voices = voices_of("lines", NAMES)
    for number, data in enumerate(pieces):
        voices.say(Said(number + 1, 0, number, data, b"", Kind.STORY, number + 1, -1))
    return voices


@pytest.mark.parametrize(
    ("offset", "ends"),
    [
        pytest.param(0, True, id="before all"),
        pytest.param(3, False, id="what has no end"),
        pytest.param(7, True, id="an end"),
        pytest.param(9, False, id="an end inside a message"),
        pytest.param(11, True, id="its end"),
        pytest.param(12, False, id="the end of all, without an end"),
    ],
)
def test_a_frame_ends_where_its_end_was_said_and_a_message_with_it(offset: int, ends: bool) -> None:
    speech = _pieces(b"one", b"two\n", b"a\nb\n", b"c").speeches[0]
    assert speech.ends_frame(offset) is ends


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(0, 7, id="it goes on in the next message"),
        pytest.param(7, 9, id="the next frame"),
        pytest.param(9, 11, id="it ends nowhere"),
        pytest.param(11, 11, id="nothing was said there"),
    ],
)
def test_where_a_frame_ends(start: int, end: int) -> None:
    assert _pieces().speeches[0].frame_end(start) == start
    assert _pieces(b"one", b"two\n", b"x\n", b"a", b"b").speeches[0].frame_end(start) == end


@pytest.mark.parametrize(
    ("data", "loose"), [(b"hi\n", False), (b"a\nb\n", True), (b"hi", True), (b"\nhi", True)]
)
def test_who_has_said_what_is_not_one_frame_is_not_looked_up(data: bytes, loose: bool) -> None:
    voices = voices_of("lines", NAMES, ["0 # before"])
    voices.say(Said(2, 0, 1, data, b"", Kind.STORY, 2, -1))
    after, other = say(voices, "0 # after"), say(voices, "1 # x")
    assert voices.speeches[0].loose is loose
    assert (after.token in voices.plain) is not loose
    assert other.token in voices.plain
    assert after.token in voices.tokens


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("<0.0> hi\n", [(0, 0, [0])], id="a token tells"),
        pytest.param("<0.0> hi\n<1.0> ho\n", [(0, 0, [0]), (16, 16, [1])], id="two frames"),
        pytest.param("same\n", [(0, 0, [0, 1])], id="two have said it"),
        pytest.param("mine\n", [(0, 0, [1])], id="one has said it"),
        pytest.param("hers\n", [(0, 0, [])], id="nobody has said it"),
        pytest.param("he <9.9>\n", [(0, 0, [])], id="a token that is nobody's"),
        pytest.param("<9.9> <1.0>\n", [(0, 0, [1])], id="of two tokens one is known"),
        pytest.param("mi", [], id="so far anything may follow"),
    ],
)
def test_a_frame_that_names_nobody_is_whose_words_it_holds(
    text: str, found: list[tuple[int, int, list[int]]]
) -> None:
    voices = voices_of("anonymous", NAMES[:2])
    for word in ("0 # hi", "1 # ho", "0 same", "1 same", "1 mine"):
        say(voices, word)
    assert voices.find_prefixes(stream(text), 0) == found


def test_of_a_frame_without_its_end_all_tell_who_said_its_beginning() -> None:
    long = "x" * CLUE
    voices = voices_of("anonymous", NAMES, ["0 mine", "1 mild", f"2 {long}y"])
    for text, conns in ((b"mi", [0, 1]), (b"min", [0]), (b"hi", []), (f"{long}z".encode(), [2])):
        assert voices.find_prefixes(text, 0, final=True) == [(0, 0, conns)]


def test_who_said_what_is_not_one_frame_may_have_said_any() -> None:
    voices = voices_of("anonymous", NAMES, ["0 # hi", "1 mine"])
    voices.say(Said(9, 2, 0, b"no end", b"", Kind.STORY, 9, -1))
    for text in (b"mine\n", stream("<0.0> hi\n"), b"nobody's\n"):
        ((_, _, conns),) = voices.find_prefixes(text, 0)
        assert 2 in conns
    assert voices.find_prefixes(b"mine\n", 0) == [(0, 0, [1, 2])]


def test_an_own_prefix_tells_whose_a_frame_is_whatever_stands_behind_it() -> None:
    voices = _people(dialect_of("lf", relay="{message}", echo="me: {message}"))
    message = say(voices, "1 # hi")
    frame = b"me: " + message.data
    # The token tells of the first; behind her own prefix only ann can be heard.
    assert voices.find_prefixes(frame, 0, 0) == [(0, 0, [1]), (0, 4, [0])]
    assert voices.find_prefixes(frame, 0, 7) == [(0, 0, [1])]


def test_bytes_that_are_no_text_tell_nothing_of_who_said_a_frame() -> None:
    voices = voices_of("anonymous", NAMES[:2], ["1 mine"])
    voices.speeches[0].untext = 0
    say(voices, "0 mine")
    assert voices.find_prefixes(b"mine\n", 0) == [(0, 0, [1])]


@pytest.mark.parametrize(("dialect", "murky"), [("anonymous", True), ("lines", False)])
def test_where_no_name_tells_whose_it_is_bytes_that_are_no_text_may_be_anyones(
    dialect: str, murky: bool
) -> None:
    voices = voices_of(dialect, NAMES, ["0 # hi"])
    assert not voices.is_murky(0)
    voices.speeches[0].untext = 0
    assert voices.is_murky(0)
    assert voices.is_murky(1) is murky


# -- echoes and notices --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("echo", "own"),
    [
        (None, b"ann: "),
        ("You: {message}", b"You: "),
        ("{nick}: {message}", b"ann: "),
        ("{message}", b""),
    ],
)
@pytest.mark.parametrize("heard", ["none", "lf"])
def test_behind_what_somebody_hears_itself(heard: str, echo: str | None, own: bytes) -> None:
    voices = _people(dialect_of(heard, **({"echo": echo} if echo else {})))
    message = say(voices, "0 # hi")
    assert [voices.speeches[0].heard_by(conn) for conn in (0, 1)] == [own, b"ann: "]
    assert message.relayed == b"ann: " + message.data
    assert message.echo == (own + message.data if echo else b"")


def test_own_words_are_looked_for_behind_their_own_prefix() -> None:
    voices = _people(dialect_of(echo="You said: {message}"))
    text = b"You said: xbob: y"
    assert voices.find_prefixes(text, 0, 0) == [(0, 10, [0]), (11, 16, [1, 2])]
    assert voices.find_prefixes(text, 0, 2) == [(0, 10, [2]), (11, 16, [1])]
    # Text in which one could stand is not for the fast path, whoever reads it.
    tokens = [say(voices, f"0 # {text}").token for text in ("You said", "You said: x", "bob: x")]
    assert [token in voices.plain for token in tokens] == [True, False, False]


def test_notices_are_looked_for_where_no_frame_ends() -> None:
    voices = voices_of("announcing-raw", NAMES)
    text = b"Welcome, ann!\n[bob] x*** bob has left the chat ***\n*** zed has left the chat ***\n"
    rows = voices.find_prefixes(text, 0)
    assert [text[row.begin : row.end] for row in rows] == [
        *(b"Welcome, ann!\n", b"[bob] ", b"*** bob has left the chat ***\n"),
    ]
    greeting, left = rows[0].conns[0], rows[2].conns[0]
    assert max(greeting, left) < NOBODY
    assert voices.notices[greeting] == (Occasion.GREETING, "ann")
    assert voices.notices[left] == (Occasion.LEAVE, "bob")
    # Three on each of two names: namesakes are announced alike.
    assert len(voices.notices) == 6
    # Text that could hold one is not for the fast path.
    tokens = [say(voices, f"0 # {part}").token for part in ("*** hi", " has left the chat ***\n")]
    assert [token in voices.plain for token in tokens] == [True, False]


def test_a_notice_that_names_nobody_is_one_for_all() -> None:
    voices = _people(dialect_of(greeting=["Hello, {nick} of {host}:{port}.", "Be kind!"]))
    named = [nick for _, nick in voices.notices.values()]
    assert sorted(named) == ["", "ann", "bob", "bob"]
    text = b"Hello, bob of 127.0.0.1:4002.Be kind!Hello, bob of 127.0.0.1:4000."
    found = [(row.begin, row.end) for row in voices.find_prefixes(text, 0)]
    assert found == [(0, 29), (29, 37)]


def test_where_frames_end_nothing_is_announced_in_the_stream() -> None:
    assert voices_of("announcing", NAMES).notices == {}
