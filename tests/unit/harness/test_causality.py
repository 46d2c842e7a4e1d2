"""`harness.causality`: an answer that came before what it answers, and the way to it."""

import pytest
from spoken import NAMES, story

from harness import causality
from harness.causality import Causality
from harness.orders import Orders


def asked(said: str, **heard: str) -> Causality:
    """Ask of all messages at once."""
    orders = Orders(story(said, **heard).transcript())
    knot = list(range(len(orders.messages)))
    (parts,) = orders.within([knot])
    return Causality(orders, knot, parts)


def told(made: Causality) -> tuple[str, list[str]] | None:
    found = made.violation()
    if found is None:
        return None
    said = [made.orders.messages[node] for node in found.path]
    return NAMES[found.receiver], [f"{'abcde'[one.conn]}{one.number}" for one in said]


@pytest.mark.parametrize(
    "heard",
    [
        pytest.param({"b": "a0@3", "c": "a0@5 b0@6"}, id="in their order"),
        pytest.param({"b": "a0@4", "c": "b0@5 a0@6"}, id="heard while it was said"),
        pytest.param({"b": "a0@9", "c": "b0@5 a0@6"}, id="heard later"),
        pytest.param({"c": "b0@5 a0@6"}, id="never heard"),
        pytest.param({"b": "a0@3", "c": "b0@5"}, id="the first was not heard"),
    ],
)
def test_no_answer_came_too_early(heard: dict[str, str]) -> None:
    assert told(asked("a0@1 b0@4", **heard)) is None


def test_an_answer_came_before_what_it_answers() -> None:
    assert told(asked("a0@1 b0@4", b="a0@3", c="b0@5 a0@6")) == ("carol", ["a0", "b0"])


def test_an_answer_to_an_answer_has_the_shortest_way() -> None:
    made = asked("a0@1 b0@4 e0@8", b="a0@3", e="b0@6", c="e0@9 a0@10")
    assert told(made) == ("carol", ["a0", "b0", "e0"])


def test_what_one_has_said_before_is_answered_too() -> None:
    made = asked("a0@1 b0@4 b1@5 e0@8", b="a0@3", e="b1@6", c="e0@9 a0@10")
    assert told(made) == ("carol", ["a0", "b1", "e0"])


def test_a_plain_one_is_told_before_any_other() -> None:
    made = asked("a0@1 b0@4 e0@8", b="a0@3", e="b0@6", c="e0@9 a0@10", d="b0@9 a0@10")
    assert told(made) == ("dan", ["a0", "b0"])


@pytest.mark.parametrize(
    ("most", "bits", "too_many"), [(3, 99, False), (2, 99, True), (3, 5, True)]
)
def test_it_is_not_asked_of_too_many(
    monkeypatch: pytest.MonkeyPatch, most: int, bits: int, too_many: bool
) -> None:
    monkeypatch.setattr(causality, "MOST_MESSAGES", most)
    monkeypatch.setattr(causality, "MOST_BITS", bits)
    assert asked("a0@1 b0@2 e0@3", c="a0 b0", d="e0").too_many is too_many


def test_the_way_goes_by_none_twice() -> None:
    # Eve had heard both answers to a0: the first of the two that is found is the way.
    made = asked("a0@1 b0@4 d0@4 e0@8", b="a0@3", d="a0@3", e="b0@6 d0@7", c="e0@9 a0@10")
    found = told(made)
    assert found is not None
    assert found[0] == "carol"
    assert found[1] in (["a0", "b0", "e0"], ["a0", "d0", "e0"])
