"""Nobody feels that somebody does not read, and the server does not keep everything for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.events import Failure, Froze, Kind, Lagged, Starved, Thawed

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale

MEBIBYTE = 1 << 20


def gauge(tale: Tale, conn: int, slow: int = 0) -> None:
    """Let all who read hear a word of measure, `slow` milliseconds later."""
    relayed = tale.say(conn, kind=Kind.GAUGE)
    tale.tick(slow)
    for other in sorted(tale.members - {conn}):
        tale.read(other, relayed)


def stall(tale: Tale, before: int | None = 0, during: int | None = 0) -> int:
    """Freeze cid, with a measure before and one meanwhile; return when it froze."""
    a, _, c = tale.room("ann", "bob", "cid")
    if before is not None:
        gauge(tale, a, before)
    tale.add(Froze, c)
    tale.members.discard(c)
    at = tale.now
    if during is not None:
        gauge(tale, a, during)
    return at


def test_nobody_freezes(tale: Tale) -> None:
    tale.room("ann", "bob")
    tale.fail(0, Failure.STALL)
    result = tale.check("stalled reader")
    assert (result.findings, result.looked_at) == ((), 0)


@pytest.mark.parametrize("thaws", [False, True])
def test_nobody_feels_it(tale: Tale, thaws: bool) -> None:
    stall(tale)
    if thaws:
        tale.add(Thawed, 2)
        # Behind the thaw it is no matter of the stall.
        gauge(tale, 0, 5_000)
    result = tale.check("stalled reader")
    assert (result.findings, result.looked_at) == ((), 1)


@pytest.mark.parametrize(("late", "outcome"), [(0.0, "fail"), (3.0, "inconclusive")])
def test_others_hear_nothing(tale: Tale, late: float, outcome: str) -> None:
    at = stall(tale)
    tale.fail(0, Failure.ACCEPT)
    tale.fail(0, Failure.STALL, "bob did not hear ann", late=late)
    (finding,) = tale.check("stalled reader").findings
    assert (finding.requirement, finding.outcome, finding.deadline) == ("LOAD-1", outcome, 5.0)
    assert finding.says.startswith(
        f"cid stopped reading at {at / 1e9:.3f} s, and the others felt it: "
        "others were not heard within 5 s"
    )
    assert "bob did not hear ann" in finding.says
    assert finding.cause == "the server waits for cid, who does not read"
    assert [moment.text for moment in finding.moments] == ["stops reading"]


def test_it_failed_as_it_was_to_begin(tale: Tale) -> None:
    tale.room("ann", "bob", "cid")
    tale.fail(0, Failure.STALL)
    tale.add(Froze, 2)
    (finding,) = tale.check("stalled reader").findings
    assert finding.says.startswith("cid stopped reading")


@pytest.mark.parametrize("kind", [Lagged, Starved])
@pytest.mark.parametrize(("lag", "outcome"), [(0.0, "fail"), (0.05, "fail"), (1.0, "inconclusive")])
def test_words_take_long(
    tale: Tale, lag: float, outcome: str, kind: type[Lagged | Starved]
) -> None:
    stall(tale, during=400)
    if lag:
        tale.add(kind, lag)
    (finding,) = tale.check("stalled reader").findings
    assert (finding.requirement, finding.outcome, finding.deadline) == ("LOAD-1", outcome, 0.25)
    assert "a word took 402 ms to reach them (median), and 2.0 ms before" in finding.says


@pytest.mark.parametrize(
    ("before", "during"), [(0, 200), (60, 400), (None, 400), (400, None), (None, None)]
)
def test_words_take_as_long_as_before_or_nothing_is_known(
    tale: Tale, before: int | None, during: int | None
) -> None:
    stall(tale, before, during)
    assert not tale.check("stalled reader").findings


@pytest.mark.parametrize(
    ("said", "grown", "found"), [(64, 17, 1), (64, 15, 0), (63, 60, 0)], ids=str
)
def test_the_server_keeps_it_all(tale: Tale, said: int, grown: int, found: int) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    tale.say(a, "x" * MEBIBYTE)  # before it: that is not counted
    tale.sample("freeze")
    tale.add(Froze, c)
    for _ in range(said):
        tale.say(b, "x" * MEBIBYTE)
    tale.sample("frozen", rss=(16 + grown) * MEBIBYTE)
    findings = tale.check("stalled reader").findings
    assert len(findings) == found
    for finding in findings:
        assert (finding.requirement, finding.timed) == ("LOAD-3", False)
        assert finding.says == (
            "cid did not read while 64 MiB were said, and the server's memory grew by 17 MiB."
        )
        assert finding.cause == (
            "the server keeps all that cid does not read: set a bound, and disconnect whoever "
            "passes it"
        )
