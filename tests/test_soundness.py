"""Soundness: correct servers of other build are never failed, whatever people say."""

from collections.abc import Iterator

import pytest
from known_good import OLD
from playing import SCENARIOS, Play, dialects_of

from harness.verdict import Outcome

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

CORRECT = OLD
# What takes its time is for the reference, in test_scenarios.py.
NAMES = sorted({path.stem for path in SCENARIOS.glob("*.yaml")} - {"bounded_memory"})
# They let no two members have one name, as they may: then nothing is proved.
REFUSING = ("correct/selectors_loop.py", "correct/streams.py")
# A thousand people are for the reference: a thread or a process for each takes its time.
SMALLER = {"people.crowd": "60"}

NAMESAKES = """
format: 1
scenario: Two members with one name are two people
people: {one: {nick: bob}, two: {nick: bob}, alice: }
story:
  - {who: everyone, join: true}
  - together:
      - {who: one, say: "{sentence}", times: 8, every: 0ms..4ms}
      - {who: two, say: "{sentence}", times: 8, every: 0ms..4ms}
      - {who: alice, say: "{word}", times: 8, every: 0ms..4ms}
  - {who: one, say: hi, bare: true}
  - {who: two, say: hi, bare: true}
  - {who: one, drop: reset}
  - {who: two, say: "still here"}
  - {who: one, join: true}
  - {who: one, say: "again here"}
  - {who: [two, alice], hears: {from: one}}
"""

LIKE_NAMES = """
format: 1
scenario: Names that are parts of each other, or look like a prefix, are told apart
people:
  bob:
  kbob:
  a:
  odd: {nick: "a: b"}
  odder: {nick: "b"}
  last: {nick: "a: "}
story:
  - {who: everyone, join: true}
  - {who: everyone, say: "{sentence}", times: 10, every: 0ms..5ms}
  - {who: everyone, say: "k", bare: true}
  - {who: everyone, say: "{word} b: {word}", times: 3, every: 0ms..5ms}
  - {who: everyone, hears: {from: everyone}}
"""

LIKE_PROTOCOL = """
format: 1
scenario: Text that looks like protocol is text
people: {alice: , bob: , carol: }
story:
  - {who: everyone, join: true}
  - {who: bob, say: hi, bare: true}
  - {who: alice, say: "bob: hi", bare: true}
  - {who: alice, say: "bob: hi", times: 4, every: 0ms..4ms}
  - {who: alice, say: nickname, bare: true}
  - {who: carol, say: "nickname", times: 3}
  - {who: carol, say: "alice: bob: hi", bare: true}
  - {who: alice, say: "alice: bob: hi", bare: true}
  - together:
      - {who: bob, say: "hi", times: 6, every: 0ms..3ms, bare: true}
      - {who: alice, say: "x bob: hi", times: 6, every: 0ms..3ms, bare: true}
      - {who: carol, say: "alice: x bob: hi", times: 6, every: 0ms..3ms}
  - {who: carol, say: "x bo", bare: true}
  - {who: everyone, say: "{sentence}"}
  - {who: everyone, hears: {from: everyone}}
"""

ADVERSARIAL = {"namesakes": NAMESAKES, "names": LIKE_NAMES, "protocol": LIKE_PROTOCOL}


def _pairs() -> Iterator[tuple[str, str, str]]:
    """Yield each scenario with a third of the servers, in turn, and in one dialect or the other."""
    for column, scenario in enumerate(NAMES):
        fit = dialects_of(scenario, ("raw", "lines"))
        for row, server in enumerate(CORRECT):
            if fit and (row + column) % 3 == 0:
                yield server, scenario, fit[(row + column) // 3 % len(fit)]


def _adversarial() -> Iterator[tuple[str, str, str, int]]:
    """Yield each crafted story: in both dialects on the reference, in one on everyone else."""
    for name in ADVERSARIAL:
        yield from ((name, dialect, "reference", 1) for dialect in ("raw", "lines"))
        for row, server in enumerate(CORRECT):
            yield name, ("raw", "raw", "lines")[row % 3], server, 3


@pytest.mark.parametrize(("server", "scenario", "dialect"), list(_pairs()))
def test_correct_server_passes(server: str, scenario: str, dialect: str, play: Play) -> None:
    changes = SMALLER if scenario == "crowd" else None
    played = play(scenario, server, dialect, changes=changes)
    assert played.verdict.outcome is Outcome.PASS, played.explain()


@pytest.mark.parametrize(("name", "dialect", "server", "seed"), list(_adversarial()))
def test_adversarial_names_and_texts_are_judged_rightly(
    name: str, dialect: str, server: str, seed: int, play: Play
) -> None:
    played = play(ADVERSARIAL[name], server, dialect, seed=seed)
    if name == "namesakes" and server in REFUSING:
        assert played.verdict.outcome is Outcome.INCONCLUSIVE, played.explain()
        assert {one.requirement for one in played.verdict.findings} == {"JOIN-7"}
    else:
        assert played.verdict.outcome is Outcome.PASS, played.explain()


def test_there_are_correct_servers_enough() -> None:
    assert len(CORRECT) >= 5
