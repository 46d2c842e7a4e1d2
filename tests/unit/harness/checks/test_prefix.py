"""Each relayed message carries the nickname of who said it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.template import parse_template
from harness.verdict import Outcome

if TYPE_CHECKING:
    from tests.unit.harness.conftest import MakeTale, Tale


def test_the_right_names(tale: Tale) -> None:
    tale.room("ann", "bob", "cid")
    assert not tale.check("prefix").findings


def test_anothers_name(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    relayed = tale.tell(a, "one", b)
    tale.read(b, relayed.replace(b"ann", b"cid"))
    (finding,) = tale.check("prefix").findings
    assert finding.requirement == "RELAY-8"
    assert finding.says == "ann said “~00000001vp~ one”, and bob heard it under the name of cid."


def test_no_name(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    relayed = tale.tell(a, "one", b)
    tale.read(b, relayed.removeprefix(b"ann: "))
    (finding,) = tale.check("prefix").findings
    assert finding.requirement == "RELAY-2"
    assert finding.says == (
        "ann said “~00000001vp~ one”; bob should have read “ann: ” before it, "
        "and read “~00000001vp~ one”."
    )


@pytest.mark.parametrize(("together", "requirement"), [(True, "RELAY-9"), (False, "RELAY-2")])
def test_no_name_before_the_second_of_two_lines(
    tell: MakeTale, together: bool, requirement: str
) -> None:
    tale = tell("lines")
    a, b, _ = tale.room("ann", "bob", "cid")
    first, second = tale.tell(a, "one", b), tale.tell(a, "two", b)
    bare = second.removeprefix(b"ann: ")
    for data in (first + bare,) if together else (first, bare):
        tale.read(b, data)
    (finding,) = tale.check("prefix").findings
    assert finding.requirement == requirement


def test_where_nothing_tells_who_speaks(tell: MakeTale) -> None:
    tale = tell("lines")
    relay = parse_template("{message}", ("message",))
    tale.dialect = tale.dialect.model_copy(update={"relay": relay})
    tale.room("ann", "bob")
    result = tale.check("prefix")
    assert (result.outcome, result.looked_at) == (Outcome.NOT_APPLICABLE, 0)
    assert result.reason == "nothing tells who speaks"


def test_one_s_own_words_are_no_matter_of_prefixes(tell: MakeTale) -> None:
    tale = tell("lines")
    echo = parse_template("You: {message}", ("nick", "message"))
    tale.dialect = tale.dialect.model_copy(update={"echo": echo})
    a, b = tale.join("ann"), tale.join("bob")
    for conn in (a, b):
        relayed = tale.tell(conn, "hello")
        tale.read(conn, b"You: " + relayed.partition(b": ")[2])
    tale.read(a, tale.tell(a, "one").partition(b": ")[2])
    assert not tale.check("prefix").findings
    assert tale.check("echo").findings
