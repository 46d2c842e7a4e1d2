"""The text arrives byte for byte, and no prefix stands inside a character."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from harness.events import Cut, Ending, Froze, Thawed
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


def test_who_had_stopped_reading_gets_a_part(tale: Tale) -> None:
    a, b, _ = tale.room("ann", "bob", "cid")
    tale.add(Froze, b)
    relayed = tale.tell(a, "one two", b)
    tale.add(Thawed, b)
    tale.read(b, relayed[:-3])
    tale.tell(a, "more")
    (finding,) = tale.check("intact").findings
    assert finding.requirement == "LOAD-2"


def test_a_line_that_was_cut(tell: MakeTale) -> None:
    tale = tell("lines")
    a, b, _ = tale.room("ann", "bob", "cid")
    relayed = tale.tell(a, "one two", b)
    tale.add(Cut, a, 2, 2, 1)
    tale.read(b, relayed[:-4] + b"\n")
    (finding,) = tale.check("intact").findings
    assert finding.requirement == "RELAY-9"


def test_what_is_no_text_may_be_changed(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    tale.say_bytes(a, b"one \xff two")
    tale.read(b, b"ann: one \xef\xbf\xbd two")
    tale.read(b, tale.say(a, "one"))
    assert not tale.check("intact").findings


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize(
    ("ends", "heard", "found"),
    [
        pytest.param(Ending.GIVEN_UP, "", 0, id="its sender was cut off"),
        pytest.param(Ending.LEAVE, "", 1, id="its sender left in good order"),
        pytest.param(Ending.GIVEN_UP, "whole", 1, id="another heard all of it"),
        pytest.param(Ending.GIVEN_UP, "later", 1, id="something later was heard"),
        pytest.param(Ending.GIVEN_UP, "part of a later one", 1, id="the next was heard in part"),
    ],
)
def test_of_a_message_that_was_never_whole_a_part_may_be_relayed(
    tell: MakeTale, ends: Ending, heard: str, found: int, accepted: bool
) -> None:
    tale = tell("lines")
    a, b, c = tale.room("ann", "bob", "cid")
    relayed = tale.say(a, "one two", accepted=accepted or not heard)
    tale.read(b, relayed[:-4] + b"\n")
    if heard == "whole":
        tale.read(c, relayed)
    if heard in ("later", "part of a later one"):
        later = tale.say(a, "and more", accepted=False)
        tale.read(b, later if heard == "later" else later[:-4] + b"\n")
    tale.leave(a, ends)
    assert len(tale.check("intact").findings) == found
