"""`harness.guide`: each word has an example, and each example is a scenario that can be planned."""

from collections.abc import Mapping

import pytest

from harness import guide
from harness.cast import PersonSpec
from harness.casting import walk
from harness.dialect_files import load_dialect
from harness.limits import Limits
from harness.nodes import loads
from harness.on import Cutting, On, parse_segments
from harness.planning import make_plan
from harness.scenario import Scenario, read_scenario
from harness.step import Step
from harness.texts import END, FIELDS
from harness.verbs import ALL_MODIFIERS, SEES, DropKind, Verb

STEPS: Mapping[str, str] = {
    **{verb.value: told.example for verb, told in guide.VERBS.items()},
    **guide.MODIFIERS,
    **{form: example for form, (_, example) in guide.WHO.items()},
    **{form: example for form, (_, example) in guide.TEXTS.items()},
}
KEYS: Mapping[str, str] = {
    **guide.ROOT,
    **{f"people {word}": example for word, example in guide.PEOPLE.items()},
    **{f"on {word}": example for word, example in guide.ON.items()},
    **{f"segments {form}": example for form, (_, example) in guide.SEGMENTS.items()},
    **{f"limits {word}": example for word, example in guide.LIMITS.items()},
}
EXAMPLES = {
    **{word: guide.with_steps(example) for word, example in STEPS.items()},
    **{word: guide.with_key(example) for word, example in KEYS.items()},
}


def steps_of(example: str) -> list[Step]:
    scenario = read_scenario(loads(guide.with_steps(example), "example"))
    return [step for _, step in walk(scenario.story[1:])]


def test_every_word_has_an_example() -> None:
    assert set(guide.VERBS) == set(Verb)
    assert set(guide.MODIFIERS) == set(ALL_MODIFIERS)
    assert set(guide.ROOT) == set(Scenario.keys())
    assert set(guide.PEOPLE) == set(PersonSpec.keys())
    assert set(guide.ON) == set(On.keys())
    assert set(guide.LIMITS) == set(Limits.keys())
    assert {f"{{{field}}}" for field in (*FIELDS, END)} < set(guide.TEXTS)
    assert {parse_segments(form).cutting for form in guide.SEGMENTS} == set(Cutting)


@pytest.mark.parametrize("dialect", ["raw", "lines"])
@pytest.mark.parametrize("word", EXAMPLES)
def test_every_example_can_be_planned(word: str, dialect: str) -> None:
    scenario = read_scenario(loads(EXAMPLES[word], word))
    dialect = "announcing" if word in SEES else dialect
    assert make_plan(scenario, load_dialect(dialect), name="example", seed=1).scenes


@pytest.mark.parametrize("verb", Verb)
def test_the_example_of_a_verb_has_it(verb: Verb) -> None:
    assert verb in {step.verb for step in steps_of(guide.VERBS[verb].example)}
    assert guide.VERBS[verb].complete.endswith(".")


@pytest.mark.parametrize("word", ALL_MODIFIERS)
def test_the_example_of_a_modifier_has_it(word: str) -> None:
    field = word.replace("-", "_")
    assert any(field in step.model_fields_set for step in steps_of(guide.MODIFIERS[word]))


@pytest.mark.parametrize("word", KEYS)
def test_the_example_of_a_key_has_it(word: str) -> None:
    section, _, inner = word.partition(" ")
    text = KEYS[word]
    assert (inner or section) in text
    data = loads(text, word).data
    assert isinstance(data, dict)
    assert list(data) == [section if section != "segments" else "on"]


def test_every_way_to_drop_is_shown() -> None:
    shown = {step.drop for step in steps_of(guide.VERBS[Verb.DROP].example)}
    assert set(DropKind) <= shown


def test_what_replaces_nothing_is_added() -> None:
    assert guide.with_key("seed: 7").endswith("seed: 7\n")
    assert guide.with_key("format: 1").count("format") == 1
