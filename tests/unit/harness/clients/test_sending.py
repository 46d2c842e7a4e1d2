"""What was sent, compared with what had to be."""

from harness.clients.sending import Extra, Owed, align

NAME = Owed(b"ann\n", "ann", b"", 0, is_nickname=True)
ONE = Owed(b"hi ~1~\n", "hi ~1~", b"~1~", 1)
TWO = Owed(b"ho ~2~\n", "ho ~2~", b"~2~", 2)
EMPTY = Owed(b"\n", "", b"", 3, optional=True)


def test_all_in_order_is_complete() -> None:
    found = align(b"ann\nhi ~1~\nho ~2~\n", [NAME, ONE, TWO])
    assert found.complete
    assert found.extras == []
    assert found.found == [0, 1, 2]


def test_what_has_not_come_is_missing() -> None:
    assert align(b"ann\n", [NAME, ONE]).missing == [1]
    assert align(b"ann\nho ~2~\n", [NAME, ONE, TWO]).missing == [1]


def test_a_piece_is_not_the_whole() -> None:
    found = align(b"ann\nhi ~1~", [NAME, ONE])
    assert found.changed == {1: b"hi ~1~"}
    assert not found.complete


def test_what_stands_first_stands_for_the_nickname() -> None:
    assert align(b"ann", [NAME]).changed == {0: b"ann"}
    found = align(b"Ann\nhi ~1~\n", [NAME, ONE])
    assert found.changed == {0: b"Ann\n"}
    assert found.found == [1]
    assert align(b"", [NAME]).missing == [0]


def test_what_was_changed_does_not_hide_what_follows() -> None:
    found = align(b"ann\nHI ~1~\nho ~2~\n", [NAME, ONE, TWO])
    assert found.changed == {1: b"HI ~1~\n"}
    assert found.found == [0, 2]


def test_what_is_changed_beyond_its_token_stands_where_it_should() -> None:
    found = align(b"ann\nhi ~1\nho ~2~\n", [NAME, ONE, TWO])
    assert found.changed == {1: b"hi ~1\n"}
    assert found.missing == []
    assert found.extras == []
    assert not found.complete


def test_a_nickname_or_a_line_end_is_no_changed_line() -> None:
    found = align(b"ann\nann\n", [NAME, ONE])
    assert found.missing == [1]
    assert found.extras == [Extra(4, b"ann\n", 0)]
    assert align(b"ann\n\n", [NAME, ONE]).missing == [1]


def test_extra_is_behind_what_was_found_last() -> None:
    cut = Owed(b"hi ~1~\n", "hi ~1~", b"~1~", 1, optional=True)
    assert align(b"ann\nann\n", [NAME, cut]).extras == [Extra(4, b"ann\n", 0)]


def test_what_nobody_typed_is_extra() -> None:
    found = align(b"ann\nann\nhi ~1~\n", [NAME, ONE])
    assert found.extras == [Extra(4, b"ann\n", 0)]
    assert align(b"ann\nhi ~1~\nhi ~1~\n", [NAME, ONE]).extras == [Extra(11, b"hi ~1~\n", 1)]
    assert align(b"PING\nann\n", [NAME]).extras == [Extra(0, b"PING\n", -1)]


def test_what_may_be_left_out_may_be_sent() -> None:
    assert align(b"ann\nhi ~1~\n", [NAME, EMPTY, ONE]).complete
    found = align(b"ann\n\nhi ~1~\n", [NAME, EMPTY, ONE])
    assert found.complete
    assert found.extras == []


def test_an_empty_line_is_not_the_beginning_of_another() -> None:
    empty = Owed(b"ann: ", "", b"", 3, optional=True)
    said = Owed(b"ann: hi ~1~", "hi ~1~", b"~1~", 1)
    found = align(b"ann: hi ~1~", [empty, said])
    assert found.complete
    assert found.found == [1]


def test_optional_lines_are_known_by_their_tokens() -> None:
    cut = Owed(b"hi ~1~\n", "hi ~1~", b"~1~", 1, optional=True)
    assert align(b"ann\n", [NAME, cut]).complete
    assert align(b"ann\nhi ~1~", [NAME, cut]).complete
    assert align(b"ann\nHI ~1~", [NAME, cut]).changed == {1: b"HI ~1~"}
