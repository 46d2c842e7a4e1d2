"""What one sender said arrives in the order in which it was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale


def test_in_order(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.tell(a, "one")
    tale.tell(a, "two")
    assert not tale.check("order").findings


def test_an_earlier_message_comes_later(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    one, two = tale.say(a, "one"), tale.say(a, "two")
    tale.read(b, two + one)
    (finding,) = tale.check("order").findings
    assert finding.requirement == "RELAY-5"
    assert finding.says == (
        "bob heard ann's “~000000028t~ two” before “~00000001vp~ one”, which ann had said earlier."
    )
