"""The sender of a message gets no copy of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale


def test_nobody_hears_oneself(tale: Tale) -> None:
    tale.room("ann", "bob")
    result = tale.check("echo")
    assert (result.findings, result.looked_at) == ((), 2)


def test_who_hears_oneself(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.read(a, tale.tell(a, "one"))
    (finding,) = tale.check("echo").findings
    assert finding.requirement == "RELAY-3"
    assert finding.says == "ann was sent a copy of what ann had said: “~00000001vp~ one”."
    assert [moment.text for moment in finding.moments] == [
        "says “~00000001vp~ one”",
        "hears “~00000001vp~ one”",
    ]
