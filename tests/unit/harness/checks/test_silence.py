"""Who is to hear nothing hears nothing of what was said before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.dialect import Policy
from harness.events import Kind, Role, Sent, Silent

if TYPE_CHECKING:
    from tests.unit.harness.conftest import MakeTale, Tale


def test_nobody_has_to(tale: Tale) -> None:
    tale.room("ann", "bob")
    tale.end()
    result = tale.check("hears nothing")
    assert (result.findings, result.looked_at) == ((), 0)


def test_a_member_hears_what_came_before(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    relayed = tale.say(a, "one")
    c = tale.join("cid")
    tale.add(Silent, c, 3)
    tale.read(c, relayed)
    (finding,) = tale.check("hears nothing").findings
    assert (finding.requirement, finding.cause) == ("RELAY-6", "")
    assert finding.says == "cid was to hear nothing, and heard ann's “~00000001vp~ one”."
    assert [moment.text for moment in finding.moments] == [
        "says “~00000001vp~ one”",
        "hears “~00000001vp~ one”",
    ]


@pytest.mark.parametrize("role", [Role.PERSON, Role.BEACON])
def test_what_comes_later_and_what_a_beacon_says_may_be_heard(tale: Tale, role: Role) -> None:
    one = tale.join("one", role=role)
    c = tale.join("cid")
    if role is Role.BEACON:
        tale.tell(one, kind=Kind.BEACON)
    tale.add(Silent, c, 3)
    tale.tell(one, "later")
    result = tale.check("hears nothing")
    assert (result.findings, result.looked_at) == ((), 1)


@pytest.mark.parametrize(
    ("sends", "requirement", "cause"),
    [
        (True, "JOIN-6", "the server took what it sent for a nickname"),
        (False, "JOIN-5", "it had not given a nickname"),
    ],
)
def test_a_stranger_hears_anything(tale: Tale, sends: bool, requirement: str, cause: str) -> None:
    a, _ = tale.room("ann", "bob")
    stranger = tale.connect("eve")
    if sends:
        tale.add(Sent, stranger, b"\n")
    tale.add(Silent, stranger, 3)
    tale.read(stranger, tale.tell(a, "one") + tale.tell(a, "two"))
    (finding,) = tale.check("hears nothing").findings
    assert (finding.requirement, finding.cause, finding.count) == (requirement, cause, 1)
    assert finding.says == "eve was to hear nothing, and heard ann's “~00000001vp~ one”."


@pytest.mark.parametrize("read", [b"", b"~0000000000~", b"~zzzz0000r3~ no token of anyone"])
def test_a_stranger_hears_nothing_that_was_said(tale: Tale, read: bytes) -> None:
    tale.room("ann", "bob")
    stranger = tale.connect("eve")
    tale.add(Silent, stranger, 3)
    tale.read(stranger, read)
    assert not tale.check("hears nothing").findings


def test_a_dialect_may_let_in_who_sends_an_empty_nickname(tell: MakeTale) -> None:
    tale = tell("lines")
    tale.dialect = tale.dialect.model_copy(update={"empty": Policy.LET_IN})
    a, _ = tale.room("ann", "bob")
    blank = tale.connect("blank")
    tale.add(Sent, blank, b"\n")
    tale.add(Silent, blank, 3)
    tale.read(blank, tale.tell(a, "one"))
    assert not tale.check("hears nothing").findings
