"""`harness.units`: a stream in which nothing is marked, cut where what is known ends."""

import pytest
from wires import Item, Wire, decode, dialect_of

from harness.announcement import HeardNotice, Occasion
from harness.dialect import Dialect
from harness.dialect_files import load_dialect
from harness.lexicon import MARK
from harness.speech import Message

NICKS = ["ann", "bob", "a: b", "bob joined!x", "bob"]
JOINED = HeardNotice(Occasion.JOIN, "bob", 5)
LEFT = HeardNotice(Occasion.LEAVE, "bob", 5)
BARE = dialect_of(relay="{message}", leave={"text": "{nick} left!"})
TIMED = dialect_of(relay="[{time}] {nick}: {message}", leave={"text": "* {nick} left at {time}"})


@pytest.fixture
def wire() -> Wire:
    return Wire(load_dialect("nick"), NICKS)


def frames(*messages: Message) -> bytes:
    return b"".join(message.relayed for message in messages)


def test_a_message_is_heard_with_its_last_byte(wire: Wire) -> None:
    message = wire.say("1 hi # there")
    data, decoder = wire.relayed(message), wire.decoder()
    assert decode(decoder, [bytes([byte]) for byte in data[:-1]], finish=False) == []
    assert decode(decoder, [data[-1:]], finish=False) == [message.relayed]


def test_units_in_one_read_are_told_apart(wire: Wire) -> None:
    decoder = wire.decoder()
    one, own, plain = wire.say("1 #"), wire.say("0 # me"), wire.say("2 hello")
    data = wire.relayed(one) + wire.tell(Occasion.JOIN, 1) + wire.relayed(own) + wire.relayed(plain)
    data += b"Connected to server!" + wire.tell(Occasion.LEAVE, 1)
    greeting = HeardNotice(Occasion.GREETING, "", 5)
    found = [one.relayed, JOINED, wire.canonical(own) + plain.relayed, greeting, LEFT]
    assert decode(decoder, [data], finish=False) == found


def test_a_notice_waits_only_while_a_longer_one_may_come(wire: Wire) -> None:
    """There is one called `bob joined!x`."""
    decoder = wire.decoder()
    assert decode(decoder, [b"bob joined!"], finish=False) == []
    assert decode(decoder, [b"x joined!"], finish=False) == [
        HeardNotice(Occasion.JOIN, "bob joined!x", 5)
    ]
    assert decode(decoder, [b"bob joined!bob le"], finish=False) == [JOINED]
    assert decode(decoder, [b"ft!"], finish=False) == [LEFT]
    assert decode(decoder, [b"bob joined!"]) == [JOINED]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        pytest.param(b"bob: hi !", b"bob: hi !\0", id="altered"),
        pytest.param(b"what", b"what\0", id="invented"),
        pytest.param(b"a\0c", b"a\0" + MARK + b"c\0", id="with an end in it"),
        pytest.param(b"bob: h", b"bob: h", id="a beginning"),
        pytest.param(b"bob:", b"", id="the beginning of a prefix"),
        pytest.param(b"eve left!", b"eve left!\0", id="of somebody unknown"),
    ],
)
def test_what_fits_nothing_goes_on(wire: Wire, data: bytes, found: bytes) -> None:
    decoder = wire.decoder()
    wire.say("1 hi #")
    assert decode(decoder, [data]) == ([found] if found else [])


def test_strange_bytes_are_frames_of_their_own(wire: Wire) -> None:
    decoder = wire.decoder()
    one, two = wire.say("1 hi #"), wire.say("2 yo #")
    first = wire.relayed(one)
    data = b"x" + first[:8] + wire.relayed(two) + first[8:] + wire.relayed(two)
    torn = b"x" + first[:8] + b"\0" + two.relayed + first[8:] + b"\0" + two.relayed
    assert decode(decoder, [data]) == [torn]


def test_a_message_that_was_heard_is_still_known(wire: Wire) -> None:
    decoder = wire.decoder()
    one, two = wire.say("1 hi"), wire.say("1 #")
    data = wire.relayed(two) + wire.relayed(one) + wire.relayed(two)
    assert decode(decoder, [data]) == [frames(two, one, two)]


@pytest.mark.parametrize(
    ("words", "reads", "found"),
    [
        pytest.param([], [b"bob left!"], [LEFT], id="nobody said it"),
        pytest.param(["1 bob left!"], [b"bob left!"], [b"bob left!\0"], id="somebody said it"),
        pytest.param(
            ["1 bob left!"], [b"bob left!bob left!"], [b"bob left!\0", LEFT], id="said it once"
        ),
        pytest.param(["1 bob left! ha"], [b"bob left!"], [], id="it may go on"),
        pytest.param(
            ["1 bob left! ha"], [b"bob left!", b" ha"], [b"bob left! ha\0"], id="it goes on"
        ),
        pytest.param(["1 bob left! ha"], [b"bob left!", b"x"], [LEFT, b"x"], id="it does not"),
        pytest.param(["1 hi", "2 hi"], [b"hihi"], [b"hi\0hi\0"], id="two say the same"),
        pytest.param(["1 hi", "1 hi there"], [b"hi"], [], id="the longer may come"),
        pytest.param(
            ["1 hi", "1 hi there"], [b"hi", b"hi there"], [b"hi\0hi there\0"], id="both come"
        ),
        pytest.param(["1 hi there", "1 hi"], [b"hi therehi"], [b"hi there\0hi\0"], id="in order"),
    ],
)
def test_words_without_a_token_come_before_notices(
    words: list[str], reads: list[bytes], found: list[Item]
) -> None:
    wire = Wire(BARE, ["ann", "bob", "eve"])
    decoder = wire.decoder()
    for word in words:
        wire.say(word)
    assert decode(decoder, reads, finish=False) == found


def test_what_was_said_before_the_receiver_came_is_not_expected() -> None:
    wire = Wire(BARE, ["ann", "bob"])
    wire.say("1 bob left! ha")
    assert decode(wire.decoder(), [b"bob left!"], finish=False) == [LEFT]
    assert decode(wire.decoder(), [b"ann le", b"ft!"], finish=False) == [
        HeardNotice(Occasion.LEAVE, "ann", 5)
    ]


def test_an_empty_message_without_a_form_is_no_unit() -> None:
    dialect = dialect_of(relay="{message}", echo="{nick}:{message}", said={"ends": "lf"})
    wire = Wire(dialect, ["ann", "bob"])
    decoder = wire.decoder()
    wire.say("1 ")
    assert decode(decoder, [b"x"]) == [b"x\0"]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        pytest.param(b"[12:00] bob: hi", b"[] bob: hi\0", id="as it should"),
        pytest.param(b"[12:00] bob: hi[1", b"[] bob: hi\0", id="and a beginning"),
        pytest.param(b"bob: hi", MARK + b"bob: hi\0", id="without the time"),
        pytest.param(b"[] bob: hi\0", MARK + b"[] bob: hi\0" + MARK + b"\0", id="as it is judged"),
        pytest.param(b"[12:00] a: b: hi", b"[] a: b: hi\0", id="in a wrong name"),
    ],
)
def test_what_varies_is_taken_away(data: bytes, found: bytes) -> None:
    wire = Wire(TIMED, NICKS)
    decoder = wire.decoder()
    wire.say("1 hi")
    assert decode(decoder, [data]) == [found]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        pytest.param(b"* bob left at 12:00:01", [LEFT], id="all of it"),
        pytest.param(b"* bob left at 12:00[12:00] bob: hi", [LEFT, b"[] bob: hi\0"], id="a unit"),
        pytest.param(b"* bob left at 12:00x", [LEFT, MARK + b"x\0"], id="something strange"),
        pytest.param(b"* bob left at 12:00x1", [LEFT, MARK + b"x1\0"], id="strange from there on"),
        pytest.param(b"* bob left at 1", [], id="a beginning"),
    ],
)
def test_what_varies_at_an_end_goes_on_as_long_as_it_can(data: bytes, found: list[Item]) -> None:
    wire = Wire(TIMED, NICKS)
    decoder = wire.decoder()
    wire.say("1 hi")
    assert decode(decoder, [data]) == found
    assert decode(wire.decoder(), [bytes([byte]) for byte in data]) == found or b"hi" in data


def test_what_varies_at_an_end_has_an_end() -> None:
    data = b"* bob left at 12:00" + b"0" * 1000
    left, rest = Wire(TIMED, NICKS).decode(data)
    assert left == LEFT
    assert isinstance(rest, bytes)
    assert 600 < len(rest) < 1000


SUFFIXED = dialect_of(relay="{nick}: {message} ({host})", echo="Me: {message} ({any})")


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        pytest.param(b" (127.0.0.1)", b"\0", id="whole"),
        pytest.param(b" (127.", b"", id="begun"),
        pytest.param(b"", b"", id="not begun"),
        pytest.param(b"!", None, id="altered"),
    ],
)
def test_what_stands_behind_a_message_is_taken_away(rest: bytes, found: bytes | None) -> None:
    wire = Wire(SUFFIXED, NICKS)
    decoder = wire.decoder()
    body = wire.say("1 hi #").relayed[:-1]
    expected = body + rest + MARK + b"\0" if found is None else body + found
    assert decode(decoder, [body + rest]) == [expected]
    own = wire.say("0 hi #").data[:-1]
    assert decode(wire.decoder(), [b"Me: " + own + b" (x)"]) == [b"Me: " + own + b"\0"]


LOOSE = dialect_of(
    relay="{any} {nick}> {message}",
    join={"text": "{nick} joined!"},
    leave={"text": "{any} {nick} went"},
)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        pytest.param(b"x bob> hi", [b" bob> hi\0"], id="a message"),
        pytest.param(b"bob joined!x bob> hi", [JOINED, b" bob> hi\0"], id="a notice first"),
        pytest.param(b"x bob wenty bob> hi", [LEFT, b" bob> hi\0"], id="a vague notice first"),
        pytest.param(b"x bob> hiy bob went", [b" bob> hi\0", LEFT], id="a message first"),
        pytest.param(b"\n bob> hi", [MARK + b"\n\0 bob> hi\0"], id="a line end"),
        pytest.param(b"strange", [MARK + b"strange\0"], id="nothing"),
        pytest.param(b"x" * 90, [MARK + b"x" * 90 + b"\0"], id="a long nothing"),
    ],
)
def test_what_nobody_can_tell_beforehand_is_as_short_as_it_can(
    data: bytes, found: list[Item]
) -> None:
    wire = Wire(LOOSE, ["ann", "bob"])
    decoders = [wire.decoder(), wire.decoder()]
    wire.say("1 hi")
    assert decode(decoders[0], [data]) == found
    assert decode(decoders[1], [bytes([byte]) for byte in data]) == found


@pytest.mark.parametrize(
    "dialect", [BARE, LOOSE, load_dialect("nick")], ids=["bare", "any", "nick"]
)
def test_endless_noise_is_passed_on_unread(
    dialect: Dialect, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 6000  # as many as there may be take a while
    monkeypatch.setattr("harness.units.MOST_NOISE", most)
    wire = Wire(dialect, ["ann", "bob"])
    decoder = wire.decoder()
    message = wire.say("1 hi #")
    noise = b"\nb " * (most // 3)
    found = decode(decoder, [noise, b"\n\n" + wire.relayed(message), wire.relayed(message)])
    assert len(found) == 1
    assert isinstance(found[0], bytes)
    assert found[0].count(message.token) == 2
    assert message.relayed not in found[0][:-1]


@pytest.mark.parametrize("cut", [0, 14])
def test_what_was_said_may_be_the_beginning_of_what_is_said_later(cut: int) -> None:
    wire = Wire(dialect_of(relay="Client {any}: {message}"), NICKS[:3])
    decoder = wire.decoder()
    bare, later = wire.say("1 nickname"), wire.say("1 nickname #")
    first, second = wire.relayed(bare, {"any": "7"}), wire.relayed(later, {"any": "7"})
    assert decode(decoder, [first], finish=False) == [bare.relayed]
    assert decode(decoder, [second[:cut], second[cut:]]) == [later.relayed]


LISTING = dialect_of(greeting="Hi {nick}! In the room: {any}.")


@pytest.mark.parametrize("people", [1, 45, 150])
def test_a_notice_may_list_all_who_are_in(people: int) -> None:
    wire = Wire(LISTING, NICKS)
    names = ", ".join(f"crowd-{number:03}" for number in range(people))
    message = wire.say("1 hi #")
    data = f"Hi ann! In the room: {names}.".encode() + wire.relayed(message)
    greeting = HeardNotice(Occasion.GREETING, "ann", 5)
    assert wire.decode(data) == [greeting, message.relayed]
    decoder = wire.decoder()
    assert decode(decoder, [bytes([byte]) for byte in data]) == [greeting, message.relayed]


@pytest.mark.parametrize("width", [1, 100])
def test_where_a_name_ends_is_told_by_what_follows(width: int) -> None:
    arriving = dialect_of(
        join={"text": "--> {nick}", "to": "all"}, leave={"text": "{time}: {nick}"}
    )
    wire = Wire(arriving, ["ann", "bo", "bob", "bobby", "beacon"])
    one, two = wire.say("4 #"), wire.say("2 #")
    texts = [b"--> bo", wire.relayed(one), b"--> bob", wire.relayed(two), b"--> bobby", b"--> bo"]
    data = b"".join(texts)
    reads = [data[at : at + width] for at in range(0, len(data), width)]
    come = [HeardNotice(Occasion.JOIN, nick, 5) for nick in ("bo", "bob", "bobby", "bo")]
    found = decode(wire.decoder(), reads)
    assert found == [come[0], one.relayed, come[1], two.relayed, come[2], come[3]]


def test_of_two_notices_the_longer_is_meant() -> None:
    here = dialect_of(
        join={"text": "{nick} is here now", "to": "all"},
        leave={"text": "{nick} is here"},
        lost={"text": "{time}: {nick}"},
    )
    assert Wire(here, NICKS).decode(b"bob is here now") == [JOINED]
    assert Wire(here, NICKS).decode(b"bob is here") == [LEFT]


@pytest.mark.parametrize("width", [1, 100])
def test_what_nobody_said_is_seen_behind_whose_name_it_stands(width: int) -> None:
    wire = Wire(TIMED, NICKS)
    message = wire.say("1 #")
    strange = "[12:00] bob: \ufffd(\ufffd".encode()
    data = strange + wire.relayed(message, {"time": "12:01"})
    reads = [data[at : at + width] for at in range(0, len(data), width)]
    known = message.relayed.removesuffix(message.data)
    told = known + "\ufffd(\ufffd".encode() + MARK + b"\0"
    assert decode(wire.decoder(), reads) == [told + message.relayed]


def test_what_stands_behind_no_name_is_marked() -> None:
    wire = Wire(TIMED, NICKS)
    assert wire.decode(b"who: hi") == [MARK + b"who: hi\0"]


def test_what_a_notice_may_go_on_with_ends_where_a_name_stands() -> None:
    wire = Wire(
        dialect_of(relay="<{nick}> {message} [{time}]", leave={"text": "{nick} went at {time}"}),
        NICKS,
    )
    found = decode(wire.decoder(), [b"bob went at 12:00", b"<bob> 99 x"])
    assert found == [LEFT, b"<bob> 99 x" + MARK + b"\0"]
