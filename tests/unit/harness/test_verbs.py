"""`harness.verbs`: the tables of verbs and modifiers hold together."""

from harness.step import Step
from harness.verbs import ALL_MODIFIERS, MODIFIERS, NOBODYS, Verb


def test_each_verb_has_its_row_and_each_modifier_a_verb() -> None:
    assert set(MODIFIERS) == set(Verb)
    assert {each for row in MODIFIERS.values() for each in row} == set(ALL_MODIFIERS)
    assert all(len(set(row)) == len(row) for row in MODIFIERS.values())


def test_modifiers_stand_in_one_order() -> None:
    for row in MODIFIERS.values():
        assert list(row) == [each for each in ALL_MODIFIERS if each in row]


def test_every_key_of_a_step_is_who_a_verb_or_a_modifier() -> None:
    assert set(Step.keys()) == {"who", *Verb, *ALL_MODIFIERS}
    assert all(verb.field in Step.model_fields for verb in Verb)


def test_whatever_a_verb_takes_can_be_put_off() -> None:
    assert all("after" in row for row in MODIFIERS.values())


def test_blocks_and_what_is_done_to_the_server_is_nobodys() -> None:
    assert set(NOBODYS) == {Verb.SERVER, Verb.WAIT, Verb.TOGETHER, Verb.REPEAT}
