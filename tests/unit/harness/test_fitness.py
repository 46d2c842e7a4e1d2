"""`harness.fitness`: what a dialect cannot carry is told, and is no mistake of a scenario."""

import pytest

from harness.dialect import Dialect
from harness.dialect_files import load_dialect
from harness.errors import InputError, Problem
from harness.feature import Feature
from harness.fitness import NotApplicableError, lacking, of_a_send
from harness.nodes import loads
from harness.planning import make_plan
from harness.scenario import read_scenario

LINE = {"ends": "lf"}
BASE: dict[str, object] = {
    "name": "test",
    "about": "A test.",
    "prompt": "nickname\n",
    "nickname": LINE,
    "said": LINE,
    "heard": LINE,
    "relay": "{nick}: {message}",
}
# A read of the server is a message, and what stands around it is lost on nobody.
CHUNKS = {"said": {"ends": "none", "read": 64}, "relay": "<{nick}> {message}"}
ALL_JOIN = "{who: everyone, join: true}"


def dialect(**changes: object) -> Dialect:
    return Dialect.model_validate({**BASE, **changes})


def why(
    spoken: Dialect, *steps: str, people: str = "{alice: , bob: }", more: str = "", seed: int = 1
) -> list[str]:
    """Tell why it cannot be told; nothing where it can."""
    story = "".join(f"  - {step}\n" for step in steps)
    text = f"format: 1\nscenario: A test\npeople: {people}\nstory:\n{story}{more}"
    try:
        make_plan(read_scenario(loads(text, "test.yaml")), spoken, name="test", seed=seed)
    except NotApplicableError as error:
        return [f"{one.message}|{one.hint}" for one in error.problems]
    return []


@pytest.mark.parametrize("name", ["raw", "lines"])
@pytest.mark.parametrize(
    "steps",
    [
        ("{who: alice, connect: true}",),
        (ALL_JOIN, "{who: alice, say: hi, times: 3}", "{who: bob, hears-nothing: true}"),
        (ALL_JOIN, '{who: alice, say: "{я*9999}"}'),
        (ALL_JOIN, "{server: stop}", "{who: alice, say: hi, times: 3}", "{server: continue}"),
        (ALL_JOIN, '{who: alice, send: [{hex: "ff"}, {hex: "fe"}, "{end}"]}'),
    ],
)
def test_what_the_reference_speaks_carries_all(name: str, steps: tuple[str, ...]) -> None:
    assert why(load_dialect(name), *steps) == []


@pytest.mark.parametrize(
    ("changes", "steps", "says"),
    [
        ({"encoding": "ascii"}, [ALL_JOIN, "{who: alice, say: я}"], "cannot be written in ascii"),
        (
            {"encoding": "ascii"},
            [ALL_JOIN, '{who: alice, send: "я{end}"}'],
            "cannot be written in ascii",
        ),
        (
            {"encoding": "latin-1"},
            [ALL_JOIN, '{who: alice, send: [{hex: "ff"}, "{end}"]}'],
            "what is text in iso8859-1 differ here",
        ),
        (
            {"encoding": "ascii"},
            [ALL_JOIN, '{who: alice, send: [{hex: "d0 b0"}, "{end}"]}'],
            "what is text in ascii differ here",
        ),
        ({"quit": "/quit"}, [ALL_JOIN, "{who: alice, say: /quit, bare: true}"], "word that quits"),
        (CHUNKS, [ALL_JOIN, '{who: alice, say: "{x*60}"}'], "must fit into one read"),
        (CHUNKS, [ALL_JOIN, '{who: alice, send: "{x*65}"}'], "one read of the server has 64"),
        (CHUNKS, [ALL_JOIN, "{who: alice, send: [a, b]}"], "it is sent in pieces"),
        (
            CHUNKS,
            [ALL_JOIN, "{server: stop}", "{who: alice, say: hi}", "{server: continue}"],
            "what is said meanwhile is glued",
        ),
        (
            {"prefix-by": "client"},
            [ALL_JOIN, '{who: alice, send: "hi{end}"}'],
            "clients write their names",
        ),
        (
            {"nickname": {"ends": "none"}},
            ["{who: alice, connect: true}", "{who: alice, send: [a, b]}"],
            "a nickname is cut",
        ),
        (
            {"empty": "let in"},
            ["{who: alice, connect: true}", '{who: alice, send: "  {end}"}'],
            "an empty nickname is let in",
        ),
        (
            {"bad-bytes": "replace", "join": {"text": "{nick} joined"}},
            ["{who: alice, connect: true}", '{who: alice, send: [{hex: "ff"}, "{end}"]}'],
            "a nickname that is no text is let in",
        ),
        ({"history": 5}, [ALL_JOIN, "{who: alice, hears-nothing: true}"], "newcomers are told"),
        ({"most": 4}, [ALL_JOIN], "test lets 4 people in, and here are up to 5"),
    ],
)
def test_what_a_dialect_cannot_carry(
    changes: dict[str, object], steps: list[str], says: str
) -> None:
    (found,) = why(dialect(**changes), *steps)
    assert says in found
    assert why(dialect(), *steps) == []


def test_so_many_people_as_are_let_in() -> None:
    assert why(dialect(most=5), ALL_JOIN) == []
    one_by_one = ["{who: alice, join: true}", "{who: alice, leave: true}", "{who: bob, join: true}"]
    assert why(dialect(most=4), *one_by_one) == []
    # Nobody knows which of them is first.
    beside = "{together: [{who: alice, leave: true}, {who: bob, join: true}]}"
    assert why(dialect(most=4), "{who: alice, join: true}", beside) != []


@pytest.mark.parametrize(
    ("people", "steps", "says"),
    [
        ("{alice: , bob: }", ["{who: alice, connect: true}"], "'connect' without a nickname"),
        ('{alice: {typed: "x\\n"}, bob: }', [ALL_JOIN], "alice types a nickname"),
        ("{alice: , bob: {nick: alice}}", [ALL_JOIN], "two people are called 'alice'"),
    ],
)
def test_where_nobody_has_a_nickname(people: str, steps: list[str], says: str) -> None:
    nobody = load_dialect("anonymous")
    (found,) = why(nobody, *steps, people=people)
    assert says in found
    assert "nobody has a nickname" in found
    assert why(nobody, ALL_JOIN) == []


def test_two_of_one_nickname_where_the_second_takes_the_first_s_place() -> None:
    people = "{alice: , bob: {nick: alice}}"
    replaced = dialect(duplicate="replace")
    assert "takes the place of the first" in why(replaced, ALL_JOIN, people=people)[0]
    assert why(dialect(duplicate="refuse"), ALL_JOIN, people=people) == []


@pytest.mark.parametrize("where", ["on: {segments: 1 byte}\n", "on: {segments: glued}\n"])
def test_messages_that_are_cut_or_glued(where: str) -> None:
    assert "cut or glued" in why(dialect(**CHUNKS), ALL_JOIN, more=where)[0]
    assert why(dialect(**CHUNKS), ALL_JOIN, more="on: {delay: 1ms}\n") == []
    person = "{alice: {on: {segments: random}}, bob: }"
    assert "cut or glued" in why(dialect(**CHUNKS), ALL_JOIN, people=person)[0]


def test_it_is_no_mistake_but_has_a_place_like_one() -> None:
    steps = (ALL_JOIN, "{who: alice, say: я}", "{who: bob, hears: {from: alice}}")
    text = "format: 1\nscenario: A test\npeople: {alice: , bob: }\nstory:\n"
    text += "".join(f"  - {step}\n" for step in steps)
    scenario, ascii_only = read_scenario(loads(text, "test.yaml")), dialect(encoding="ascii")
    with pytest.raises(NotApplicableError) as caught:
        make_plan(scenario, ascii_only, name="x", seed=1)
    assert isinstance(caught.value, InputError)
    assert caught.value.reason == (
        "line 6: this cannot be said in test ('я' cannot be written in ascii)"
    )


def test_a_mistake_is_a_mistake_in_every_dialect() -> None:
    with pytest.raises(InputError) as caught:
        why(dialect(), "{who: alice, say: hi}")
    assert not isinstance(caught.value, NotApplicableError)


def test_a_few_reasons_are_enough() -> None:
    error = NotApplicableError(Problem(f"reason {number}", "f") for number in (1, 2, 3, 4, 5))
    assert error.reason == "reason 1; reason 2; reason 3; and 2 more"
    twice = NotApplicableError([Problem("once", "f", 3, 1), Problem("once", "f", 3, 5, "")])
    assert twice.reason == "line 3: once"


def test_what_is_needed_and_lacking() -> None:
    raw = load_dialect("raw")
    assert lacking([Feature.CHUNKS], raw) == ""
    assert lacking([Feature.ECHO, Feature.CHUNKS], raw) == (
        "it needs echo, and in raw a sender gets no copy of its own words"
    )


def test_where_nobody_has_a_nickname_a_stranger_can_send_nothing() -> None:
    text = "format: 1\nscenario: A test\npeople: {alice: }\nstory:\n  - {who: alice, send: hi}\n"
    (step,) = read_scenario(loads(text, "test.yaml")).story
    nobody = load_dialect("anonymous")
    assert of_a_send(step, b"hi\n", 0, False, nobody) == "nobody has a nickname"
    assert of_a_send(step, b"hi\n", 0, False, dialect()) == ""
    assert of_a_send(step, b"hi\n", 0, True, nobody) == ""
