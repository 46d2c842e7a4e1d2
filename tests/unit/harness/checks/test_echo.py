"""The sender of a message gets no copy of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.template import parse_template

if TYPE_CHECKING:
    from tests.unit.harness.conftest import MakeTale, Tale


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


def _in(tale: Tale, echo: str = "You: {message}") -> list[int]:
    template = parse_template(echo, ("nick", "message"))
    tale.dialect = tale.dialect.model_copy(update={"echo": template})
    conns = [tale.join("ann"), tale.join("bob")]
    for conn in conns:
        _tell(tale, conn, "hello")
    return conns


def _tell(tale: Tale, conn: int, text: str, *, copies: int = 1, form: bytes = b"You: ") -> None:
    relayed = tale.tell(conn, text)
    copy = form + relayed.removeprefix(tale.dialect.prefix(tale.nicks[conn]))
    for _ in range(copies):
        tale.read(conn, copy)


def test_each_copy_comes_once(tell: MakeTale) -> None:
    tale = tell("lines")
    a, _ = _in(tale)
    _tell(tale, a, "one")
    result = tale.check("echo")
    assert (result.findings, result.looked_at) == ((), 3)
    assert not tale.check("once").findings
    assert not tale.check("delivery").findings


def test_a_copy_that_does_not_come(tell: MakeTale) -> None:
    tale = tell("lines")
    a, _ = _in(tale)
    _tell(tale, a, "one", copies=0)
    _tell(tale, a, "two")
    (finding,) = tale.check("echo").findings
    assert (finding.requirement, finding.timed) == ("RELAY-3", False)
    assert finding.says.startswith("ann heard no copy of its own “~00000001vp~ one")
    assert not tale.check("delivery").findings


def test_a_copy_that_comes_twice(tell: MakeTale) -> None:
    tale = tell("lines")
    a, _ = _in(tale)
    _tell(tale, a, "one", copies=2)
    (finding,) = tale.check("echo").findings
    assert finding.requirement == "RELAY-3"
    assert finding.says.startswith("ann heard the copy of “~00000001vp~ one")
    assert not tale.check("once").findings


def test_a_copy_in_another_form(tell: MakeTale) -> None:
    tale = tell("lines")
    a, _ = _in(tale)
    _tell(tale, a, "one", form=b"ann: ")
    _tell(tale, a, "two")
    (finding,) = tale.check("echo").findings
    assert finding.requirement == "RELAY-3"
    assert "the copy should have been “You: ~00000001vp~ one”" in finding.says
    assert not tale.check("prefix").findings


def test_what_is_wrong_with_another_s_words_is_no_matter_of_copies(tell: MakeTale) -> None:
    tale = tell("lines")
    a, b = _in(tale)
    relayed = tale.say(a, "one")
    tale.read(a, b"You: " + relayed.removeprefix(b"ann: "))
    _tell(tale, a, "two")  # so that `one` was lost for bob
    tale.read(b, b"ann: " + relayed.removeprefix(b"ann: "))
    tale.read(b, b"You: " + relayed.removeprefix(b"ann: "))
    assert not tale.check("echo").findings
    for check in ("order", "prefix"):
        assert tale.check(check).findings, check


def test_another_s_words_come_twice(tell: MakeTale) -> None:
    tale = tell("lines")
    a, b = _in(tale)
    relayed = tale.say(a, "one")
    tale.read(a, b"You: " + relayed.removeprefix(b"ann: "))
    tale.read(b, relayed)
    tale.read(b, relayed)
    assert not tale.check("echo").findings
    assert tale.check("once").findings


def test_another_hears_nothing(tell: MakeTale) -> None:
    tale = tell("lines")
    a, _ = _in(tale)
    relayed = tale.say(a, "one")
    tale.read(a, b"You: " + relayed.removeprefix(b"ann: "))
    _tell(tale, a, "two")
    assert not tale.check("echo").findings
    assert tale.check("delivery").findings
