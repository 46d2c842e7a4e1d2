"""`harness.template`: how a server puts a text together."""

import pytest

from harness.errors import BadValue
from harness.template import FIELDS, parse_template


def test_its_parts() -> None:
    template = parse_template("{{{nick}}} said: {message}", FIELDS)
    literals = [text for text, is_field in template.parts if not is_field]
    assert literals == ["{", "} said: "]
    assert template.fields == ("nick", "message")
    assert str(template) == template.source
    assert template.render({"nick": "bob", "message": "hi"}) == "{bob} said: hi"


def test_what_varies_is_left_out() -> None:
    template = parse_template("[{time}] {nick} {any}!", FIELDS)
    assert template.varies
    assert template.render({"nick": "bob"}) == "[] bob !"
    assert not parse_template("{nick}!", FIELDS).varies


@pytest.mark.parametrize(
    ("time", "fits"),
    [
        ("12:03", True),
        ("12:03:44", True),
        ("2026-11-22 12:03:44.123", True),
        ("2026-11-22T12:03:44Z", True),
        ("12:03 PM", True),
        ("noon", False),
        ("1", False),
    ],
)
def test_a_time(time: str, fits: bool) -> None:
    pattern = parse_template("[{time}] {nick}: {message}", FIELDS).pattern
    found = pattern.fullmatch(f"[{time}] bob: hi")
    assert (found is not None) is fits
    if found:
        assert (found["time"], found["nick"], found["message"]) == (time, "bob", "hi")


def test_a_field_that_comes_again_is_the_same() -> None:
    pattern = parse_template("{nick}, hello {nick}!", FIELDS).pattern
    assert pattern.fullmatch("bob, hello bob!")
    assert not pattern.fullmatch("bob, hello ann!")


def test_what_varies_need_not_be_the_same_twice() -> None:
    pattern = parse_template("{any} and {any}!", FIELDS).pattern
    assert pattern.fullmatch("one and two!")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{nick", "a brace without its partner: '{nick'"),
        ("}", "a brace without its partner: '}'"),
        ("{nik}", "unknown field '{nik}'"),
        ("{x}", "unknown field '{x}'"),
        ("{nick}{any}", "between the fields of '{nick}{any}' some text must stand"),
    ],
)
def test_mistakes(source: str, message: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_template(source, FIELDS)
    assert caught.value.message == message
