"""Nothing is left of those who have gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.events import Ending, Eof, Failure, Froze, Left, Programs, Sampled, StepFailed

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale


def sample(tale: Tale, label: str, **values: float) -> None:
    """Add a sample of a server that holds three connections, as it should."""
    usual = {"cpu": 0.0, "run_delay": 0.0, "threads": 1, "rss": 1 << 24, "sockets": 3}
    usual |= {"close_wait": 0, "expected": 3} | values
    tale.add(Sampled, label, *usual.values())


def test_tidy(tale: Tale) -> None:
    a, _, _ = tale.room("ann", "bob", "cid")
    tale.leave(a)
    tale.end()
    sample(tale, "after")
    result = tale.check("cleanup")
    assert (result.findings, result.looked_at) == ((), 2)


def half_closed(tale: Tale, late: float = 0.0) -> None:
    a, _ = tale.room("ann", "bob")
    tale.add(Left, a, Ending.HALF_CLOSE)
    tale.members.discard(a)
    tale.fail(a, Failure.EOF, deadline=2.0, late=late)


def test_a_half_closer_never_reads_the_end(tale: Tale) -> None:
    half_closed(tale)
    (finding,) = tale.check("cleanup").findings
    assert (finding.requirement, finding.deadline) == ("LEAVE-1", 2.0)
    assert finding.says == (
        "ann half-closed the connection and did not read the end of the stream within 2 s."
    )


def test_a_run_that_did_not_wait_for_the_end_shows_nothing(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.add(Left, a, Ending.HALF_CLOSE)
    assert not tale.check("cleanup").findings


@pytest.mark.parametrize("how", ["it came after all", "it does not read"])
def test_who_cannot_be_said_to_wait_for_the_end(tale: Tale, how: str) -> None:
    half_closed(tale)
    tale.add(*((Eof, 0) if how == "it came after all" else (Froze, 0)))
    assert not tale.check("cleanup").findings


@pytest.mark.parametrize(("late", "outcome"), [(0.0, "fail"), (1.0, "inconclusive")])
def test_a_leave_fails(tale: Tale, late: float, outcome: str) -> None:
    a, _ = tale.room("ann", "bob")
    tale.add(Left, a, Ending.LEAVE)
    tale.add(StepFailed, 0, a, "ann", Failure.EOF, 2.0, late, "")
    (finding,) = tale.check("cleanup").findings
    assert finding.outcome == outcome


def test_it_was_late_at_the_end(tale: Tale) -> None:
    half_closed(tale, late=1.0)
    (finding,) = tale.check("cleanup").findings
    assert finding.outcome == "inconclusive"


@pytest.mark.parametrize(("late", "outcome"), [(0.4, "fail"), (0.6, "inconclusive")])
@pytest.mark.parametrize("kind", ["after", "rounds"])
def test_sockets_had_their_time_to_be_closed(
    tale: Tale, kind: str, late: float, outcome: str
) -> None:
    a, _ = tale.room("ann", "bob")
    tale.leave(a)
    labels = ["after"] if kind == "after" else [f"round 1/{turn}" for turn in range(5)]
    for turn, label in enumerate(labels, 4):
        tale.fail(-1, Failure.SOCKETS, deadline=2.0, late=late)
        sample(tale, label, expected=3, sockets=turn)
    (finding,) = tale.check("cleanup").findings
    assert (finding.requirement, finding.outcome) == ("LEAVE-6", outcome)


def test_what_had_not_settled_later_excuses_nothing(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.leave(a)
    sample(tale, "after", expected=1)
    tale.fail(-1, Failure.SOCKETS, deadline=2.0, late=1.0)
    (finding,) = tale.check("cleanup").findings
    assert finding.outcome == "fail"


def refused(tale: Tale, *, free: bool) -> None:
    a, _ = tale.room("ann", "bob")
    if free:
        tale.leave(a)
    again = tale.join("ann again", "ann")
    tale.add(Eof, again)
    tale.add(StepFailed, 3, again, "ann again", Failure.REFUSED, 2.0, 0.0, "")


def test_a_nickname_stays_taken(tale: Tale) -> None:
    refused(tale, free=True)
    (finding,) = tale.check("cleanup").findings
    assert finding.requirement == "LEAVE-4"
    assert finding.says == (
        "ann again left and came back under the same nickname, and was still refused 2 s later."
    )
    assert [moment.text for moment in finding.moments] == [
        "leaves (leave)",
        "joins again as ann",
        "is disconnected",
    ]


def test_a_nickname_that_is_taken_is_no_matter_of_cleanup(tale: Tale) -> None:
    refused(tale, free=False)
    assert not tale.check("cleanup").findings


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        (
            0,
            "1 connection should have been open, and the server held 3: 2 of members who had gone.",
        ),
        (
            2,
            (
                "1 connection should have been open, and the server held 3: "
                "2 of members who had gone, 2 of them in CLOSE_WAIT."
            ),
        ),
    ],
)
def test_sockets_are_left(tale: Tale, waiting: int, words: str) -> None:
    a, _ = tale.room("ann", "bob")
    tale.leave(a)
    sample(tale, "after", expected=1, close_wait=waiting)
    (finding,) = tale.check("cleanup").findings
    assert (finding.requirement, finding.says) == ("LEAVE-6", words)


def test_sockets_of_nobody_who_left(tale: Tale) -> None:
    tale.room("ann", "bob")
    sample(tale, "after", expected=1)
    assert not tale.check("cleanup").findings


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sockets": 1}, "open connections grew from 1 (second round) to 4 (last round)"),
        (
            {"threads": 1},
            "threads beyond its members grew from -1 (second round) to 2 (last round)",
        ),
        ({"rss": 17 << 20}, "bytes of memory grew from 34603008 (second round) to 88080384"),
    ],
)
def test_rounds_leave_something(tale: Tale, values: dict[str, int], words: str) -> None:
    usual = {"sockets": 3, "threads": 1, "rss": 1 << 24}
    for turn in range(5):
        grown = {name: usual[name] + step * turn for name, step in values.items()}
        sample(tale, f"round 1/{turn}", **grown)
    (finding,) = tale.check("cleanup").findings
    assert finding.requirement == "LEAVE-6"
    assert words in finding.says


@pytest.mark.parametrize("rounds", [4, 6])
def test_rounds_that_leave_nothing_or_are_too_few(tale: Tale, rounds: int) -> None:
    for turn in range(rounds):
        sample(tale, f"round 1/{turn}", rss=(1 << 24) + (turn << 20 if rounds < 5 else turn))
    assert not tale.check("cleanup").findings


@pytest.mark.parametrize(("cpu", "count"), [(0.01, 0), (0.4, 1)])
def test_idle(tale: Tale, cpu: float, count: int) -> None:
    sample(tale, "idle begins")
    tale.tick(499)
    sample(tale, "idle ends", cpu=cpu)
    found = tale.check("cleanup").findings
    assert len(found) == count
    for finding in found:
        assert finding.says.startswith(
            "Nobody talked for 0.50 s after the departures, and the server used 80% of a processor"
        )


@pytest.mark.parametrize(
    ("programs", "step", "found"),
    [
        (None, 17 << 20, True),
        (None, 15 << 20, False),
        ("python3.11", 2 << 20, True),
        ("python3.11 sh", 2 << 20, False),  # of these two one may keep what is free
        ("python3.11 java", 17 << 20, False),
        ("java", 257 << 20, True),
    ],
)
def test_how_much_memory_is_a_leak_depends_on_what_runs(
    tale: Tale, programs: str | None, step: int, found: bool
) -> None:
    if programs:
        tale.add(Programs, programs)
    for turn in range(5):
        sample(tale, f"round 1/{turn}", rss=(1 << 24) + step * turn)
    assert bool(tale.check("cleanup").findings) is found


@pytest.mark.parametrize(
    ("run_delay", "count"), [(0.01, 0), (0.4, 1)], ids=["quiet", "kept waiting"]
)
def test_whether_it_is_idle_cannot_be_told(tale: Tale, run_delay: float, count: int) -> None:
    sample(tale, "idle begins")
    tale.tick(499)
    sample(tale, "idle ends", cpu=0.05, run_delay=run_delay)
    found = tale.check("cleanup").findings
    assert [one.outcome for one in found] == ["inconclusive"] * count
    for finding in found:
        assert finding.says.endswith("and got 0.1 s of one: the machine was too busy to tell.")


@pytest.mark.parametrize(
    ("looks", "outcome"),
    [
        pytest.param(20, "inconclusive", id="it had not enough to come to rest"),
        pytest.param(30, "fail", id="it had enough"),
    ],
)
def test_what_is_kept_waiting_may_be_seen_to_go_round(tale: Tale, looks: int, outcome: str) -> None:
    for look in range(looks):
        sample(tale, "idle begins", cpu=0.04 * look, run_delay=0.45 * look)
        tale.tick(499)
        sample(tale, "idle ends", cpu=0.04 * (look + 1), run_delay=0.45 * (look + 1))
    (finding,) = tale.check("cleanup").findings
    assert finding.outcome == outcome
