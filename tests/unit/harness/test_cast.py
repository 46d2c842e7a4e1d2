"""`harness.cast`: names, nicknames and crowds."""

import pytest
from pydantic import TypeAdapter, ValidationError

from harness.cast import (
    MAX_CAST,
    MAX_NICK,
    CastMember,
    PersonEntry,
    PersonName,
    PersonSpec,
    cast_of,
    check_name,
    check_nick,
    check_typed,
    exists,
    group_of,
    members,
    people_mistakes,
    pool,
    size,
    unknown,
)
from harness.errors import BadValue
from harness.on import On
from harness.section import Mistake, mistakes_of
from harness.who import Crowd, Everyone, Newcomer, Person, Some

PEOPLE = {
    "alice": PersonSpec(),
    "crowd": PersonSpec(count=3, nick="faker"),
    "bob": PersonSpec(nick="Боб"),
}
CUT = On.model_validate({"segments": "1 byte"})
ADAPTER = TypeAdapter(dict[PersonName, PersonEntry])


def test_the_cast_in_order() -> None:
    assert list(cast_of(PEOPLE)) == [
        CastMember("alice", None, "alice"),
        CastMember("crowd-001", "faker", "crowd"),
        CastMember("crowd-002", "faker", "crowd"),
        CastMember("crowd-003", "faker", "crowd"),
        CastMember("bob", "Боб", "bob"),
    ]
    assert size(PEOPLE) == 5


@pytest.mark.parametrize(
    ("count", "first", "last"),
    [(1, "c-001", "c-001"), (999, "c-001", "c-999"), (20_000, "c-00001", "c-20000")],
)
def test_the_numbers_of_a_crowd_have_one_width(count: int, first: str, last: str) -> None:
    names = PersonSpec(count=count).members("c")
    assert (len(names), names[0], names[-1]) == (count, first, last)


@pytest.mark.parametrize(
    ("written", "spec"),
    [
        (None, PersonSpec()),
        (20, PersonSpec(count=20)),
        ({"nick": "faker", "count": 2}, PersonSpec(nick="faker", count=2)),
        (PersonSpec(nick="x"), PersonSpec(nick="x")),
        ({"on": {"segments": "1 byte"}}, PersonSpec(on=CUT)),
        ({"count": 2, "on": {"segments": "1byte"}}, PersonSpec(count=2, on=CUT)),
    ],
)
def test_entries(written: object, spec: PersonSpec) -> None:
    assert ADAPTER.validate_python({"x": written}) == {"x": spec}


ENTRY = "a person is nothing, a number or a mapping, not "


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (0, "'count' must be at least 1, not the number 0"),
        (20_001, "'count' must be at most 20000, not the number 20001"),
        ("Боб", ENTRY + "the text 'Боб' (for a nickname write {nick: Боб})"),
        (True, ENTRY + "true"),
        (1.5, ENTRY + "the number 1.5"),
        ({"count": "2"}, "'count' must be a whole number, not the text '2'"),
        ({"count": None}, "'count' has no value"),
        ({"on": None}, "'on' has no value"),
        (
            {"on": "1 byte"},
            "this must be a mapping, not the text '1 byte' (write {segments: 1 byte})",
        ),
        ({"on": {"segments": 2}}, "the number 2 is no way to cut (write 2 bytes)"),
        (
            {"segments": "1 byte"},
            "unknown key 'segments' (the keys here are: nick, typed, count, on)",
        ),
        ({"nick": 5}, "'nick' must be a text, not the number 5 (put it in quotes)"),
    ],
)
def test_wrong_entries(written: object, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python({"x": written})
    (mistake,) = mistakes_of(caught.value)
    assert f"{mistake.message} ({mistake.hint})".removesuffix(" ()") == message


@pytest.mark.parametrize("nick", ["b", "a b", " a ", "a: b", "🦊" * 64, "faker", "a\u2028", "éa"])
def test_nicknames(nick: str) -> None:
    assert check_nick(nick) == nick


@pytest.mark.parametrize(
    ("nick", "message"),
    [
        ("", "a nickname must not be blank"),
        (" \t", "a nickname must not be blank"),
        ("x" * 65, "a nickname of 65 characters (at most 64)"),
        ("a\n", "the nickname has the control character U+000A"),
        ("a\x7f", "the nickname has the control character U+007F"),
        ("a\x85", "the nickname has the control character U+0085"),
        ("a~b", "the nickname has a '~' (the harness marks its messages so)"),
        ("beacon-1", "the nickname begins with 'beacon-' (the harness's own people do)"),
        ("\ud800", "the half character U+D800 cannot be sent as UTF-8"),
    ],
)
def test_no_nicknames(nick: str, message: str) -> None:
    with pytest.raises(BadValue) as caught:
        check_nick(nick)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("everyone", "nobody can be called 'everyone' (it means all people)"),
        (
            "1bob",
            (
                "'1bob' is no name "
                "(letters, digits, - and _, with no digit in front; `nick` can be anything)"
            ),
        ),
        ("beacon-a", "the nickname begins with 'beacon-' (the harness's own people do)"),
        ("x" * 65, "a nickname of 65 characters (at most 64)"),
    ],
)
def test_no_names(name: str, message: str) -> None:
    with pytest.raises(BadValue) as caught:
        check_name(name)
    assert str(caught.value) == message
    assert check_name("crowd-7") == "crowd-7"


def test_members_of_a_crowd_have_names() -> None:
    assert exists(PEOPLE, "crowd-003")
    assert group_of(PEOPLE, "crowd-003") == "crowd"
    for name in ("crowd", "alice", "bob"):
        assert exists(PEOPLE, name)
        assert group_of(PEOPLE, name) is None
    for name in ("crowd-000", "crowd-004", "crowd-3", "crowd-0003", "alice-001", "x-001", "x"):
        assert not exists(PEOPLE, name)
    assert not exists(PEOPLE, "crowd-" + "9" * 10_000)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("crowd-021", "there is no 'crowd-021' (from crowd-001 to crowd-003)"),
        ("alica", "there is no 'alica' in people (did you mean 'alice'?)"),
        ("everybone", "there is no 'everybone' in people (did you mean 'everyone'?)"),
        ("alice-001", "there is no 'alice-001' in people (did you mean 'alice'?)"),
        ("newcomer", "there is no 'newcomer' in people (did you mean 'a newcomer'?)"),
        ("zz-001", "there is no 'zz-001' in people"),
        ("zz", "there is no 'zz' in people"),
    ],
)
def test_unknown(name: str, message: str) -> None:
    assert str(unknown(PEOPLE, name)) == message


def test_mistakes_between_people() -> None:
    long = "x" * 60
    people = {"crowd": PersonSpec(count=20), "crowd-020": PersonSpec(), "crowd-021": PersonSpec()}
    assert list(people_mistakes({**PEOPLE, long: PersonSpec(count=999)})) == []
    assert list(people_mistakes({**people, long: PersonSpec(count=1000)})) == [
        Mistake(
            ("crowd-020",),
            "'crowd-020' is also a member of the crowd 'crowd'",
            "give it another name",
            at_key=True,
        ),
        Mistake(
            (long,),
            "the members' names have more than 64 characters",
            "give the crowd a shorter name",
            at_key=True,
        ),
    ]


def test_a_cast_is_bounded() -> None:
    crowds = {f"c{n}x": PersonSpec(count=20_000) for n in range(MAX_CAST // 20_000)}
    assert list(people_mistakes(crowds)) == []
    assert list(people_mistakes({**crowds, "a": PersonSpec()})) == [
        Mistake((), "100,001 people", "at most 100,000")
    ]


def test_whom_names_stand_for() -> None:
    crowd = ("crowd-001", "crowd-002", "crowd-003")
    assert members(PEOPLE, "everyone") == ("alice", *crowd, "bob")
    assert members(PEOPLE, "crowd") == crowd
    assert members(PEOPLE, "crowd-002") == ("crowd-002",)
    assert members(PEOPLE, "bob") == ("bob",)
    assert pool(PEOPLE, Person("bob")) == ("bob",)
    assert pool(PEOPLE, Crowd("crowd")) == pool(PEOPLE, Some(2, "crowd")) == crowd
    assert pool(PEOPLE, Newcomer()) == ()
    assert pool(PEOPLE, Everyone()) == ("alice", *crowd, "bob")
    assert pool(PEOPLE, Everyone(("crowd", "alice"))) == ("bob",)
    assert pool(PEOPLE, Everyone(("crowd-002",))) == ("alice", "crowd-001", "crowd-003", "bob")


def test_the_json_schema_of_an_entry() -> None:
    schema = ADAPTER.json_schema()
    forms = schema["additionalProperties"]["anyOf"]
    assert [form.get("type", "a mapping") for form in forms] == ["null", "integer", "a mapping"]
    assert "PersonSpec" in schema["$defs"]


@pytest.mark.parametrize("typed", ["\n", " ", "bob\r\n", "x" * MAX_NICK])
def test_nearly_anything_can_be_typed_for_a_nickname(typed: str) -> None:
    assert check_typed(typed) == typed


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "nothing is sent for an empty text"),
        ("a~b", "it has a '~'"),
        ("x" * (MAX_NICK + 1), "a nickname of 65 characters"),
        ("\ud800", "cannot be sent as UTF-8"),
    ],
)
def test_what_cannot_be_typed_for_a_nickname(typed: str, message: str) -> None:
    with pytest.raises(BadValue, match=message):
        check_typed(typed)
