"""`harness.section`: mistakes in plain words, all at once."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StrictBool,
    StrictInt,
    TypeAdapter,
    ValidationError,
)

from harness.errors import BadValue
from harness.section import Mistake, Section, empty_mistakes, mistakes_of, together


def refused(value: str) -> str:
    if "!" in value:
        raise BadValue("is loud", "whisper")
    return value


class Thing(Section):
    name: Annotated[str, AfterValidator(refused)]
    size: StrictInt = Field(default=1, ge=1, lt=20, le=10, alias="how-big")
    flag: StrictBool = False
    things: Annotated[tuple["Thing", ...], Field(min_length=1)] | None = None
    table: dict[Annotated[str, AfterValidator(refused)], Annotated[str, Field(max_length=3)]] = (
        Field(default={}, min_length=1)
    )
    long: str = Field(default="x", min_length=1)
    below: StrictInt = Field(default=1, lt=20)

    _place: int = PrivateAttr(default=0)

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterator[Mistake]:
        if "flag" in raw and "long" in raw:
            yield Mistake(("flag",), "'flag' beside 'long'", at_key=True)

    def place(self, place: int) -> None:
        self._place = place


class Shown(Section):
    EXAMPLE = "write {a: 1}"

    a: StrictInt | None = None
    b: tuple[StrictInt, ...] = Field(default=(), max_length=2)

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterator[Mistake]:
        return empty_mistakes(raw, cls.keys())


class Around(Section):
    shown: Shown


def mistakes(raw: object) -> list[Mistake]:
    with pytest.raises(ValidationError) as caught:
        Thing.model_validate(raw)
    return list(mistakes_of(caught.value))


@pytest.mark.parametrize(
    ("key", "value", "message", "hint"),
    [
        ("name", None, "'name' must be a text, not nothing", ""),
        ("name", 5, "'name' must be a text, not the number 5", "put it in quotes"),
        ("name", True, "'name' must be a text, not true", "put it in quotes"),
        ("name", [], "'name' must be a text, not a list", ""),
        ("name", "a!", "is loud", "whisper"),
        ("how-big", "5", "'how-big' must be a whole number, not the text '5'", ""),
        ("how-big", 0, "'how-big' must be at least 1, not the number 0", ""),
        ("how-big", 11, "'how-big' must be at most 10, not the number 11", ""),
        ("below", 20, "'below' must be less than 20, not the number 20", ""),
        (
            "flag",
            "yes",
            "'flag' must be true or false, not the text 'yes'",
            "in YAML 1.2 this is a text",
        ),
        ("flag", "x", "'flag' must be true or false, not the text 'x'", ""),
        ("things", {}, "'things' must be a list, not a mapping", ""),
        ("things", [], "'things' must not be empty", ""),
        ("table", [], "'table' must be a mapping, not a list", ""),
        ("table", {}, "'table' must not be empty", ""),
        ("long", "", "'long' must not be empty", ""),
    ],
)
def test_a_wrong_value_in_plain_words(key: str, value: object, message: str, hint: str) -> None:
    assert mistakes({"name": "x", key: value}) == [Mistake((key,), message, hint)]


def test_a_wrong_item_and_a_wrong_key() -> None:
    assert mistakes({"name": "x", "things": [5]}) == [
        Mistake(("things", 0), "this must be a mapping, not the number 5")
    ]
    assert mistakes({"name": "x", "things": [], "table": {"a!": "x"}}) == [
        Mistake(("things",), "'things' must not be empty"),
        Mistake(("table", "a!"), "is loud", "whisper", at_key=True),
    ]
    assert mistakes(5) == [Mistake((), "this must be a mapping, not the number 5")]


def test_what_has_no_words_of_ours_keeps_those_of_pydantic() -> None:
    assert mistakes({"name": "x", "table": {"a": "long"}}) == [
        Mistake(("table", "a"), "'a': string should have at most 3 characters")
    ]


def test_keys_missing_and_unknown() -> None:
    assert mistakes({"nam": 1}) == [
        Mistake((), "'name' is missing"),
        Mistake(("nam",), "unknown key 'nam'", "did you mean 'name'?", at_key=True),
    ]
    (mistake,) = mistakes({"name": "x", "zzz": 1})
    assert mistake.hint == "the keys here are: name, how-big, flag, things, table, long, below"


def test_an_unknown_key_of_another_model_has_no_hint() -> None:
    class Plain(BaseModel):
        model_config = ConfigDict(extra="forbid")

    with pytest.raises(ValidationError) as caught:
        Plain.model_validate({"a": 1})
    assert list(mistakes_of(caught.value)) == [Mistake(("a",), "unknown key 'a'", at_key=True)]


def test_all_mistakes_at_once_each_once() -> None:
    inner = {"name": "a!", "how-big": 0, "flag": 1, "long": "x", "thing": 1}
    assert mistakes({"name": 5, "things": [inner, {"name": "x"}]}) == [
        Mistake(("name",), "'name' must be a text, not the number 5", "put it in quotes"),
        Mistake(("things", 0, "flag"), "'flag' beside 'long'", at_key=True),
        Mistake(("things", 0, "name"), "is loud", "whisper"),
        Mistake(("things", 0, "how-big"), "'how-big' must be at least 1, not the number 0"),
        Mistake(
            ("things", 0, "thing"), "unknown key 'thing'", "did you mean 'things'?", at_key=True
        ),
    ]


def test_a_section_made_of_a_section_is_itself() -> None:
    thing = Thing(name="x")
    assert Thing.model_validate(thing) is thing


def test_equal_by_content_wherever_it_stands() -> None:
    one, two = Thing(name="x"), Thing(name="x")
    two.place(5)
    assert one == two
    assert one != Thing(name="y")
    assert one != "x"


def test_a_section_has_no_rules_of_its_own() -> None:
    assert list(Section.key_mistakes({"a": 1})) == []


def test_mistakes_put_together_come_out_again() -> None:
    found = [Mistake(("a", 0), "x {hint}", "y", at_key=True), Mistake((), "z")]
    assert list(mistakes_of(together("t", [*found, *found]))) == found


def test_what_was_validated_can_have_a_name() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(StrictInt).validate_python("x")
    (mistake,) = mistakes_of(caught.value, subject="it")
    assert mistake == Mistake((), "it must be a whole number, not the text 'x'")


@pytest.mark.parametrize(
    ("raw", "mistake"),
    [
        (5, Mistake(("shown",), "this must be a mapping, not the number 5", "write {a: 1}")),
        (None, Mistake(("shown",), "this must be a mapping, not nothing", "write {a: 1}")),
        ({"a": None}, Mistake(("shown", "a"), "'a' has no value")),
        ({"a": "x"}, Mistake(("shown", "a"), "'a' must be a whole number, not the text 'x'")),
        ({"b": [1, 2, 3]}, Mistake(("shown", "b"), "'b' must have at most 2 items")),
    ],
)
def test_what_stands_in_the_place_of_a_mapping_gets_an_example(
    raw: object, mistake: Mistake
) -> None:
    with pytest.raises(ValidationError) as caught:
        Around.model_validate({"shown": raw})
    assert list(mistakes_of(caught.value)) == [mistake]


def test_an_example_is_no_key() -> None:
    assert Shown.keys() == ("a", "b")
