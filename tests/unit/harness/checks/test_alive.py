"""At the end of every scenario the server still runs, and serves a newcomer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.events import Exited, Failure, StepFailed

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale


def test_alive(tale: Tale) -> None:
    tale.room("ann", "bob")
    tale.end()
    result = tale.check("alive")
    assert (result.findings, result.looked_at) == ((), 1)


def test_not_tried(tale: Tale) -> None:
    assert tale.check("alive").looked_at == 0


def test_a_program_that_never_listened_is_no_server_that_died(tale: Tale) -> None:
    tale.add(Exited, 1)
    assert not tale.check("alive").findings


@pytest.mark.parametrize(
    ("status", "how"),
    [
        (0, "ended with exit status 0"),
        (-11, "was ended by SIGSEGV"),
        (-13, "was ended by SIGPIPE"),
        (-99, "was ended by signal 99"),
    ],
)
def test_the_server_ends(tale: Tale, status: int, how: str) -> None:
    tale.room("ann", "bob")
    tale.add(Exited, status)
    (finding,) = tale.check("alive").findings
    assert finding.requirement == "LIFE-4"
    assert finding.says == (
        f"The server {how} in the middle of the scenario; nobody had told it to."
    )
    assert finding.moments == ()


def test_who_writes_to_one_who_is_gone_has_to_ignore_a_signal(tale: Tale) -> None:
    tale.room("ann", "bob")
    tale.add(Exited, -13)
    (finding,) = tale.check("alive").findings
    assert "ignore it, or send with MSG_NOSIGNAL" in finding.cause


def test_after_a_departure(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.leave(a)
    tale.add(Exited, 1)
    (finding,) = tale.check("alive").findings
    assert [moment.text for moment in finding.moments] == [
        "leaves (leave)",
        "the server ended with exit status 1",
    ]


@pytest.mark.parametrize(
    ("empty", "conn", "requirement"), [(False, 1, "LIFE-4"), (True, -1, "LEAVE-8")]
)
def test_a_newcomer_is_not_served(tale: Tale, empty: bool, conn: int, requirement: str) -> None:
    a, _ = tale.room("ann", "bob")
    tale.end()
    if empty:
        for one in list(tale.members):
            tale.leave(one)
    tale.add(StepFailed, -1, conn, "newcomer", Failure.PROMPT, 5.0, 0.0, "")
    (finding,) = tale.check("alive").findings
    assert finding.requirement == requirement
    assert finding.says == (
        "When the story was over a newcomer could not join: the server sent no prompt within 5 s."
    )
    assert len(finding.moments) == (conn >= 0)
    assert a == 0
