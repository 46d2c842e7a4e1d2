"""The room is tested with text alone: its peers are strings, and nothing is sent anywhere."""

import random

import pytest

from reference.framing import Dialect
from reference.room import Joined, Left, Room


def room_of(*names: str, dialect: Dialect = Dialect.RAW) -> Room[str]:
    room: Room[str] = Room(dialect)
    for name in names:
        join(room, name)
    room.events()
    return room


def join(room: Room[str], name: str) -> None:
    room.connection_made(name)
    room.receive_data(name, name.encode() + room.prompt[len("nickname") :])


def sent(room: Room[str]) -> dict[str, bytes]:
    return dict(room.data_to_send())


@pytest.mark.parametrize(
    ("dialect", "prompt"), [(Dialect.RAW, b"nickname"), (Dialect.LINES, b"nickname\n")]
)
def test_the_prompt_is_the_dialects(dialect: Dialect, prompt: bytes) -> None:
    assert Room[str](dialect).prompt == prompt


def test_everyone_but_the_sender_gets_a_message() -> None:
    room = room_of("ann", "bob", "eve")
    room.receive_data("ann", b"hi")
    assert sent(room) == {"bob": b"ann: hi", "eve": b"ann: hi"}
    assert sent(room) == {}


def test_lines_are_sent_with_their_end_and_empty_ones_are_dropped() -> None:
    room = room_of("ann", "bob", dialect=Dialect.LINES)
    room.receive_data("ann", b"one\n\n\r\ntwo\r\nthr")
    assert sent(room) == {"bob": b"ann: one\nann: two\n"}


def test_a_message_beside_the_nickname_is_a_message() -> None:
    room = room_of("bob", dialect=Dialect.LINES)
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
