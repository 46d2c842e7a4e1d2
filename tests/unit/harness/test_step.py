"""`harness.step`: one verb each, and what goes with it."""

import pytest
from pydantic import ValidationError

from harness.durations import Span
from harness.nodes import Mark
from harness.section import Mistake, mistakes_of
from harness.step import MODIFIERS, DropKind, Hears, Step, Verb
from harness.texts import Field, Literal
from harness.who import Person, Some


def mistakes(raw: object) -> list[Mistake]:
    with pytest.raises(ValidationError) as caught:
        Step.model_validate(raw)
    return list(mistakes_of(caught.value))


def words(raw: object) -> list[str]:
    return [
        f"{'.'.join(map(str, each.loc))}{'!' if each.at_key else ''}: {each.message}"
        + (f" ({each.hint})" if each.hint else "")
        for each in mistakes(raw)
    ]


RIGHT = {
    Verb.CONNECT: True,
    Verb.JOIN: True,
    Verb.SAY: "hello",
    Verb.HEARS: {"from": "bob"},
    Verb.LEAVE: True,
    Verb.DROP: "reset",
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
    whose = {} if verb in ("wait", "together", "repeat") else {"who": "bob"}
    times = {"times": 2} if verb == "repeat" or (verb == "say" and "every" in modifiers) else {}
    return {**whose, verb.value: RIGHT[verb], **times, **modifiers}


@pytest.mark.parametrize("verb", Verb)
def test_each_verb(verb: Verb) -> None:
    step = Step.model_validate(step_of(verb))
    assert step.verb is verb
    assert step.who == (() if verb in ("wait", "together", "repeat") else (Person("bob"),))
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
            "over": "2s",
            "after": "100ms",
            "bare": True,
        }
    )
    assert step.who == (Person("alice"), Some(10, "crowd"))
    assert step.say == (Field("word"), Literal("!"))
    assert (step.times, step.every, step.bare) == (3, Span(0.5, 1.0), True)
    assert (step.over, step.after, step.within) == (2.0, 0.1, None)
    assert Step(who=(Person("bob"),), say=(Literal("x"),)).say == (Literal("x"),)


def test_values() -> None:
    assert Step.model_validate({"who": "a", "drop": "half-close"}).drop is DropKind.HALF_CLOSE
    hears = Step.model_validate({"who": "a", "hears": {"text": "{hi}"}}).hears
    assert hears == Hears(text="{hi}")
    for name in ("everyone", "crowd-001"):
        assert Hears.model_validate({"from": name}).from_ == name


def test_a_step_knows_its_place_and_is_equal_elsewhere() -> None:
    here, there = (Step.model_validate({"who": "a", "say": "x"}) for _ in range(2))
    assert (here.mark, there.mark) == (None, None)
    here.place(Mark(3, 5))
    assert (here.mark, there.mark) == (Mark(3, 5), None)
    assert here == there
    assert hash(here) == hash(there)


VERBS = "connect, join, say, hears, leave, drop, wait, together, repeat"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ({}, [f": a step without a verb (one of {VERBS})"]),
        ({"who": "a", "times": 2}, [f": a step without a verb (one of {VERBS})"]),
        ({"who": "a", "jion": True}, ["jion!: unknown key 'jion' (did you mean 'join'?)"]),
        (
            {"say": "x", "who": "a", "join": True, "wait": "1s"},
            [
                "join!: 'join' is a second verb beside 'say' (make two steps of them)",
                "wait!: 'wait' is a second verb beside 'say' (make two steps of them)",
            ],
        ),
        ({"say": "x"}, [": 'say' needs a 'who' (as in {who: bob, say: ...})"]),
        ({"who": "a", "wait": "1s"}, ["who!: 'wait' takes no 'who' (take it out)"]),
        ({"who": "a", "say": None}, ["say: 'say' has no value"]),
        ({"who": None, "join": True}, ["who: 'who' has no value"]),
        ({"who": "a", "say": "x", "bare": None}, ["bare: 'bare' has no value"]),
        (
            {"who": "a", "join": True, "bare": True},
            [
                (
                    "bare!: 'join' does not take 'bare' "
                    "(it takes over, after, within; bare goes with say)"
                )
            ],
        ),
        ({"repeat": [{"wait": "1s"}]}, [": 'repeat' needs 'times' (as in times: 5)"]),
        (
            {"who": "a", "say": "x", "every": "1s"},
            ["every!: 'every' needs 'times' (as in times: 5)"],
        ),
        ({"together": []}, ["together: 'together' must not be empty"]),
        ({"repeat": [], "times": 2}, ["repeat: 'repeat' must not be empty"]),
        ({"together": {}}, ["together: 'together' must be a list, not a mapping"]),
        ({"together": ["x"]}, ["together.0: this must be a mapping, not the text 'x'"]),
        (
            {"together": [{"wait": "1s"}, {"together": [{"wait": "1s"}]}]},
            [
                (
                    "together.1.together!: 'together' inside of 'together' "
                    "(all its steps run side by side as it is)"
                )
            ],
        ),
        (
            {"together": [{"repeat": [{"together": [{"wait": "1s"}]}], "times": 2}]},
            [
                (
                    "together.0.repeat.0.together!: 'together' inside of 'together' "
                    "(all its steps run side by side as it is)"
                )
            ],
        ),
        ({"who": "a", "join": "yes"}, ["join: must be true, not the text 'yes'"]),
        ({"who": "a", "join": 1}, ["join: must be true, not the number 1"]),
        ({"who": "a", "leave": False}, ["leave: must be true, not false"]),
        (
            {"who": "a", "say": 5},
            ["say: a text is needed, not the number 5 (put it in quotes)"],
        ),
        ({"who": "a", "say": ["x"]}, ["say: a text is needed, not a list"]),
        (
            {"who": "a", "say": "{wrod}"},
            ["say: unknown field '{wrod}' (did you mean 'word'?)"],
        ),
        (
            {"who": "a", "drop": "halfclose"},
            [
                (
                    "drop: must be one of close, reset, half-close, not the text 'halfclose' "
                    "(did you mean 'half-close'?)"
                )
            ],
        ),
        (
            {"who": "a", "drop": "zzz"},
            ["drop: must be one of close, reset, half-close, not the text 'zzz'"],
        ),
        (
            {"who": "a", "drop": True},
            ["drop: must be one of close, reset, half-close, not true"],
        ),
        ({"who": [], "join": True}, ["who: 'who' must not be empty"]),
        (
            {"who": ["a", "b!"], "join": True},
            [
                (
                    "who.1: 'b!' is no name "
                    "(as in bob, crowd, 10 of crowd, everyone but bob, [alice, bob])"
                )
            ],
        ),
        ({"who": "0 of c", "join": True}, ["who.0: 0 of a crowd is nobody"]),
        ({"wait": 5}, ["wait: the number 5 has no unit (write 5s or 5ms)"]),
        (
            {"who": "a", "join": True, "within": "0s"},
            ["within: must be longer than no time at all"],
        ),
        (
            {"who": "a", "say": "x", "times": 0},
            ["times: 'times' must be at least 1, not the number 0"],
        ),
        (
            {"who": "a", "say": "x", "times": 1_000_001},
            ["times: 'times' must be at most 1000000, not the number 1000001"],
        ),
        (
            {"who": "a", "say": "x", "times": True},
            ["times: 'times' must be a whole number, not true"],
        ),
        (
            {"who": "a", "say": "x", "bare": "no"},
            ["bare: 'bare' must be true or false, not the text 'no' (in YAML 1.2 this is a text)"],
        ),
        (
            {"who": "a", "hears": {}},
            ["hears: nothing to hear (write {from: bob} or {text: hello})"],
        ),
        ({"who": "a", "hears": "x"}, ["hears: this must be a mapping, not the text 'x'"]),
        (
            {"who": "a", "hears": {"text": "x", "from": "b"}},
            ["hears.from!: 'from' stands beside 'text' (make two steps of them)"],
        ),
        ({"who": "a", "hears": {"from": None}}, ["hears.from: 'from' has no value"]),
        (
            {"who": "a", "hears": {"txt": "x"}},
            ["hears.txt!: unknown key 'txt' (did you mean 'text'?)"],
        ),
        (
            {"who": "a", "hears": {"from_": "b"}},
            ["hears.from_!: unknown key 'from_' (did you mean 'from'?)"],
        ),
        (
            {"who": "a", "hears": {"text": ""}},
            ["hears.text: an empty text is always heard (write what must be heard)"],
        ),
        (
            {"who": "a", "hears": {"text": "\ud800"}},
            ["hears.text: the half character U+D800 cannot be sent as UTF-8"],
        ),
        (
            {"who": "a", "hears": {"from": "b c"}},
            ["hears.from: 'b c' is no name (a person, a crowd, or everyone)"],
        ),
        ({"who": "a", "say": "x", "mark": 1}, ["mark!: unknown key 'mark' (KEYS)"]),
    ],
)
def test_mistakes(raw: object, found: list[str]) -> None:
    keys = f"the keys here are: {', '.join(Step.keys())}"
    assert words(raw) == [each.replace("KEYS", keys) for each in found]


def test_all_mistakes_of_a_step_at_once() -> None:
    assert words({"together": [{"say": "{x", "times": 0, "every": 1, "within": "1s"}, 5]}) == [
        "together.0: 'say' needs a 'who' (as in {who: bob, say: ...})",
        (
            "together.0.within!: 'say' does not take 'within' "
            "(it takes times, every, over, after, bare; "
            "within goes with connect, join, hears, leave)"
        ),
        "together.0.say: a brace without its partner: '{x' (write {{ or }} for a brace)",
        "together.0.times: 'times' must be at least 1, not the number 0",
        "together.0.every: the number 1 has no unit (write 1s or 1ms)",
        "together.1: this must be a mapping, not the number 5",
    ]


def test_every_key_is_described_in_the_json_schema() -> None:
    schema = Step.model_json_schema()
    for model in (schema["$defs"]["Step"], schema["$defs"]["Hears"]):
        assert all("description" in key for key in model["properties"].values())
    assert set(Hears.model_json_schema()["properties"]) == {"from", "text"}
