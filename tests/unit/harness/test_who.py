"""`harness.who`: the grammar of `who`."""

import pytest

from harness.errors import BadValue
from harness.who import (
    Crowd,
    Everyone,
    Newcomer,
    Person,
    Some,
    Whom,
    format_whom,
    is_name,
    parse_whom,
)


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("bob", Person("bob")),
        ("crowd-007", Person("crowd-007")),
        ("Боб_2", Person("Боб_2")),
        ("everyone", Everyone()),
        ("everyone but bob", Everyone(("bob",))),
        ("everyone but bob, crowd-001", Everyone(("bob", "crowd-001"))),
        ("10 of crowd", Some(10, "crowd")),
        ("a newcomer", Newcomer()),
        ("newcomer", Person("newcomer")),
        ("of", Person("of")),
    ],
)
def test_what_is_read_and_written(text: str, whom: Whom) -> None:
    assert parse_whom(text) == whom
    assert parse_whom(whom) == whom
    assert format_whom(whom) == text


def test_more_ways_to_write() -> None:
    assert parse_whom("  everyone  but bob ,crowd ") == Everyone(("bob", "crowd"))
    assert parse_whom(" a  newcomer") == Newcomer()
    assert parse_whom("007 of crowd") == Some(7, "crowd")
    assert format_whom(Crowd("crowd")) == "crowd"


EXAMPLES = "as in bob, crowd, 10 of crowd, everyone but bob, [alice, bob]"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, f"the number 5 is nobody ({EXAMPLES})"),
        (None, f"nothing is nobody ({EXAMPLES})"),
        ("", f"'' is no name ({EXAMPLES})"),
        ("alice, bob", "'alice, bob' is no name (write a list: [alice, bob])"),
        ("bob!", f"'bob!' is no name ({EXAMPLES})"),
        ("1bob", f"'1bob' is no name ({EXAMPLES})"),
        ("everyone but", f"'everyone but' is no name ({EXAMPLES})"),
        ("everyone but bob,", f"'' is no name ({EXAMPLES})"),
        ("everyone but everyone", f"'everyone' is no name ({EXAMPLES})"),
        ("3 of everyone", f"'everyone' is no name ({EXAMPLES})"),
        ("0 of crowd", "0 of a crowd is nobody"),
        ("a newcommer", "'a newcommer' is no name (did you mean 'a newcomer'?)"),
        ("A newcomer", "'A newcomer' is no name (did you mean 'a newcomer'?)"),
        ("a guest", f"'a guest' is no name ({EXAMPLES})"),
        ("everyone but a newcomer", "'a newcomer' is no name (did you mean 'a newcomer'?)"),
        ("9999999999 of crowd", f"'9999999999 of crowd' is no name ({EXAMPLES})"),
    ],
)
def test_what_is_nobody(value: object, message: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_whom(value)
    assert str(caught.value) == message


@pytest.mark.parametrize("name", ["a", "a-b_c", "_x", "я2", "bob-", "naïve"])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "-a", "2a", "٢a", "a b", "a.b", "a:", "everyone", "a\n"])
def test_no_names(name: str) -> None:
    assert not is_name(name)
