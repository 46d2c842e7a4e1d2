"""Nothing arrives that nobody said, or that was said before one joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.announcement import Announcement
from harness.checks import CHECKS
from harness.dialect import Prompt
from harness.dialect_files import load_dialect
from harness.events import Ending, Left, Noise, Read, Sent

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale


def test_nothing(tale: Tale) -> None:
    tale.room("ann", "bob")
    assert not tale.check("nothing invented").findings


def test_text_that_no_one_said(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    tale.read(b, b"ann: something else")
    tale.tell(a, "one")
    (finding,) = tale.check("nothing invented").findings
    assert (finding.requirement, finding.cause) == ("RELAY-6", "")
    assert finding.says == "bob read “ann: something else”, which nobody had said."


def test_a_line_end_that_no_one_said(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    tale.read(b, b"\n")
    tale.tell(a, "one")
    (finding,) = tale.check("nothing invented").findings
    assert finding.cause == (
        "the server ends each message with a line end, which this dialect has not"
    )


def test_history_is_replayed(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    old = tale.tell(a, "old")
    tale.tell(a, "new")
    c = tale.join("cid")
    tale.read(c, old)
    (finding,) = tale.check("nothing invented").findings
    assert (finding.requirement, finding.timed) == ("RELAY-6", False)
    assert finding.says.startswith("cid heard ann's “~00000001vp~ old”, said at ")
    assert "although cid joined only at" in finding.says


def test_what_all_had_long_heard_is_timed(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    old = tale.tell(a, "old")
    tale.tick(600)
    c = tale.join("cid")
    tale.read(c, old)
    (finding,) = tale.check("nothing invented").findings
    assert finding.deadline == 0.5


@pytest.mark.parametrize(("prompt", "count"), [(b"nickname", 1), (b"nick", 0)])
def test_the_door(tale: Tale, prompt: bytes, count: int) -> None:
    conn = tale.connect("mute")
    tale.events[-1] = Read(tale.now, conn, prompt)
    tale.read(conn, b"ann: hi")
    found = tale.check("nothing invented").findings
    assert len(found) == count
    for finding in found:
        assert finding.requirement == "JOIN-5"
        assert finding.says == "mute had not given a name yet and was sent “ann: hi”."


def test_noise(tale: Tale) -> None:
    _, b = tale.room("ann", "bob")
    tale.add(Noise, b, 70_000)
    (finding,) = tale.check("nothing invented").findings
    assert finding.says == "bob was sent 70000 bytes that nobody had said."


def test_noise_that_has_findings_of_its_own(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    relayed = tale.tell(a, "one")
    tale.read(b, relayed)
    tale.add(Noise, b, 10)
    assert not tale.check("nothing invented").findings


def _at_the_door(tale: Tale, read: bytes, **changes: object) -> list[tuple[str, str]]:
    """Give what is blamed for what somebody read who gave no name."""
    tale.dialect = tale.dialect.model_copy(update=changes)
    tale.room("ann", "bob")
    conn = tale.connect("mute")
    tale.events[-1] = Read(tale.now, conn, read)
    found = tale.check("nothing invented").findings
    return [(one.requirement, one.says.partition("was sent ")[2]) for one in found]


@pytest.mark.parametrize(
    ("read", "blamed"),
    [
        (b"Welcome!\nname: ", []),
        (b"Welcome! Mine is the name: yours", []),
        (b"Welcome!\nname: ann: ~00000000r3~ hello", [("JOIN-5", "“~00000000r3~ hello”.")]),
        (b"Welcome!\nname: ann: ~00000000rx~ hello", []),
        (b"Welcome!\nname: bob joined!", [("JOIN-5", "“bob joined!”.")]),
    ],
)
def test_anything_may_stand_before_the_end_of_a_prompt_but_no_message_and_no_notice(
    tale: Tale, read: bytes, blamed: list[tuple[str, str]]
) -> None:
    join = Announcement.model_validate({"text": "{nick} joined!"})
    prompt = Prompt("name: ", exact=False)
    assert _at_the_door(tale, read, prompt=prompt, join=join) == blamed


@pytest.mark.parametrize(("read", "blamed"), [(b"", []), (b"hi\n", [("JOIN-5", "“hi\n”.")])])
def test_where_the_client_speaks_first_nothing_is_sent_before_its_nickname(
    tale: Tale, read: bytes, blamed: list[tuple[str, str]]
) -> None:
    assert _at_the_door(tale, read, prompt=None) == blamed


@pytest.mark.parametrize("strange", [False, True])
def test_who_sent_something_else_than_a_nickname_may_be_announced(
    tale: Tale, strange: bool
) -> None:
    join = Announcement.model_validate({"text": "{nick} joined!"})
    _, b = tale.room("ann", "bob")
    conn = tale.connect("odd")
    if strange:
        tale.add(Sent, conn, b"\xff")
    tale.read(b, "\N{REPLACEMENT CHARACTER} joined!".encode())
    tale.tell(0, "one")
    case = tale.case()
    case.transcript.dialect = load_dialect("raw").model_copy(update={"join": join})
    assert len(CHECKS["nothing invented"](case).findings) == int(not strange)


@pytest.mark.parametrize(
    ("read", "ends", "blamed"),
    [
        (b"\n", False, [("JOIN-1", "“\n”.")]),
        (b"hi", False, [("JOIN-5", "“hi”.")]),
        (b"hi", True, [("JOIN-6", "“hi”.")]),
    ],
)
def test_what_is_sent_behind_the_prompt(
    tale: Tale, read: bytes, ends: bool, blamed: list[tuple[str, str]]
) -> None:
    tale.room("ann", "bob")
    conn = tale.connect("mute")
    if ends:
        tale.add(Left, conn, Ending.HALF_CLOSE)
    tale.read(conn, read)
    found = tale.check("nothing invented").findings
    assert [(one.requirement, one.says.partition("was sent ")[2]) for one in found] == blamed


def test_a_notice_that_varies_cannot_be_known_at_the_door(tale: Tale) -> None:
    joins = Announcement.model_validate({"text": "{nick} joined at {time}!"})
    prompt = Prompt("name: ", exact=False)
    read = b"Welcome!\nname: bob joined at 12:00!"
    assert _at_the_door(tale, read, prompt=prompt, join=joins) == []
