"""`harness.dump`: what is written reads back as the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.cast import PersonSpec
from harness.dump import plain_person, plain_step, to_yaml
from harness.nodes import loads
from harness.on import On
from harness.step import Step

CUT = On.model_validate({"segments": "1 byte"})

# However slow the machine, and nothing left behind.
PATIENT = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "null",
        "~",
        "",
        "1e3",
        "0o17",
        "12:30",
        "true",
        "on",
        "a: b",
        "# a",
        "- a",
        " a ",
        "<<",
    ],
)
def test_texts_stay_texts(text: str) -> None:
    assert loads(to_yaml([text, {text: text}]), "f").data == [text, {text: text}]


def test_words_need_no_quotes() -> None:
    assert to_yaml({"who": "alice", "say": "I am back"}) == "{who: alice, say: I am back}\n"
    assert to_yaml({"on": "2s", "in": {"x": [1]}}) == '{"on": "2s", in: {x: [1]}}\n'


def test_a_step_is_a_line_if_no_others_are_inside() -> None:
    block: dict[str, object] = {"together": [{"wait": "1s"}, {"who": ["a", "b"], "join": True}]}
    assert to_yaml([{"wait": "1s"}, block]) == (
        '- {wait: "1s"}\n- together:\n  - {wait: "1s"}\n  - {who: [a, b], join: true}\n'
    )


def test_segments_stand_on_the_line_of_their_step() -> None:
    step = {"who": "a", "send": [{"hex": "d0"}, "x"]}
    assert to_yaml([step]) == '- {who: a, send: [{hex: "d0"}, x]}\n'


# All that a source can hold: no half characters, and of the C1 control characters only NEL.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"]).filter(
        lambda char: not "\x80" <= char <= "\x9f" or char == "\x85"
    )
)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**50), 10**50) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)


@PATIENT
@given(DATA)
def test_any_data_reads_back(data: object) -> None:
    assert loads(to_yaml(data), "f").data == data


@pytest.mark.parametrize(
    ("spec", "plain"),
    [
        (PersonSpec(), None),
        (PersonSpec(count=5), 5),
        (PersonSpec(nick="x"), {"nick": "x"}),
        (PersonSpec(nick="faker", count=5), {"nick": "faker", "count": 5}),
        (PersonSpec(on=CUT), {"on": {"segments": "1 byte"}}),
        (PersonSpec(count=5, on=CUT), {"count": 5, "on": {"segments": "1 byte"}}),
    ],
)
def test_people(spec: PersonSpec, plain: object) -> None:
    assert plain_person(spec) == plain


@pytest.mark.parametrize(
    "raw",
    [
        {"who": "a", "connect": True},
        {"who": ["a", "2 of c", "everyone but a, b"], "join": True, "over": "1.5s", "within": "2s"},
        {"who": "a", "say": "", "times": 1, "every": "10ms..20ms"},
        {"who": "a", "say": "{{}} {word} {x*3}", "times": 5, "after": "0ms", "bare": True},
        {"who": "a", "hears": {"from": "b"}},
        {"who": "a", "hears": {"text": "{b"}},
        {"who": "a", "leave": True},
        {"who": "a", "drop": "half-close"},
        {"who": "a newcomer", "join": True},
        {"who": "a", "send": "no{end}", "times": 2, "every": "10ms"},
        {"who": "a", "send": {"hex": "80 ff"}, "over": "1s"},
        {"who": "a", "send": [{"hex": "d0"}, {"hex": "b0"}, "{word}{{{end}"]},
        {"who": "a", "hears-nothing": True, "after": "1s"},
        {"who": "a", "refused": True, "within": "1s"},
        {"who": "a", "freeze": True},
        {"who": "a", "thaw": True, "within": "3s"},
        {"server": "restart", "within": "3s"},
        {"wait": "90s"},
        {"together": [{"wait": "0ms"}, {"repeat": [{"who": "a", "join": True}], "times": 1}]},
    ],
)
def test_steps(raw: dict[str, object]) -> None:
    step = Step.model_validate(raw)
    assert plain_step(step) == raw
    assert Step.model_validate(loads(to_yaml(plain_step(step)), "f").data) == step
