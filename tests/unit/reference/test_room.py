"""The room is tested with text alone: its peers are strings, and nothing is sent anywhere."""

import random

import pytest

from reference.framing import DIALECTS, LINES, NICK, RAW, Dialect
from reference.room import Joined, Left, Room


def room_of(*names: str, dialect: Dialect = RAW) -> Room[str]:
    room: Room[str] = Room(dialect)
    for name in names:
        join(room, name)
    room.events()
    sent(room)
    return room


def join(room: Room[str], name: str) -> None:
    room.connection_made(name)
    room.receive_data(name, name.encode() + room.prompt[len("nickname") :])


def sent(room: Room[str]) -> dict[str, bytes]:
    return dict(room.data_to_send())


@pytest.mark.parametrize(
    ("dialect", "prompt"), [("raw", b"nickname"), ("lines", b"nickname\n"), ("nick", b"NICK")]
)
def test_the_prompt_is_the_dialects(dialect: str, prompt: bytes) -> None:
    assert Room[str](DIALECTS[dialect]).prompt == prompt


def test_everyone_but_the_sender_gets_a_message() -> None:
    room = room_of("ann", "bob", "eve")
    room.receive_data("ann", b"hi")
    assert sent(room) == {"bob": b"ann: hi", "eve": b"ann: hi"}
    assert sent(room) == {}


def test_lines_are_sent_with_their_end_and_empty_ones_are_dropped() -> None:
    room = room_of("ann", "bob", dialect=LINES)
    room.receive_data("ann", b"one\n\n\r\ntwo\r\nthr")
    assert sent(room) == {"bob": b"ann: one\nann: two\n"}


def test_a_message_beside_the_nickname_is_a_message() -> None:
    room = room_of("bob", dialect=LINES)
    room.connection_made("ann")
    room.receive_data("ann", b"ann\nhi\n")
    assert sent(room) == {"bob": b"ann: hi\n"}


def test_a_turn_is_one_write_for_each_less_its_own() -> None:
    room = room_of("ann", "bob", "eve", "zoe")
    for name, text in [("ann", b"1"), ("bob", b"2"), ("bob", b"3"), ("eve", b"4"), ("bob", b"5")]:
        room.receive_data(name, text)
    assert room.pending == len(b"ann: 1") * 5
    assert list(room.data_to_send()) == [
        ("ann", b"bob: 2bob: 3eve: 4bob: 5"),
        ("bob", b"ann: 1eve: 4"),
        ("eve", b"ann: 1bob: 2bob: 3bob: 5"),
        ("zoe", b"ann: 1bob: 2bob: 3eve: 4bob: 5"),
    ]
    assert room.pending == 0


def test_the_silent_share_one_batch() -> None:
    room = room_of("ann", "bob", "eve")
    room.receive_data("ann", b"hi")
    batches = sent(room)
    assert batches["bob"] is batches["eve"]


def test_who_was_the_only_one_to_talk_is_sent_nothing() -> None:
    room = room_of("ann", "bob")
    room.receive_data("ann", b"hi")
    assert "ann" not in sent(room)
    room.receive_data("bob", b"yes")
    assert sent(room) == {"ann": b"bob: yes"}


def test_a_newcomer_gets_nothing_at_all() -> None:
    room = room_of("ann", "bob")
    room.connection_made("new")
    room.receive_data("ann", b"hi")
    assert "new" not in sent(room)


def test_a_member_gets_nothing_from_before_it_joined_even_in_one_turn() -> None:
    room = room_of("ann", "bob")
    room.receive_data("ann", b"before")
    join(room, "new")
    room.receive_data("ann", b"after")
    room.receive_data("new", b"hello")
    assert sent(room) == {
        "ann": b"new: hello",
        "bob": b"ann: beforeann: afternew: hello",
        "new": b"ann: after",
    }


def test_a_member_that_talks_as_it_joins_gets_nothing_from_before() -> None:
    room = room_of("ann", "bob")
    room.receive_data("ann", b"before")
    join(room, "new")
    room.receive_data("new", b"hello")
    assert "new" not in sent(room)


def test_what_a_member_said_before_it_left_is_sent() -> None:
    room = room_of("ann", "bob")
    room.receive_data("ann", b"bye")
    room.receive_eof("ann")
    assert sent(room) == {"bob": b"ann: bye"}
    assert room.peers_to_close() == ["ann"]
    assert room.events() == [Left("ann")]


def test_a_member_that_half_closes_still_gets_the_batch() -> None:
    room = room_of("ann", "bob")
    room.receive_data("bob", b"wait")
    room.receive_eof("ann")
    assert sent(room) == {"ann": b"bob: wait"}
    assert room.peers_to_close() == ["ann"]
    room.receive_data("bob", b"gone?")
    assert sent(room) == {}


def test_what_a_member_said_before_it_was_reset_is_sent() -> None:
    room = room_of("ann", "bob", "eve")
    room.receive_data("ann", b"bye")
    room.connection_lost("ann")
    assert sent(room) == {"bob": b"ann: bye", "eve": b"ann: bye"}
    assert room.peers_to_close() == []


def test_half_a_character_is_lost_with_its_sender() -> None:
    room = room_of("ann", "bob")
    room.receive_data("ann", b"bye\xd0")
    room.receive_eof("ann")
    assert sent(room) == {"bob": b"ann: bye"}


def test_joining_and_leaving_are_told_once() -> None:
    room = room_of()
    join(room, "ann")
    join(room, "bob")
    room.receive_eof("ann")
    room.receive_eof("ann")
    assert room.peers_to_close() == ["ann"]
    room.connection_lost("ann")
    assert room.events() == [Joined("ann"), Joined("bob"), Left("ann")]
    assert room.events() == []


def test_a_newcomer_that_leaves_is_closed_and_not_told_of() -> None:
    room = room_of("bob")
    for name in ("eof", "lost"):
        room.connection_made(name)
    room.receive_eof("eof")
    room.connection_lost("lost")
    assert room.peers_to_close() == ["eof"]
    assert room.events() == []


@pytest.mark.parametrize("name", [b"\n", b" ", b"a\x1bb", b"\xff", b"x" * 65])
def test_a_refused_nickname_is_closed_and_never_a_member(name: bytes) -> None:
    room = room_of("bob")
    room.connection_made("new")
    room.receive_data("new", name)
    room.receive_data("new", b"hello?")
    room.receive_data("bob", b"hi")
    assert sent(room) == {}
    assert room.peers_to_close() == ["new"]
    assert room.events() == []


def test_bad_bytes_harm_their_sender_only() -> None:
    room = room_of("ann", "bob", "eve")
    room.receive_data("ann", b"good\xffbad")
    room.receive_data("ann", b"later")
    room.receive_data("bob", b"hi")
    assert sent(room)["eve"] == b"ann: goodbob: hi"
    assert room.peers_to_close() == ["ann"]


def test_two_members_may_share_a_nickname() -> None:
    room = room_of("bob")
    room.connection_made("bob2")
    room.receive_data("bob2", b"bob")
    room.receive_data("bob2", b"hi")
    assert sent(room) == {"bob": b"bob: hi"}
    room.connection_lost("bob2")
    assert room.events() == [Joined("bob"), Left("bob")]


def test_text_that_looks_like_protocol_is_text() -> None:
    room = room_of("ann", "bob")
    for text in (b"nickname", b"bob: hi", b"bob left"):
        room.receive_data("ann", text)
    assert sent(room) == {"bob": b"ann: nicknameann: bob: hiann: bob left"}


@pytest.mark.parametrize("seed", range(20))
def test_any_turn_is_what_a_write_for_each_message_would_give(seed: int) -> None:
    draw = random.Random(seed)
    names = [f"p{i}" for i in range(6)]
    room = room_of(*names[:3])
    inside = names[:3]
    expected = dict.fromkeys(names, b"")
    for number in range(draw.randrange(1, 40)):
        if len(inside) < len(names) and draw.random() < 0.1:
            join(room, names[len(inside)])
            inside = names[: len(inside) + 1]
        name = draw.choice(inside)
        room.receive_data(name, b"%d." % number)
        for other in inside:
            expected[other] += b"" if other == name else b"%s: %d." % (name.encode(), number)
    assert sent(room) == {name: data for name, data in expected.items() if data}


# --- announcements and echo


def test_newcomers_are_announced_to_all_and_then_greeted() -> None:
    room = room_of("ann", dialect=NICK)
    room.receive_data("ann", b"1")
    join(room, "bob")
    room.receive_data("ann", b"2")
    join(room, "eve")
    assert sent(room) == {
        "ann": b"1bob joined!2eve joined!",
        "bob": b"bob joined!Connected to server!2eve joined!",
        "eve": b"eve joined!Connected to server!",
    }


def test_everyone_gets_a_chunk_as_it_came_its_sender_too() -> None:
    room = room_of("ann", "bob", "eve", dialect=NICK)
    room.receive_data("ann", b"ann: hi\r\n")
    room.receive_data("bob", b"\n")
    batches = sent(room)
    assert set(batches.values()) == {b"ann: hi\r\n\n"}
    assert set(batches) == {"ann", "bob", "eve"}
    assert batches["ann"] is batches["eve"]


@pytest.mark.parametrize("way", ["eof", "eof, then lost", "lost", "bad bytes", "bad, then eof"])
def test_who_goes_is_announced_once_behind_its_last_word(way: str) -> None:
    room = room_of("ann", "bob", dialect=NICK)
    room.receive_data("ann", b"bye\xff" if "bad" in way else b"bye")
    if "eof" in way:
        room.receive_eof("ann")
    if "lost" in way:
        room.connection_lost("ann")
    assert sent(room)["bob"] == b"byeann left!"
    room.peers_to_close()
    room.connection_lost("ann")
    assert room.events() == [Left("ann")]
    assert sent(room) == {}


def test_who_goes_gets_the_turn_but_not_its_own_announcement() -> None:
    room = room_of("ann", "bob", dialect=NICK)
    room.receive_eof("ann")
    room.receive_data("bob", b"wait")
    assert sent(room) == {"ann": b"wait", "bob": b"ann left!wait"}


def test_a_nickname_used_again_is_announced_again() -> None:
    room = room_of("bob", dialect=NICK)
    for peer in ("first", "second"):
        room.connection_made(peer)
        room.receive_data(peer, b"ann\n")
        room.connection_lost(peer)
    assert sent(room) == {"bob": b"ann joined!ann left!ann joined!ann left!"}


@pytest.mark.parametrize("name", [b"\n", b" ", b"a\x1bb", b"\xff", b"x" * 65, b""])
def test_who_never_had_a_name_is_not_announced(name: bytes) -> None:
    room = room_of("bob", dialect=NICK)
    room.connection_made("new")
    if name:
        room.receive_data("new", name)
    room.receive_eof("new")
    assert room.peers_to_close() == ["new"]
    room.connection_lost("new")
    assert sent(room) == {}


def test_a_nickname_that_looks_like_a_template_is_a_nickname() -> None:
    room = room_of("bob", dialect=NICK)
    join(room, "{nick}%b")
    assert sent(room)["bob"] == b"{nick}%b joined!"


@pytest.mark.parametrize("seed", range(20))
def test_any_turns_of_nick_are_what_a_write_for_each_thing_would_give(seed: int) -> None:
    draw = random.Random(seed)
    room = room_of(dialect=NICK)
    expected: dict[str, bytes] = {}
    got: dict[str, bytes] = {}
    inside: list[str] = []
    for number in range(60):
        act = draw.choice(["join", "lose", "say", "say", "say", "flush"])
        told = b""
        if act == "join":
            inside.append(f"p{number}")
            join(room, inside[-1])
            told = b"p%d joined!" % number
        elif act == "lose" and inside:
            gone = inside.pop(draw.randrange(len(inside)))
            room.connection_lost(gone)
            told = gone.encode() + b" left!"
            del expected[gone]
            got.pop(gone, None)
        elif act == "say" and inside:
            told = b"%d." % number
            room.receive_data(draw.choice(inside), told)
        for name in inside:
            expected[name] = expected.get(name, b"") + told
        if act == "join":
            expected[inside[-1]] += b"Connected to server!"
        if act == "flush" or number == 59:
            got |= {name: got.get(name, b"") + data for name, data in sent(room).items()}
    assert got == expected
