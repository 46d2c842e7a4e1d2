"""`harness.step`: one verb each, and what goes with it."""

import pytest
from pydantic import ValidationError

from harness.durations import Span
from harness.nodes import Mark
from harness.payload import Hex
from harness.section import Mistake, mistakes_of
from harness.step import MODIFIERS, NOBODYS, DropKind, Hears, ServerAct, Step, Verb
from harness.texts import Field, Literal
from harness.who import Newcomer, Person, Some


def mistakes(raw: object) -> list[Mistake]:
    with pytest.raises(ValidationError) as caught:
        Step.model_validate(raw)
    return list(mistakes_of(caught.value))


RIGHT = {
    Verb.CONNECT: True,
    Verb.JOIN: True,
    Verb.SAY: "hello",
    Verb.SEND: {"hex": "ff"},
    Verb.HEARS: {"from": "bob"},
    Verb.HEARS_NOTHING: True,
    Verb.SEES_JOIN: "bob",
    Verb.SEES_LEAVE: "everyone",
    Verb.REFUSED: True,
    Verb.LEAVE: True,
    Verb.DROP: "reset",
    Verb.FREEZE: True,
    Verb.THAW: True,
    Verb.SERVER: "restart",
    Verb.WAIT: "1s",
    Verb.TOGETHER: [{"wait": "1s"}],
    Verb.REPEAT: [{"wait": "1s"}],
}
GIVEN = {
    "times": 2,
    "every": "1s",
    "over": "1s",
    "after": "1s",
    "within": "1s",
    "bare": True,
}


def step_of(verb: Verb, **modifiers: object) -> dict[str, object]:
    whose = {} if verb in NOBODYS else {"who": "bob"}
    times = {"times": 2} if verb == "repeat" or "every" in modifiers else {}
    times = times if "times" in MODIFIERS[verb] else {}
    return {**whose, verb.value: RIGHT[verb], **times, **modifiers}


@pytest.mark.parametrize("verb", Verb)
def test_each_verb(verb: Verb) -> None:
    step = Step.model_validate(step_of(verb))
    assert step.verb is verb
    assert step.who == (() if verb in NOBODYS else (Person("bob"),))
    assert [inner.verb for inner in step.block] == (
        [Verb.WAIT] if verb in ("together", "repeat") else []
    )


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("modifier", GIVEN)
def test_each_verb_takes_its_modifiers_and_no_others(verb: Verb, modifier: str) -> None:
    raw = step_of(verb, **{modifier: GIVEN[modifier]})
    if modifier in MODIFIERS[verb]:
        assert Step.model_validate(raw).verb is verb
    else:
        (mistake,) = mistakes(raw)
        assert mistake.message == f"'{verb}' does not take '{modifier}'"
        assert (mistake.loc, mistake.at_key) == ((modifier,), True)


def test_everything_a_step_can_say() -> None:
    step = Step.model_validate(
        {
            "who": ["alice", "10 of crowd"],
            "say": "{word}!",
            "times": 3,
            "every": "500ms..1s",
            "after": "100ms",
            "bare": True,
        }
    )
    assert step.who == (Person("alice"), Some(10, "crowd"))
    assert step.say == (Field("word"), Literal("!"))
    assert (step.times, step.every, step.bare) == (3, Span(0.5, 1.0), True)
    assert (step.over, step.after, step.within) == (None, 0.1, None)
    assert Step.model_validate(step_of(Verb.JOIN, over="2s", within="3s")).within == 3.0
    assert Step(who=(Person("bob"),), say=(Literal("x"),)).say == (Literal("x"),)


def test_values() -> None:
    assert Step.model_validate({"who": "a", "drop": "half-close"}).drop is DropKind.HALF_CLOSE
    assert Step.model_validate({"server": "interrupt"}).server is ServerAct.INTERRUPT
    assert Step.model_validate({"who": "a newcomer", "join": True}).who == (Newcomer(),)
    hears = Step.model_validate({"who": "a", "hears": {"text": "{hi}"}}).hears
    assert hears == Hears(text="{hi}")
    for name in ("everyone", "crowd-001"):
        assert Step.model_validate({"who": "a", "sees-join": name}).seen == name
        assert Step.model_validate({"who": "a", "sees-leave": name}).seen == name
        assert Hears.model_validate({"from": name}).from_ == name


@pytest.mark.parametrize(
    ("value", "payload"),
    [
        ("hi{end}", ((Literal("hi"), Field("end")),)),
        ({"hex": "ff fe"}, (Hex(b"\xff\xfe"),)),
        (["a", {"hex": "d0"}, "{word}"], ((Literal("a"),), Hex(b"\xd0"), (Field("word"),))),
        ("\xff", ((Literal("ÿ"),),)),
    ],
)
def test_what_is_sent(value: object, payload: object) -> None:
    step = Step.model_validate({"who": "a", "send": value})
    assert step.send == payload
    assert Step(who=step.who, send=step.send) == step


def test_a_step_knows_its_place_and_is_equal_elsewhere() -> None:
    here, there = (Step.model_validate({"who": "a", "say": "x"}) for _ in range(2))
    assert (here.mark, there.mark) == (None, None)
    here.place(Mark(3, 5))
    assert (here.mark, there.mark) == (Mark(3, 5), None)
    assert here == there
    assert hash(here) == hash(there)


def test_every_key_is_described_in_the_json_schema() -> None:
    schema = Step.model_json_schema()
    for model in (schema["$defs"]["Step"], schema["$defs"]["Hears"]):
        assert all("description" in key for key in model["properties"].values())
    assert set(Hears.model_json_schema()["properties"]) == {"from", "text"}
