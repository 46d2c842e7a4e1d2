"""`harness.decoding`: what one receiver reads in any dialect becomes what is judged."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wires import Item, Wire, decode, dialect_of, together

from harness.announcement import HeardNotice, Occasion
from harness.decoding import make_decoder
from harness.dialect import Dialect
from harness.dialect_files import load_dialect
from harness.ends import LENGTH
from harness.frames import MOST_KEPT
from harness.lexicon import MARK
from harness.speech import Voices

NICKS = ["ann", "bob", "a: b", "an", "[x] y", "bob joined", "Ж", "server", "7up", "x joined!y"]
TEXTS = ["hi", "hi there", "bob left!", "an joined!", "x: y", "Ж ж", "12:00", "hello " * 8]
RELAYS = [
    "{nick}: {message}",
    "[{time}] {nick}: {message}",
    "{any} {nick}> {message}",
    "{message}",
    "{nick} ({host}:{port}) {message}",
    "<{nick}> {message} ({time})",
]
ECHOES = ["You: {message}", "{nick}: {message}", "[{time}] you: {message}"]
JOINS = ["{nick} joined!", "* {nick} came at {time}.", "{nick} joined! Hello {nick}"]
LEAVES = ["{nick} left!", "{any} {nick} went", "* {nick} has left\n"]
TIMES = ["12:00", "2024-01-02 10:00:00", "10:00 AM"]


def any_dialect(random: Random) -> Dialect:
    keys: dict[str, object] = {"relay": random.choice(RELAYS)}
    if keys["relay"] == RELAYS[0]:
        keys["prefix-by"] = "client"
    for key, texts in (("echo", ECHOES), ("join", JOINS), ("leave", LEAVES)):
        if random.random() < 0.7:
            text = random.choice(texts)
            keys[key] = text if key == "echo" else {"text": text, "to": "all"}
    if random.random() < 0.5:
        keys["greeting"] = ["Welcome!\nhere", "Hi, {nick}."]
    return dialect_of(
        random.choice(["none", "none", "none", "lf", "crlf", "nul", "length", 7]), **keys
    )


def any_stream(random: Random, wire: Wire) -> tuple[list[bytes], list[Item]]:
    """Return what a right server sends, unit for unit, and what it is worth."""
    sent: list[bytes] = []
    worth: list[Item] = []
    for serial in range(random.randrange(1, 12)):
        vary = {"time": random.choice(TIMES), "any": random.choice(["", "x", "x y", "* z"])}
        conn = random.randrange(len(wire.nicks))
        notices = wire.dialect.notices
        if random.random() < 0.7 or not notices:
            if conn == 0 and wire.dialect.echo is None:
                continue
            end = random.choice([" #", " # more", f" {serial}"])
            message = wire.say(f"{conn} {random.choice(TEXTS)}{end}")
            sent.append(wire.relayed(message, vary))
            worth.append(wire.canonical(message))
            continue
        notice = random.choice(notices)
        conn = 0 if notice.occasion is Occasion.GREETING else random.randrange(1, len(wire.nicks))
        sent.append(wire.told(notice, conn, vary))
        nick = wire.nicks[conn] if "nick" in notice.template.fields else ""
        worth.append(HeardNotice(notice.occasion, nick, 5))
    return sent, worth


@given(seed=st.integers(0, 1 << 40))
def test_a_right_stream_is_read_however_it_is_cut(seed: int) -> None:
    random = Random(seed)
    wire = Wire(any_dialect(random), random.sample(NICKS, 4))
    decoders = [make_decoder(wire.voices, 0) for _ in range(3)]
    sent, worth = any_stream(random, wire)
    data = b"".join(sent)
    cuts = sorted(random.randrange(len(data) + 1) for _ in range(3))
    reads = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    for decoder, pieces in zip(
        decoders, ([data], reads, [bytes([byte]) for byte in data]), strict=True
    ):
        if decoder is not None:
            assert decode(decoder, pieces) == together(worth)


@given(seed=st.integers(0, 1 << 40))
def test_a_wrong_stream_is_read_the_same_however_it_is_cut(seed: int) -> None:
    random = Random(seed)
    wire = Wire(any_dialect(random), random.sample(NICKS, 4))
    whole, bytewise = (make_decoder(wire.voices, 0) for _ in range(2))
    sent, _ = any_stream(random, wire)
    for _ in range(3 if sent else 0):
        unit = random.choice(sent)
        half = random.randrange(len(unit) + 1)
        strange = bytes(random.choice(b"ab:~0<[ \n\0") for _ in range(8))
        wrong = random.choice([strange, unit[:half], unit[half:], unit])
        sent.insert(random.randrange(len(sent) + 1), wrong)
    data = b"".join(sent)
    if whole and bytewise:
        assert decode(whole, [data]) == decode(bytewise, [bytes([byte]) for byte in data])


@pytest.mark.parametrize("name", ["raw", "lines", "announcing-raw", "client-first", "nul"])
def test_where_the_wire_is_what_is_judged_nothing_is_decoded(name: str) -> None:
    voices = Voices(load_dialect(name))
    voices.admit(0, "ann")
    assert make_decoder(voices, 0) is None


def read(
    dialect: Dialect, *reads: bytes, words: tuple[str, ...] = (), finish: bool = True
) -> bytes:
    """Return what ann reads, where bob has said `words`; no notice may be in it."""
    wire = Wire(dialect, ["ann", "bob"])
    decoder = wire.decoder()
    for word in words:
        wire.say(f"1 {word}")
    found = decode(decoder, reads, finish)
    assert all(isinstance(one, bytes) for one in found)
    return b"".join(one for one in found if isinstance(one, bytes))


TIMED = dialect_of(
    "lf", relay="[{time}] {nick}: {message} ({any})", leave={"text": "* {nick} left"}
)


@pytest.mark.parametrize(
    ("wire", "judged"),
    [
        pytest.param(b"[12:00] bob: hi (x)\n", b"[] bob: hi\n", id="as it should"),
        pytest.param(b"[12:00] eve: hi (x)\n", MARK + b"[12:00] eve: hi (x)\n", id="unknown name"),
        pytest.param(b"[] bob: hi\n", MARK + b"[] bob: hi\n", id="as it is judged"),
        pytest.param(b"[12:00] bob: hi\n", b"[] bob: hi" + MARK + b"\n", id="nothing after it"),
        pytest.param(b"[12:00] bob: h (i (x)\n", b"[] bob: h (i\n", id="twice what is after it"),
        pytest.param(b"[12:00] bob: h (i) (x)!\n", b"[] bob: h (i) (x)!" + MARK + b"\n", id="more"),
        pytest.param(b"[12:00] bob: x ( (y)\n", b"[] bob: x (\n", id="altered"),
        pytest.param(b"\n", MARK + b"\n", id="empty"),
        pytest.param(b"[12:00] b", b"", id="the beginning of a prefix"),
        pytest.param(b"* bob le", b"", id="the beginning of a notice"),
        pytest.param(b"[12:00] bob: h", b"[] bob: h", id="the beginning of a message"),
        pytest.param(b"[x", MARK + b"[x", id="the beginning of nothing"),
    ],
)
def test_a_frame_loses_what_varies_or_is_marked(wire: bytes, judged: bytes) -> None:
    assert read(TIMED, wire, words=("hi", "h (i")) == judged


@pytest.mark.parametrize(
    ("rest", "judged"),
    [
        pytest.param("", "[] bob: {}", id="whole"),
        pytest.param(" (x", "[] bob: {}", id="part of what is after it"),
        pytest.param("!", "[] bob: {}!", id="another byte"),
    ],
)
def test_at_the_end_a_message_may_be_begun(rest: str, judged: str) -> None:
    wire = Wire(TIMED, ["ann", "bob"])
    body = wire.say("1 hi #").data[:-1].decode()
    assert wire.decode(f"[12:00] bob: {body}{rest}".encode()) == [judged.format(body).encode()]


def test_half_a_terminator_at_the_end_stays() -> None:
    dialect = dialect_of("crlf", leave={"text": "{nick} left!"})
    assert read(dialect, b"bob: hi\r") == b"bob: hi\r"
    assert read(dialect, b"what\r") == b"what\r"


@pytest.mark.parametrize("said", [False, True])
def test_an_end_inside_a_length_is_right_only_where_it_was_said(said: bool) -> None:
    wire = Wire(dialect_of("length"), ["ann", "bob"])
    message = wire.say("1 a\0bob: b #")
    body = b"bob: " + message.data[:-1]
    if not said:
        body = body.replace(b"~", b"-")
    judged = b"bob: a\0" + (b"" if said else MARK) + body[7:] + b"\0"
    assert wire.decode(LENGTH.wrap(body)) == [judged]
    assert wire.decode(LENGTH.wrap(body)[:-1])[0] == judged[:-2]


def test_a_stream_with_ends_in_place_of_lengths_is_wrong_throughout() -> None:
    assert read(dialect_of("length"), b"bob: hi\0", b"bob: yo\0", words=("hi", "yo")) == (
        MARK + b"bob: hi\0" + MARK + b"bob: yo\0" + MARK
    )


def test_a_line_without_an_end_goes_on_in_pieces() -> None:
    long = b"x" * (MOST_KEPT + 100)
    assert read(TIMED, long, b"yy") == MARK + long + b"yy"
    assert read(TIMED, long, b"yy\n\n") == MARK + long + b"yy\n" + MARK + b"\n"
    crlf = dialect_of("crlf", relay="[{time}] {message}")
    assert read(crlf, long, b"\r") == MARK + long + b"\r"


PLAIN = dialect_of(
    "lf",
    relay="{message}",
    echo="me: {message}",
    join={"text": "{nick} came", "to": "newcomer"},
    leave={"text": "{nick} left!"},
    lost={"text": "{nick} left!", "to": "all"},
)
LEFT = HeardNotice(Occasion.LEAVE, "bob", 5)


@pytest.mark.parametrize(
    ("word", "twice", "found"),
    [
        pytest.param("1 hi", False, [LEFT], id="nobody said it"),
        pytest.param("1 bob left!", False, [b"bob left!\n"], id="somebody said it"),
        pytest.param("1 bob left!", True, [b"bob left!\n", LEFT], id="it was said once"),
        pytest.param("0 bob left!", False, [LEFT], id="the receiver said it"),
    ],
)
def test_words_of_somebody_are_no_notice(word: str, twice: bool, found: list[Item]) -> None:
    wire = Wire(PLAIN, ["ann", "bob"])
    decoder = wire.decoder()
    wire.say(word)
    assert decode(decoder, [b"bob left!\n" * (1 + twice)]) == found


def test_what_was_said_before_the_receiver_came_is_not_expected() -> None:
    wire = Wire(PLAIN, ["ann", "bob"])
    wire.say("1 bob left!")
    assert wire.decode(b"bob left!\n") == [LEFT]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param(b"ann left!\n", HeardNotice(Occasion.LOST, "ann", 5), id="for all"),
        pytest.param(b"ann came\n", HeardNotice(Occasion.JOIN, "ann", 5), id="for the newcomer"),
        pytest.param(b"bob came\n", HeardNotice(Occasion.JOIN, "bob", 5), id="for another"),
        pytest.param(b"eve came\n", b"eve came\n", id="of nobody"),
        pytest.param(b"bob came!\n", b"bob came!\n", id="and more"),
    ],
)
def test_a_notice_is_known_by_its_names_and_by_who_may_be_told(line: bytes, found: Item) -> None:
    assert Wire(PLAIN, ["ann", "bob"]).decode(line) == [found]


def test_the_own_echo_and_the_words_of_others_are_told_apart() -> None:
    wire = Wire(PLAIN, ["ann", "bob"])
    own, other = wire.say("0 hi #"), wire.say("1 hi #")
    data = wire.relayed(own) + wire.relayed(other) + own.data
    assert wire.decode(data) == [b"me: " + own.data + other.data + own.data]


LONG = dialect_of("lf", join={"text": "{nick} is here\nsay hi to {nick}"}, greeting="Hi\n\nthere")


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        pytest.param("bob is here|say hi to bob", [HeardNotice(Occasion.JOIN, "bob", 5)], id="one"),
        pytest.param("Hi||there", [HeardNotice(Occasion.GREETING, "", 5)], id="an empty line"),
        pytest.param(
            "bob is here|an is here|say hi to an|say hi to bob",
            [HeardNotice(Occasion.JOIN, "an", 5), HeardNotice(Occasion.JOIN, "bob", 5)],
            id="two at the same time",
        ),
        pytest.param("bob is here", [], id="one begun at the end"),
        pytest.param("bob is here|what", [b"what\nbob is here\n"], id="one begun and no more"),
        pytest.param("bob is here|bob is here", [b"bob is here\nbob is here\n"], id="begun twice"),
        pytest.param("say hi to bob", [b"say hi to bob\n"], id="only its end"),
    ],
)
def test_a_notice_of_several_lines_counts_once(lines: str, found: list[Item]) -> None:
    data = lines.replace("|", "\n").encode() + b"\n"
    assert Wire(LONG, ["ann", "bob", "an"]).decode(data) == found
    if lines == "bob is here":
        assert Wire(LONG, ["ann", "bob"]).decode(data + b"say hi") == []


@pytest.mark.parametrize("people", [1, 45, 1000])
def test_a_notice_may_list_all_who_are_in(people: int) -> None:
    greeting = "Hi {nick}! In the room: {any}"
    wire = Wire(dialect_of("lf", greeting=greeting), ["ann", "bob"])
    names = ", ".join(f"crowd-{number:03}" for number in range(people))
    told = HeardNotice(Occasion.GREETING, "ann", 5)
    assert wire.decode(f"Hi ann! In the room: {names}\n".encode()) == [told]
