"""`harness.overrides`: values replaced from outside."""

import pytest

from harness.errors import InputError
from harness.nodes import loads
from harness.overrides import option, overridden

TEXT = "people:\n  alice:\n  crowd: 20\nstory:\n  - &s {say: hi}\n  - *s\n"


def mistakes(**overrides: str) -> str:
    paths = {path.replace("_", "."): text for path, text in overrides.items()}
    with pytest.raises(InputError) as caught:
        overridden(loads(TEXT, "f"), paths, {"seed": (), "story": (), "on": ("segments", "delay")})
    return str(caught.value)


def test_values_are_replaced_and_the_source_stays_as_it_was() -> None:
    source = loads(TEXT, "f")
    new = overridden(source, {"people.crowd": "1000", "story.0.say": "no", "story.1": "[x]"})
    assert new.data == {"people": {"alice": None, "crowd": 1000}, "story": [{"say": "no"}, ["x"]]}
    assert source.data == loads(TEXT, "f").data


def test_what_refers_to_the_same_value_keeps_it() -> None:
    new = overridden(loads(TEXT, "f"), {"story.1.say": "bye"})
    assert new.data == {
        "people": {"alice": None, "crowd": 20},
        "story": [{"say": "hi"}, {"say": "bye"}],
    }


def test_mistakes_in_a_new_value_name_the_option() -> None:
    new = overridden(loads(TEXT, "f"), {"people.crowd": "{nick: 5}"})
    assert str(new.problem(("people", "crowd", "nick"), "x")) == ("--set people.crowd={nick: 5}: x")
    assert str(new.problem(("people", "alice"), "x")) == "f:2:9: x"


def test_a_known_key_can_be_added_at_the_root_only() -> None:
    new = overridden(loads(TEXT, "f"), {"seed": "7"}, {"seed": ()})
    assert new.data == {**vars_of(), "seed": 7}
    assert mistakes(people_seed="7") == (
        "--set people.seed=7: there is no 'seed' in people (there are alice, crowd)"
    )


@pytest.mark.parametrize("there", ["", "on:\n", "on: {}\n", "on: {delay: 1s}\n"])
def test_a_known_key_can_be_added_inside_of_one_at_the_root(there: str) -> None:
    source = loads(there + TEXT, "f")
    new = overridden(source, {"on.segments": "1 byte"}, {"on": ("segments",)})
    on = {"segments": "1 byte"} if "1s" not in there else {"segments": "1 byte", "delay": "1s"}
    assert new.data == {**vars_of(), "on": on}
    assert source.data == loads(there + TEXT, "f").data
    assert str(new.problem(("on", "segments"), "x")) == "--on segments=1 byte: x"


def test_nothing_can_be_added_where_no_keys_are() -> None:
    with pytest.raises(InputError) as caught:
        overridden(loads("on: 5\n", "f"), {"on.delay": "1s"}, {"on": ("delay",)})
    assert str(caught.value) == "--on delay=1s: there is no 'delay' in on (nothing is inside of it)"


def test_what_a_change_is_written_with() -> None:
    assert option("people.crowd", "5") == ("--set", "people.crowd=5")
    assert option("on.segments", "1 byte") == ("--on", "segments=1 byte")
    assert option("on", "{}") == ("--set", "on={}")
    assert option("once.more", "x") == ("--set", "once.more=x")


def vars_of() -> dict[str, object]:
    data = loads(TEXT, "f").data
    assert isinstance(data, dict)
    return data


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("peple_crowd", "there is no 'peple' in the file (did you mean 'people'?)"),
        ("sed", "there is no 'sed' in the file (did you mean 'seed'?)"),
        ("people_crowed", "there is no 'crowed' in people (did you mean 'crowd'?)"),
        ("people_crowd_x", "there is no 'x' in people.crowd (nothing is inside of it)"),
        ("seed_x", "there is no 'x' in seed (nothing is inside of it)"),
        ("story_7", "there is no '7' in story (its items are 0 to 1)"),
        ("story_-1", "there is no '-1' in story (its items are 0 to 1)"),
        ("story_0_times", "there is no 'times' in story.0 (there are say)"),
        ("", "there is no '' in the file (there are people, story)"),
    ],
)
def test_a_path_must_exist(path: str, message: str) -> None:
    assert mistakes(**{path: "5"}) == f"--set {path.replace('_', '.')}=5: {message}"


def test_all_mistakes_at_once() -> None:
    assert mistakes(people_crowd="[", x="1") == (
        "--set people.crowd=[: this is not YAML: did not find expected node content\n"
        "--set x=1: there is no 'x' in the file (there are people, story)"
    )
