"""What comes before what, and where that contradicts."""

from itertools import pairwise
from random import Random

import pytest

from harness.precedence import Precedence


def _graph(*chains: str) -> Precedence:
    """Make a graph of letters: `abc` is a chain."""
    nodes = [[ord(letter) - ord("a") for letter in chain] for chain in chains]
    return Precedence(8, nodes)


def _letters(nodes: list[int]) -> str:
    return "".join(chr(ord("a") + node) for node in nodes)


@pytest.mark.parametrize(
    ("chains", "after"),
    [
        pytest.param([], "", id="no chain"),
        pytest.param(["", "a", ""], "", id="chains without a step"),
        pytest.param(["ab"], "b", id="one step"),
        pytest.param(["abc"], "b", id="only what comes right after"),
        pytest.param(["ab", "ac", "ba"], "bc", id="in each chain"),
        pytest.param(["ab", "abc"], "bb", id="once for each chain"),
        pytest.param(["ba", "cb"], "", id="one chain does not go on in the next"),
    ],
)
def test_what_comes_right_after(chains: list[str], after: str) -> None:
    assert _letters(sorted(_graph(*chains).after(0))) == after


@pytest.mark.parametrize(
    ("chains", "unsortable", "knots"),
    [
        pytest.param([], "", [], id="nothing"),
        pytest.param(["abc", "acd"], "", [], id="one order fits"),
        pytest.param(["ab", "ba"], "ab", ["ab"], id="two the other way round"),
        pytest.param(["ab", "bc", "ca"], "abc", ["abc"], id="three in a ring"),
        pytest.param(["ab", "ba", "bcd"], "abcd", ["ab"], id="and what comes behind"),
        pytest.param(["dab", "ba"], "ab", ["ab"], id="not what comes before"),
        pytest.param(["abcab", "defd"], "abcdef", ["abc", "def"], id="two knots"),
        pytest.param(["abca", "gfg", "cf"], "abcfg", ["fg", "abc"], id="the small one first"),
        pytest.param(["abca", "adc"], "abcd", ["abcd"], id="two rings with a part in common"),
        pytest.param(["abcdefgh", "ha"], "abcdefgh", ["abcdefgh"], id="all of them"),
        pytest.param(["ab", "ac", "bd", "cd", "da"], "abcd", ["abcd"], id="two ways round"),
    ],
)
def test_where_it_contradicts(chains: list[str], unsortable: str, knots: list[str]) -> None:
    graph = _graph(*chains)
    assert _letters(graph.unsortable()) == unsortable
    assert [_letters(sorted(knot)) for knot in graph.knots()] == knots


@pytest.mark.parametrize(
    ("chains", "knot", "cycle"),
    [
        pytest.param(["ab", "ba"], "ab", "ab", id="of two"),
        pytest.param(["abca"], "abc", "abc", id="of three"),
        pytest.param(["abcda", "ca"], "abcd", "abc", id="the shorter of two"),
        pytest.param(["abcda", "cb"], "abcd", "bc", id="not through the first"),
        pytest.param(["abca", "ada"], "abc", "abc", id="inside of the knot alone"),
    ],
)
def test_the_shortest_cycle(chains: list[str], knot: str, cycle: str) -> None:
    nodes = [ord(letter) - ord("a") for letter in knot]
    found = _letters(_graph(*chains).shortest_cycle(nodes, work=1000))
    turned = {found[at:] + found[:at] for at in range(len(found))}
    assert cycle in turned


def test_with_little_work_the_first_node_at_least_is_looked_at() -> None:
    graph = _graph("abcda", "cb")
    assert _letters(graph.shortest_cycle([0, 1, 2, 3], work=0)) == "abcd"
    assert len(graph.shortest_cycle([0, 1, 2, 3], work=2 * 5)) == 2


def test_a_path_as_long_as_a_run_is_no_matter() -> None:
    count = 20_000
    graph = Precedence(count, [range(count), (count - 1, 0)])
    (knot,) = graph.knots()
    assert sorted(knot) == list(range(count))
    cycle = graph.shortest_cycle(range(count), work=0)
    assert cycle == list(range(count))


@pytest.mark.parametrize("seed", range(20))
def test_every_knot_is_a_set_of_those_who_reach_each_other(seed: int) -> None:
    random = Random(seed)
    count = 12
    chains = [random.sample(range(count), random.randint(2, 5)) for _ in range(5)]
    graph = Precedence(count, chains)
    steps = {step for chain in chains for step in pairwise(chain)}
    reach = {node: {behind for before, behind in steps if before == node} for node in range(count)}
    for middle in range(count):
        for node in range(count):
            if middle in reach[node]:
                reach[node] |= reach[middle]
    knots = {
        frozenset(other for other in reach[node] if node in reach[other])
        for node in range(count)
        if node in reach[node]
    }
    found = graph.knots()
    assert {frozenset(knot) for knot in found} == knots
    on_or_behind = {
        behind for node in range(count) if node in reach[node] for behind in reach[node]
    }
    assert set(graph.unsortable()) == on_or_behind
    for knot in found:
        cycle = graph.shortest_cycle(knot, work=1 << 20)
        assert set(cycle) <= set(knot)
        assert all(step in steps for step in pairwise([*cycle, cycle[0]]))
