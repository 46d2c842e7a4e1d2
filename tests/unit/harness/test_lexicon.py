"""What all decoders of a run share: names, what was said, and the forms that it takes."""

from collections.abc import Iterable

import pytest
from streams import name_of
from wires import Wire, dialect_of

from harness.announcement import Occasion
from harness.events import Kind, Said
from harness.lexicon import Lexicon, Sayings
from harness.shapes import Match, Place
from harness.speech import Message

NICKS = ("ann", "bob")
VARYING = dialect_of("lf", relay="[{time}] {nick}: {message}")


def _wire(*words: str) -> Wire:
    wire = Wire(VARYING, NICKS)
    for word in words:
        wire.say(word)
    return wire


def _sayings(wire: Wire) -> Sayings:
    sayings = Sayings(wire.voices)
    sayings.update()
    return sayings


def _written(messages: Iterable[Message]) -> str:
    return " ".join(sorted(map(name_of, messages)))


# -- what was said -------------------------------------------------------------------------------


def test_the_body_of_a_message_is_without_its_end() -> None:
    wire = _wire()
    message = wire.say("0 hi")
    assert message.data == b"hi\n"
    assert Sayings(wire.voices).body(message) == b"hi"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(b"hi", "0.0 1.1", id="two have said it"),
        pytest.param(b"hi there", "1.0", id="one has said it"),
        pytest.param(b"h", "", id="the beginning is not the whole"),
        pytest.param(b"hi\n", "", id="it is looked for without its end"),
        pytest.param(b"ho", "", id="nobody has said it"),
    ],
)
def test_messages_without_a_token_are_found_by_what_they_say(body: bytes, found: str) -> None:
    sayings = _sayings(_wire("0 hi", "1 hi there", "1 hi", "0 # ho"))
    assert _written(sayings.plain(body)) == found


def test_what_is_said_without_its_end_becomes_one_frame_with_what_follows() -> None:
    wire = Wire(dialect_of("lf", said={"ends": "lf"}, echo="you: {message}"), NICKS)
    wire.say("0 1234")
    wire.say("1 12345")
    for number, data in enumerate([b"123", b"456", b"789\n", b"12"], start=1):
        wire.voices.say(Said(number, 0, number, data, b"", Kind.STORY, number, -1))
    wire.voices.say(Said(9, 1, 1, b"12345", b"", Kind.STORY, 9, -1))
    assert _sayings(wire).longest == 9


def test_a_message_with_a_token_is_not_found_by_what_it_says() -> None:
    wire = _wire()
    message = wire.say("0 # hi")
    sayings = _sayings(wire)
    body = sayings.body(message)
    assert sayings.plain(body) == []
    assert list(sayings.plain_at(body, 0)) == []
    assert sayings.longest == len(body)


@pytest.mark.parametrize(
    ("text", "at", "found"),
    [
        (b"hi there", 0, "0.0 1.0"),
        (b"hi ther", 0, "0.0"),
        (b"xhi", 1, "0.0"),
        (b"xhi", 0, ""),
        (b"h", 0, ""),
        (b"", 0, ""),
    ],
)
def test_messages_that_stand_at_one_place(text: bytes, at: int, found: str) -> None:
    sayings = _sayings(_wire("0 hi", "1 hi there"))
    assert _written(sayings.plain_at(text, at)) == found


def test_an_empty_message_stands_everywhere() -> None:
    sayings = _sayings(_wire("0 "))
    assert _written(sayings.plain_at(b"x", 1)) == "0.0"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(b"hi", "1.0", id="not what is whole"),
        pytest.param(b"h", "0.0 0.1 1.0 1.1", id="all that begin so"),
        pytest.param(b"", "0.0 0.1 1.0 1.1", id="anything"),
        pytest.param(b"ho", "", id="whole for two"),
        pytest.param(b"i", "", id="not what is inside"),
        pytest.param(b"z", "", id="behind all"),
    ],
)
def test_messages_of_which_the_beginning_has_come(text: bytes, found: str) -> None:
    sayings = _sayings(_wire("0 hi", "1 hi there", "0 ho", "1 ho"))
    assert _written(sayings.begun(text)) == found


def test_messages_with_a_token_can_be_begun_too() -> None:
    sayings = _sayings(_wire("0 one #"))
    assert _written(sayings.begun(b"one ")) == "0.0"


def test_what_is_said_later_is_taken_up_and_nothing_twice() -> None:
    wire = _wire("0 hi")
    sayings = _sayings(wire)
    wire.say("0 hi")
    assert _written(sayings.plain(b"hi")) == "0.0"
    sayings.update()
    sayings.update()
    assert _written(sayings.plain(b"hi")) == "0.0 0.1"
    assert sayings.longest == 2


def test_who_comes_anew_is_heard_from_its_first_message() -> None:
    wire = _wire("0 hi", "0 ho")
    sayings = _sayings(wire)
    wire.voices.admit(0, "ann")
    wire.say("0 six")
    sayings.update()
    assert _written(sayings.plain(b"six")) == "0.0"


# -- names and forms -----------------------------------------------------------------------------


def test_names_are_taken_up_as_they_come() -> None:
    wire = _wire()
    lexicon = Lexicon(wire.voices)
    before = lexicon.forms[0].before
    assert before.match(b"[12:00] cid: hi", 0).places == []
    lexicon.update()
    assert lexicon.names.known == {b"ann": "ann", b"bob": "bob"}
    wire.voices.admit(2, "cid")
    lexicon.update()
    lexicon.update()
    assert before.match(b"[12:00] cid: hi", 0) == Match(
        [Place(13, b"[] cid: ", "cid")], unfinished=False
    )


@pytest.mark.parametrize(
    ("relay", "echo", "literal"),
    [
        ("{nick}: {message}", None, True),
        ("{nick}: {message}", "You: {message}", True),
        ("[{time}] {nick}: {message}", None, False),
        ("{nick}: {message}", "[{time}] You: {message}", False),
        ("{nick}: {message}", "{message} (you)", False),
        ("<{nick}> {message} ({any})", None, False),
    ],
)
def test_whether_the_wire_is_what_is_judged(relay: str, echo: str | None, literal: bool) -> None:
    dialect = dialect_of("lf", relay=relay, **({"echo": echo} if echo else {}))
    lexicon = Lexicon(Wire(dialect, NICKS).voices)
    assert lexicon.literal is literal
    assert [form.own for form in lexicon.forms] == ([False, True] if echo else [False])


def test_what_stands_before_and_after_a_message() -> None:
    dialect = dialect_of("lf", relay="<{nick}> {message} ({time})", echo="You: {message}")
    lexicon = Lexicon(Wire(dialect, NICKS).voices)
    lexicon.update()
    others, own = lexicon.forms
    text = b"<bob> hi (12:00)"
    assert others.before.match(text, 0).places == [Place(6, b"<bob> ", "bob")]
    assert others.after.match(text, 8).places == [Place(16, b" ()", None)]
    assert own.before.match(b"You: hi", 0).places == [Place(5, b"You: ", None)]
    assert (others.after.empty, own.after.empty) == (False, True)


@pytest.mark.parametrize(
    ("heard", "greeting", "lines"),
    [
        pytest.param("lf", "Hi {nick}!", [b"Hi ann!"], id="one frame"),
        pytest.param("lf", "Hi {nick},\nbe kind", [b"Hi ann,", b"be kind"], id="two frames"),
        pytest.param("lf", "Hi\n\nann", [b"Hi", b"", b"ann"], id="an empty one between"),
        pytest.param("lf", "Hi {nick}\n", [b"Hi ann", b""], id="an empty one at the end"),
        pytest.param("crlf", "Hi\r\n{nick}", [b"Hi", b"ann"], id="other ends"),
        pytest.param("crlf", "Hi\n{nick}", [b"Hi\nann"], id="another's end is text"),
        pytest.param("none", "Hi\n{nick}", [b"Hi\nann"], id="without frames it is one"),
        pytest.param("length", "Hi\n{nick}", [b"Hi\nann"], id="behind its length it is one"),
    ],
)
def test_a_notice_takes_a_frame_for_each_of_its_lines(
    heard: str, greeting: str, lines: list[bytes]
) -> None:
    lexicon = Lexicon(Wire(dialect_of(heard, greeting=greeting), NICKS).voices)
    lexicon.update()
    (told,) = lexicon.told
    assert told.notice.occasion is Occasion.GREETING
    assert len(told.shapes) == len(lines)
    for shape, line in zip(told.shapes, lines, strict=True):
        assert [place.end for place in shape.match(line, 0).places] == [len(line)]
