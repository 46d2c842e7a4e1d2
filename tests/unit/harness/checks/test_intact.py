"""The text arrives byte for byte, and no prefix stands inside a character."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.verdict import Finding

if TYPE_CHECKING:
    from tests.unit.harness.conftest import MakeTale, Tale


def altered(tale: Tale, text: str, change: Callable[[bytes], bytes]) -> Finding:
    a, b, _ = tale.room("ann", "bob", "cid")
    relayed = tale.tell(a, text, b)
    tale.read(b, change(relayed))
    tale.end()
    (finding,) = tale.check("intact").findings
    return finding


def test_whole(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.tell(a, "one")
    assert not tale.check("intact").findings


def test_changed(tale: Tale) -> None:
    finding = altered(tale, "one", lambda data: data.replace(b"one", b"onE"))
    assert finding.requirement == "RELAY-4"
    assert finding.says.startswith("ann's message “~00000001vp~ one” reached bob altered: after ")


def test_cut_short(tell: MakeTale) -> None:
    finding = altered(tell("lines"), "one", lambda data: data.replace(b"ne", b""))
    assert finding.requirement == "RELAY-4"
    assert finding.says.endswith("reached bob cut short: only 14 of its 17 bytes came.")


def test_a_long_one_is_cut_short(tell: MakeTale) -> None:
    finding = altered(tell("lines"), "x" * 2000, lambda data: data[:1024] + b"\n")
    assert finding.requirement == "RELAY-7"


def test_blanks_are_stripped(tell: MakeTale) -> None:
    finding = altered(tell("lines"), "one ", lambda data: data.replace(b" \n", b"\n"))
    assert finding.says.endswith("reached bob without the blanks at its end (2 bytes).")


def test_a_character_is_replaced(tale: Tale) -> None:
    finding = altered(tale, "я" * 9, lambda data: data[:-4] + "\ufffd\ufffdя".encode())
    assert finding.requirement == "INPUT-2"
    assert "a character of bob's copy was replaced by U+FFFD, after " in finding.says


def test_a_prefix_stands_inside_a_character(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    relayed = tale.tell(a, "яя", b)
    tale.read(b, relayed[:-1] + b"ann: " + relayed[-1:])
    (finding,) = tale.check("intact").findings
    assert finding.requirement == "INPUT-2"
    assert finding.says.endswith("reached bob with a prefix inside a character, after 16 bytes.")
