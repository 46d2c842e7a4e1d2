"""Nobody hears the same message twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale


def test_everything_comes_once(tale: Tale) -> None:
    tale.room("ann", "bob")
    assert not tale.check("once").findings


def test_a_message_that_comes_again(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    relayed = tale.tell(a, "one")
    tale.read(b, relayed)
    (finding,) = tale.check("once").findings
    assert finding.requirement == "RELAY-1"
    assert finding.says == "bob heard ann's message “~00000001vp~ one” again."
    assert [moment.text for moment in finding.moments][1:] == [
        "hears “~00000001vp~ one”",
        "hears it again",
    ]
