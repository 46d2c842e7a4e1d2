"""What both decoders of one receiver have in common."""

import pytest
from wires import Item, Wire, dialect_of

from harness.announcement import HeardNotice, Occasion
from harness.hearing import Hearing, joined
from harness.lexicon import MARK, Lexicon

NICKS = ("ann", "bob", "cid")
NOTICE = HeardNotice(Occasion.JOIN, "bob", 5)
GREETED = "Hello, {nick}."


def _wire(heard: str = "lf", **keys: object) -> Wire:
    return Wire(dialect_of(heard, **keys), NICKS)


def _hearing(wire: Wire, conn: int = 0) -> Hearing:
    return Hearing(Lexicon(wire.voices), conn)


# -- messages ------------------------------------------------------------------------------------


def test_a_message_is_new_until_it_or_a_later_one_was_heard() -> None:
    wire = _wire()
    hearing = _hearing(wire)
    one, two, six = (wire.say(f"1 {text}") for text in ("one", "two", "six"))
    other = wire.say("2 x")
    hearing.hear(two)
    assert [hearing.is_new(message) for message in (one, two, six, other)] == [
        *(False, False, True, True),
    ]
    # That an earlier one comes after all takes nothing back.
    hearing.hear(one)
    assert not hearing.is_new(two)


def test_for_what_was_said_before_nobody_waits() -> None:
    wire = _wire()
    old = wire.say("1 old")
    hearing = _hearing(wire)
    assert not hearing.is_new(old)
    assert hearing.is_new(wire.say("1 later"))
    wire.voices.admit(3, "dan")
    assert hearing.is_new(wire.say("2 x"))


@pytest.mark.parametrize(
    ("relay", "conn", "plain"),
    [
        ("{nick}: {message}", 1, True),
        ("{nick}: {message}", 0, False),
        ("[{time}] {nick}: {message}", 1, False),
        ("{nick}: {message}!", 1, False),
    ],
)
def test_what_comes_as_it_is_judged(relay: str, conn: int, plain: bool) -> None:
    wire = _wire(relay=relay)
    assert _hearing(wire).is_plainly_relayed(wire.say(f"{conn} hi")) is plain


@pytest.mark.parametrize(
    ("conn", "own", "kept", "due"),
    [
        pytest.param(1, False, b"[] bob: ", True, id="another's words under its name"),
        pytest.param(1, False, b"[] cid: ", False, id="under a third one's name"),
        pytest.param(1, False, b"[] b", False, id="under a part of its name"),
        pytest.param(1, True, b"You: ", False, id="another's words as the hearer's own"),
        pytest.param(0, True, b"You: ", True, id="own words as own"),
        pytest.param(0, False, b"[] ann: ", False, id="own words as another's"),
    ],
)
def test_what_may_lawfully_come(conn: int, own: bool, kept: bytes, due: bool) -> None:
    wire = _wire(relay="[{time}] {nick}: {message}", echo="You: {message}")
    hearing = _hearing(wire)
    message = wire.say(f"{conn} hi")
    form = hearing.lexicon.forms[own]
    assert hearing.is_due(form, kept, message) is due
    # Nothing comes twice.
    hearing.hear(message)
    assert not hearing.is_due(form, kept, message)


def test_without_echoes_own_words_never_come() -> None:
    wire = _wire()
    hearing = _hearing(wire)
    (form,) = hearing.lexicon.forms
    assert not hearing.is_due(form, b"ann: ", wire.say("0 hi"))
    assert hearing.is_due(form, b"bob: ", wire.say("1 hi"))


# -- notices -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "mine", "others", "nobodys"),
    [("others", False, True, True), ("all", True, True, True), ("newcomer", True, False, True)],
)
def test_who_may_be_told(audience: str, mine: bool, others: bool, nobodys: bool) -> None:
    hearing = _hearing(_wire(join={"text": "{nick} came", "to": audience}))
    (told,) = hearing.lexicon.told
    assert [hearing.is_for_me(told, nick) for nick in ("ann", "bob", None)] == [
        *(mine, others, nobodys),
    ]


def test_the_likeliest_is_the_first_that_one_may_be_told() -> None:
    told = {"text": GREETED}
    hearing = _hearing(_wire(greeting=GREETED, join=told, leave=told))
    greeting, join, leave = hearing.lexicon.told
    assert hearing.likeliest([(one, "bob") for one in (greeting, join, leave)]) == (join, "bob")
    assert hearing.likeliest([(join, "ann"), (greeting, "ann")]) == (greeting, "ann")
    # Told to the wrong one, it is told all the same.
    assert hearing.likeliest([(greeting, "bob")]) == (greeting, "bob")
    assert hearing.likeliest([(join, "ann"), (leave, "ann")]) == (join, "ann")


def test_a_notice_is_heard_when_something_was_read_last() -> None:
    hearing = _hearing(_wire(join={"text": "{nick} came"}))
    (told,) = hearing.lexicon.told
    hearing.at = 5
    assert hearing.notice(told, "bob") == NOTICE
    assert hearing.notice(told, None) == HeardNotice(Occasion.JOIN, "", 5)


# -- bytes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "payload", "guarded"),
    [
        ("length", b"bob: hi", b"bob: hi"),
        ("length", b"a\0b\0", b"a\0" + MARK + b"b\0" + MARK),
        ("crlf", b"a\r\nb\n", b"a\r\n" + MARK + b"b\n"),
    ],
)
def test_an_end_in_a_payload_makes_no_two_frames(
    heard: str, payload: bytes, guarded: bytes
) -> None:
    assert _hearing(_wire(heard)).guard(payload) == guarded


@pytest.mark.parametrize(
    ("found", "put_together"),
    [
        ([], []),
        ([b"", b""], []),
        ([b"a", b"", b"b"], [b"ab"]),
        ([NOTICE], [NOTICE]),
        ([b"a", b"b", NOTICE, NOTICE, b"", b"c"], [b"ab", NOTICE, NOTICE, b"c"]),
        ([b"", NOTICE, b"a", NOTICE], [NOTICE, b"a", NOTICE]),
    ],
)
def test_bytes_that_follow_each_other_are_put_together(
    found: list[Item], put_together: list[Item]
) -> None:
    assert list(joined(found)) == put_together
