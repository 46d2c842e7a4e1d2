"""What the scenario allows for latency, memory and the harness's own lag is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.events import Froze, Kind, Lagged, Role
from harness.limits import Limits

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale


def slow(tale: Tale, *milliseconds: int) -> None:
    """Let bob hear words of ann, each so much later than it was due; one more is of no step."""
    a, b = tale.room("ann", "bob")
    for late in milliseconds:
        relayed = tale.say(a, "word", step=1)
        tale.tick(late - 2)
        tale.read(b, relayed)
    tale.tell(a, kind=Kind.CLOSING)


def test_no_limits(tale: Tale) -> None:
    slow(tale, 9_000)
    result = tale.check("limits")
    assert (result.findings, result.looked_at) == ((), 0)


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (
            {"delivery-p50": "50ms"},
            "50% of 4 deliveries should have taken at most 0.05 s, and took up to 0.060 s.",
        ),
        (
            {"delivery-p99": "1s"},
            "99% of 4 deliveries should have taken at most 1 s, and took up to 2.000 s.",
        ),
        (
            {"delivery-max": "1s"},
            "100% of 4 deliveries should have taken at most 1 s, and took up to 2.000 s.",
        ),
    ],
)
@pytest.mark.parametrize(("lag", "outcome"), [(0.0, "fail"), (1.0, "inconclusive")])
def test_too_slow(tale: Tale, limits: dict[str, str], says: str, lag: float, outcome: str) -> None:
    tale.limits = Limits.model_validate(limits)
    slow(tale, 10, 10, 60, 2_000)
    if lag:
        tale.add(Lagged, lag)
    (finding,) = tale.check("limits").findings
    assert (finding.requirement, finding.outcome) == ("", outcome)
    assert finding.says.startswith(says.removesuffix("."))
    (name,) = limits
    assert finding.cause == f"the scenario's limit {name}"


@pytest.mark.parametrize("limits", [{"delivery-p50": "100ms"}, {"delivery-max": "2s"}])
def test_fast_enough(tale: Tale, limits: dict[str, str]) -> None:
    tale.limits = Limits.model_validate(limits)
    slow(tale, 10, 10, 60, 2_000)
    result = tale.check("limits")
    assert (result.findings, result.looked_at) == ((), 4)


def test_who_froze_and_beacons_do_not_count(tale: Tale) -> None:
    tale.limits = Limits.model_validate({"delivery-max": "1ms"})
    a, b = tale.room("ann", "bob")
    beacon = tale.join("beacon-1", role=Role.BEACON)
    tale.members.clear()
    tale.add(Froze, b)
    relayed = tale.say(a, "word", step=1)
    tale.read(b, relayed)
    tale.read(beacon, relayed)
    tale.read(a, tale.say(beacon, step=1))
    result = tale.check("limits")
    assert (result.findings, result.looked_at) == ((), 0)


@pytest.mark.parametrize(("most", "found"), [("64MB", 1), ("65MB", 0)])
def test_memory(tale: Tale, most: str, found: int) -> None:
    tale.limits = Limits.model_validate({"memory": most})
    tale.sample("freeze", rss=65 << 20)
    tale.sample("after")
    findings = tale.check("limits").findings
    assert len(findings) == found
    for finding in findings:
        assert finding.says == (
            "The server's processes used 65 MiB of memory, and the scenario allows 64 MiB."
        )
        assert finding.cause == "the scenario's limit memory"


@pytest.mark.parametrize(("lag", "found"), [(0.1, 0), (0.3, 1)])
def test_the_harness_itself_runs_behind(tale: Tale, lag: float, found: int) -> None:
    tale.limits = Limits.model_validate({"lag": "200ms"})
    tale.add(Lagged, lag)
    findings = tale.check("limits").findings
    assert len(findings) == found
    for finding in findings:
        assert finding.outcome == "inconclusive"
        assert finding.says == (
            "The harness itself ran 0.30 s behind, and the scenario allows 0.2 s."
        )
