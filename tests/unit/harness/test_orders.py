"""`harness.orders`: what is certain of the order in which each receiver heard what it heard."""

import pytest
from spoken import NAMES, Story, story

from harness.orders import Orders
from harness.transcript import Transcript

ANN, BOB, CAROL, DAN, EVE = range(5)


def orders(told: Story) -> Orders:
    return Orders(told.transcript())


def chains(made: Orders) -> dict[str, str]:
    """Give what each receiver heard, where it is anything."""
    return {
        NAMES[conn]: " ".join(names(made, heard.nodes))
        for conn, heard in made.heard.items()
        if heard.nodes
    }


def names(made: Orders, nodes: list[int]) -> list[str]:
    said = [made.messages[node] for node in nodes]
    return [f"{'abcde'[one.conn]}{one.number}" for one in said]


def test_what_was_heard_in_its_order() -> None:
    made = orders(story("a0@1 b0@2 a1@3", c="a0@5 b0@6 a1@7", d="b0@5 a0@6 a1@6"))
    assert chains(made) == {"carol": "a0 b0 a1", "dan": "b0 a0 a1"}
    assert made.heard[CAROL].times == [5, 6, 7]


@pytest.mark.parametrize(
    ("heard", "kept"),
    [
        pytest.param("a0@5 a0@6", "a0", id="twice"),
        pytest.param("a1@5 a0@6", "a1", id="out of the order of its sender"),
        pytest.param("a0@5 c0@6", "a0", id="one's own"),
        pytest.param("a1@6 b0@5", "a1", id="certain only later"),
        pytest.param("a0@5 b0@5", "a0 b0", id="in one read"),
    ],
)
def test_only_what_is_certain_counts(heard: str, kept: str) -> None:
    made = orders(story("a0@1 a1@2 b0@3 c0@4", c=heard))
    assert chains(made) == {"carol": kept}


def test_without_a_token_another_could_be_taken_for_it() -> None:
    told = story("a0@1 b0@2", c="a0 b0")
    told.bare.add("a0")
    assert chains(orders(told)) == {"carol": "b0"}


@pytest.mark.parametrize("mark", ["damaged", "doubtful"])
def test_what_came_otherwise_does_not_count(mark: str) -> None:
    transcript = story("a0@1 b0@2", c="a0 b0").transcript()
    listener = transcript.listeners[CAROL]
    getattr(listener, mark).add(listener.messages[0])
    assert chains(Orders(transcript)) == {"carol": "b0"}


@pytest.mark.parametrize("mark", ["overwhelmed", "deaf"])
def test_of_whom_nobody_understands_nothing_counts(mark: str) -> None:
    transcript = story("a0@1 b0@2", c="a0 b0", d="b0").transcript()
    setattr(transcript.listeners[CAROL], mark, True)
    assert chains(Orders(transcript)) == {"dan": "b0"}


def test_who_says_what_is_no_text_is_not_judged() -> None:
    transcript = story("a0@1 b0@2", c="a0 b0").transcript()
    transcript.voices.speeches[ANN].untext = 0
    assert chains(Orders(transcript)) == {"carol": "b0"}


def test_what_comes_before_what_because_of_those_who_spoke() -> None:
    made = orders(story("a0@1 b0@4 b1@9 e0@9", b="a0@3 e0@20", c="a0 b0 b1 e0"))
    causes = [names(made, nodes) for nodes in made.causes()]
    # Bob had heard a0 before he said either; what he heard later, and what Eve heard, is nothing.
    assert sorted(causes) == [["a0"], ["a0", "b0"], ["a0", "b1"], ["b0", "b1"], ["e0"]]


@pytest.mark.parametrize(
    ("heard", "tells"),
    [
        pytest.param({"c": "a0 b0"}, False, id="one alone"),
        pytest.param({"c": "a0 a1", "d": "a0 a1"}, False, id="of one sender"),
        pytest.param({"c": "a0 b0", "d": "a0"}, False, id="only one message is shared"),
        pytest.param({"c": "a0 b0", "d": "b0 a0"}, True, id="two of two"),
        pytest.param({"c": "a0 b0", "d": "b0 e0", "a": "e0", "b": "e0 a0"}, True, id="a circle"),
    ],
)
def test_whether_anybody_could_contradict_anybody(heard: dict[str, str], tells: bool) -> None:
    assert orders(story("a0@1 a1@2 b0@3 e0@4", **heard)).tell_anything() is tells


def test_what_each_heard_of_a_knot_in_one_piece() -> None:
    made = orders(story("a0@1 b0@2 e0@3", c="a0@5 b0@6 e0@7", d="e0@5 b0@6", a="e0@9"))
    places = {name: node for node, name in enumerate(names(made, list(range(3))))}
    knots = [[places["b0"], places["e0"]], [places["a0"]]]
    first, second = made.within(knots)
    assert {NAMES[part.conn]: names(made, part.nodes) for part in first} == {
        "ann": ["e0"],
        "carol": ["b0", "e0"],
        "dan": ["e0", "b0"],
    }
    assert [(NAMES[part.conn], names(made, part.nodes), part.times) for part in second] == [
        ("carol", ["a0"], [5])
    ]


def test_nothing_was_heard() -> None:
    made = Orders(Transcript.of(story("").transcript().dialect, []))
    assert (list(made.chains()), list(made.causes()), made.tell_anything()) == ([], [], False)
    assert made.within([[]]) == [[]]
