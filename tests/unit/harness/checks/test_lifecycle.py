"""The server ends on a signal in time, closes everything, and can start again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.events import Exited, Failure, Listening, ServerDone, ServerTold

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale


def told(tale: Tale, act: str, *, done: bool = True) -> None:
    tale.add(ServerTold, act, 0)
    if done:
        tale.add(ServerDone, act)


def test_nothing_is_done_to_it(tale: Tale) -> None:
    tale.room("ann", "bob")
    tale.add(Exited, 1)
    result = tale.check("lifecycle")
    assert (result.findings, result.looked_at) == ((), 0)


@pytest.mark.parametrize(
    ("act", "status"), [("interrupt", 0), ("terminate", -15), ("terminate", 1), ("kill", -9)]
)
def test_it_ends_and_starts_again(tale: Tale, act: str, status: int) -> None:
    tale.room("ann", "bob")
    told(tale, act, done=False)
    tale.add(Exited, status)
    tale.add(ServerDone, act)
    told(tale, "restart")
    result = tale.check("lifecycle")
    assert (result.findings, result.looked_at) == ((), 2)


@pytest.mark.parametrize(
    ("status", "how"),
    [(1, "ended with exit status 1"), (-2, "was ended by SIGINT")],
    ids=["status", "signal"],
)
def test_interrupted_it_should_end_with_0(tale: Tale, status: int, how: str) -> None:
    told(tale, "interrupt", done=False)
    tale.add(Exited, status)
    (finding,) = tale.check("lifecycle").findings
    assert finding.requirement == "LIFE-1"
    assert finding.says == f"After SIGINT the server {how}; its exit status SHOULD be 0."


@pytest.mark.parametrize(
    ("act", "failure", "says", "cause"),
    [
        (
            "interrupt",
            Failure.STOP,
            "After SIGINT the process did not end within 2 s.",
            "",
        ),
        (
            "terminate",
            Failure.CONNECTIONS,
            "After SIGTERM connections were still open within 2 s (ann did not read the end).",
            "a process that was started by it may still hold them",
        ),
        ("stop", Failure.STOP, "After a signal the process did not end within 2 s.", ""),
    ],
)
@pytest.mark.parametrize(("late", "outcome"), [(0.0, "fail"), (1.0, "inconclusive")])
def test_it_does_not_end(
    tale: Tale, act: str, failure: Failure, says: str, cause: str, late: float, outcome: str
) -> None:
    told(tale, act, done=False)
    note = "ann did not read the end" if failure is Failure.CONNECTIONS else ""
    tale.fail(-1, Failure.HEARS)
    tale.fail(-1, failure, note, deadline=2.0, late=late)
    (finding,) = tale.check("lifecycle").findings
    assert (finding.requirement, finding.outcome) == ("LIFE-1", outcome)
    assert finding.says.startswith(says)
    assert (finding.cause, finding.deadline) == (cause, 2.0)


def test_it_ends_instead_of_a_new_beginning(tale: Tale) -> None:
    tale.room("ann", "bob")
    told(tale, "interrupt", done=False)
    tale.add(Exited, 0)
    told(tale, "restart", done=False)
    tale.add(Exited, 1)
    tale.fail(-1, Failure.RESTART)
    (finding,) = tale.check("lifecycle").findings
    assert (finding.requirement, finding.timed) == ("LIFE-2", False)
    assert finding.says == (
        "The server could not be started again on its port at once: it ended with exit status 1. "
        "2 connections had been open before."
    )
    assert finding.cause == ("its old connections wait in TIME_WAIT: set SO_REUSEADDR before bind")


@pytest.mark.parametrize(("late", "outcome"), [(0.0, "fail"), (9.0, "inconclusive")])
def test_nothing_listens_again(tale: Tale, late: float, outcome: str) -> None:
    tale.join("ann")
    told(tale, "restart", done=False)
    tale.fail(-1, Failure.RESTART, deadline=10.0, late=late)
    (finding,) = tale.check("lifecycle").findings
    assert (finding.requirement, finding.outcome, finding.deadline) == ("LIFE-2", outcome, 10.0)
    assert "at once: nothing listened again within 10 s. 1 connection had" in finding.says


@pytest.mark.parametrize(
    ("addresses", "where"),
    [
        ("127.0.0.1 ::1 ::ffff:127.0.0.1", ""),
        ("127.0.0.1 0.0.0.0", "0.0.0.0"),  # noqa: S104 - nothing is bound
        (":: 0.0.0.0", "0.0.0.0, ::"),
    ],
)
@pytest.mark.parametrize("asked", [False, True])
def test_where_it_listens(tale: Tale, addresses: str, where: str, asked: bool) -> None:
    tale.requirements = ("LIFE-3",) if asked else ()
    tale.add(Listening, addresses)
    result = tale.check("lifecycle")
    assert result.looked_at == int(asked)
    assert len(result.findings) == int(asked and bool(where))
    for finding in result.findings:
        assert finding.requirement == "LIFE-3"
        assert finding.says == f"The server listens on {where}, where other machines reach it."
