"""One member that says very much does not keep the others' words from arriving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.checks.flood import FLOOD_BYTES, FLOOD_MESSAGES
from harness.verdict import Outcome

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale

SIZE = FLOOD_BYTES // FLOOD_MESSAGES + 1


def flood(
    tale: Tale, words: int = 6, *, behind: bool = True, size: int = SIZE, bad: bool = False
) -> list[int]:
    """Let ann flood the room while bob says `words`, and cid hear them."""
    a, b, c = tale.room("ann", "bob", "cid")
    begin, said = FLOOD_MESSAGES // 4, []
    for turn in range(FLOOD_MESSAGES):
        tale.read(c, tale.say(a, "x" * size, step=2))
        if begin <= turn < begin + words:
            if bad:
                tale.say_bytes(b, b"\xff")
            relayed = tale.say(b, "word", step=3)
            if not behind:
                tale.read(c, relayed)
            said.append(relayed)
    if behind:
        tale.read(c, b"".join(said))
    return [a, b, c]


def test_nobody_floods(tale: Tale) -> None:
    tale.room("ann", "bob")
    result = tale.check("flood")
    assert (result.findings, result.looked_at) == ((), 0)


def test_all_had_to_wait_for_its_end(tale: Tale) -> None:
    flood(tale)
    (finding,) = tale.check("flood").findings
    assert (finding.requirement, finding.timed) == ("LOAD-4", False)
    assert finding.says == (
        "While ann said very much, bob said 6 messages, and everyone heard all of them only after "
        "the last word of ann."
    )
    assert [moment.who for moment in finding.moments] == ["bob", "ann"]


def test_they_came_between(tale: Tale) -> None:
    flood(tale, behind=False)
    result = tale.check("flood")
    assert (result.findings, result.looked_at) == ((), 1)


@pytest.mark.parametrize(
    ("words", "size", "bad"), [(4, SIZE, False), (6, SIZE - 99, False), (6, SIZE, True)]
)
def test_too_few_words_too_little_of_a_flood_and_no_text(
    tale: Tale, words: int, size: int, bad: bool
) -> None:
    flood(tale, words, size=size, bad=bad)
    result = tale.check("flood")
    assert (result.findings, result.looked_at) == ((), 0)


def test_few_large_words_are_no_flood(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.tell(a, "x" * FLOOD_BYTES)
    assert tale.check("flood").looked_at == 0


def test_nobody_heard_both(tale: Tale) -> None:
    _, b, c = flood(tale, 0)
    assert (b, c) == (1, 2)
    tale.events = [one for one in tale.events if getattr(one, "conn", -1) != c]
    assert not tale.check("flood").findings


def test_words_that_nobody_heard(tale: Tale) -> None:
    _, _, c = flood(tale)
    del tale.events[-1]
    assert c == 2
    assert not tale.check("flood").findings


def test_of_a_flood_beside_which_nobody_spoke_nothing_is_known(tale: Tale) -> None:
    tale.room("ann", "bob")
    tale.requirements = ("LOAD-4",)
    (finding,) = tale.check("flood").findings
    assert (finding.outcome, finding.requirement) == (Outcome.INCONCLUSIVE, "LOAD-4")
    assert finding.says.startswith("Nobody said enough while the flood rose")
