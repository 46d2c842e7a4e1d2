"""`harness.seeing`: who is told of whom, and what nobody could ever be told."""

import pytest

from harness.dialect import Dialect
from harness.dialect_files import load_dialect
from harness.errors import InputError
from harness.fitness import NotApplicableError
from harness.nodes import loads
from harness.plan import Deed
from harness.planning import make_plan
from harness.scenario import read_scenario

ANNOUNCING = load_dialect("announcing")
FIRST = "{who: alice, join: true}"
SECOND = "{who: [bob, crowd], join: true}"


def dialect(**changes: object) -> Dialect:
    line = {"ends": "lf"}
    base = {
        "name": "test",
        "about": "A test.",
        "nickname": line,
        "said": line,
        "heard": line,
        "relay": "{nick}: {message}",
    }
    return Dialect.model_validate({**base, **changes})


def last_deeds(*steps: str, spoken: Dialect = ANNOUNCING) -> tuple[Deed, ...]:
    text = "format: 1\nscenario: A test\npeople: {alice: , bob: , crowd: 2}\nstory:\n"
    text += "".join(f"  - {step}\n" for step in steps)
    plan = make_plan(read_scenario(loads(text, "test.yaml")), spoken, name="test", seed=1)
    return list(plan.steps())[-1].deeds


def mistake(*steps: str) -> str:
    with pytest.raises(InputError) as caught:
        last_deeds(*steps)
    assert not isinstance(caught.value, NotApplicableError)
    (problem,) = caught.value.problems
    return problem.message


def reason(spoken: Dialect, *steps: str) -> str:
    with pytest.raises(NotApplicableError) as caught:
        last_deeds(*steps, spoken=spoken)
    return caught.value.problems[0].message


def test_each_of_those_who_came_and_on_which_connection() -> None:
    (deed,) = last_deeds(FIRST, SECOND, "{who: alice, sees-join: crowd}")
    assert (deed.hears_from, deed.sees) == (("crowd-001", "crowd-002"), (2, 3))


def test_nobody_is_told_of_oneself() -> None:
    first, second = last_deeds(
        "{who: [alice, bob], join: true}",
        "{who: crowd, join: true}",
        "{who: crowd, leave: true}",
        "{who: [alice, bob], sees-leave: crowd}",
    )
    assert first.hears_from == second.hears_from == ("crowd-001", "crowd-002")
    assert mistake(FIRST, "{who: alice, sees-join: alice}") == "alice is told of nobody else"


def test_the_latest_time_counts() -> None:
    again = ("{who: bob, drop: close}", "{who: bob, join: true}")
    steps = (FIRST, "{who: bob, join: true}", *again)
    assert last_deeds(*steps, "{who: alice, sees-join: bob}")[0].sees == (2,)
    assert last_deeds(*steps, "{who: alice, sees-leave: bob}")[0].sees == (1,)


def test_it_may_happen_beside_it() -> None:
    beside = "{together: [{who: alice, sees-join: bob}, {who: bob, join: true}]}"
    text = (FIRST, beside)
    scenario = "format: 1\nscenario: A test\npeople: {alice: , bob: }\nstory:\n"
    scenario += "".join(f"  - {step}\n" for step in text)
    plan = make_plan(read_scenario(loads(scenario, "t")), ANNOUNCING, name="t", seed=1)
    seeing = [one for one in plan.steps() if one.verb == "sees-join"]
    assert [deed.sees for one in seeing for deed in one.deeds] == [(1,)]


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ((FIRST, "{who: alice, sees-join: bob}"), "bob never comes here"),
        ((FIRST, SECOND, "{who: alice, sees-leave: bob}"), "bob never goes here"),
        (
            (FIRST, SECOND, "{who: bob, sees-join: alice}"),
            "bob was not in the room when alice comes",
        ),
        (
            (FIRST, SECOND, "{who: alice, leave: true}", FIRST, "{who: bob, sees-join: crowd-001}"),
            "bob was not in the room when crowd-001 comes",
        ),
        (
            (
                *("{who: bob, connect: true}", FIRST, "{who: bob, leave: true}"),
                "{who: alice, sees-leave: bob}",
            ),
            "bob never goes here",
        ),
    ],
)
def test_what_never_happens_is_a_mistake(steps: tuple[str, ...], says: str) -> None:
    assert mistake(*steps).startswith(says)


JOIN, LEAVE, LOST = ({kind: {"text": f"{{nick}} {kind}"}} for kind in ("join", "leave", "lost"))
COMES = (FIRST, "{who: bob, join: true}", "{who: alice, sees-join: bob}")


def goes(how: str) -> tuple[str, ...]:
    return (*COMES[:2], f"{{who: bob, {how}}}", "{who: alice, sees-leave: bob}")


@pytest.mark.parametrize(
    ("told", "steps", "says"),
    [
        ({}, COMES, "nobody is told who comes and goes"),
        (LEAVE, COMES, "nobody is told who comes"),
        (JOIN, goes("leave: true"), "nobody is told who goes"),
        (LOST, goes("drop: close"), "nobody is told who goes"),
        ({**LEAVE, "silent-loss": True}, goes("drop: reset"), "nobody is told who is lost"),
        (
            {"join": {"text": "hi {nick}", "to": "newcomer"}},
            COMES,
            "only whom it is about is told who comes",
        ),
    ],
)
def test_what_a_dialect_tells_nobody(
    told: dict[str, object], steps: tuple[str, ...], says: str
) -> None:
    assert reason(dialect(**told), *steps) == f"in test {says}"


@pytest.mark.parametrize(
    ("told", "steps"),
    [
        (JOIN, COMES),
        (LEAVE, goes("leave: true")),
        (LEAVE, goes("drop: reset")),
        (LOST, goes("drop: reset")),
        ({**LEAVE, "silent-loss": True}, goes("drop: half-close")),
    ],
)
def test_what_a_dialect_tells(told: dict[str, object], steps: tuple[str, ...]) -> None:
    assert last_deeds(*steps, spoken=dialect(**told))
