"""`harness.learn.samples`: what was said becomes a template, and what was said first a prompt."""

import pytest

from harness.learn.samples import Sample, infer, prompt_of, same_form

PEOPLE = (("mira", "50123"), ("tovo", "50124"), ("zelu", "50125"))


def samples(form: str, *more: dict[str, str]) -> list[Sample]:
    found = []
    for (nick, port), other in zip(PEOPLE, more or ({},) * 3, strict=True):
        values = {"nick": nick, "message": f"hi {nick[:2]}x", "host": "127.0.0.1", "port": port}
        found.append(Sample(form.format(**values, **other), values))
    return found


@pytest.mark.parametrize(
    ("form", "template"),
    [
        ("{nick}: {message}", "{nick}: {message}"),
        ("{message}", "{message}"),
        ("[{nick}] {message} <", "[{nick}] {message} <"),
        ("{host}:{port}> {message}", "{host}:{port}> {message}"),
        ("12:34 {nick}: {message}", "{time} {nick}: {message}"),
        ("[2026-01-31 12:34:56] {nick}: {message}", "[{time}] {nick}: {message}"),
        ("(9:05 PM) {nick}: {message}", "({time}) {nick}: {message}"),
        ("{{{nick}}} {message}", "{{{nick}}} {message}"),
        ("\x1b[1m{nick}\x1b[0m {message}", "\x1b[1m{nick}\x1b[0m {message}"),
    ],
)
def test_one_form(form: str, template: str) -> None:
    assert infer(samples(form), frozenset({"nick", "message"})) == template


def test_what_differs_varies() -> None:
    numbers = ({"n": "1"}, {"n": "17"}, {"n": "2"})
    assert infer(samples("#{n} <{nick}> {message}", *numbers)) == "#{any} <{nick}> {message}"


@pytest.mark.parametrize("numbers", [("12", "22", "32"), ("101", "102", "103")])
def test_a_number_varies_whole(numbers: tuple[str, ...]) -> None:
    counts = [{"n": number} for number in numbers]
    assert infer(samples("* {nick} ({n} here)", *counts)) == "* {nick} ({any} here)"


def test_a_column_has_blanks_that_vary() -> None:
    blanks = ({"b": "   "}, {"b": "  "}, {"b": "    "})
    assert infer(samples("{nick}{b}| {message}", *blanks)) == "{nick} {any}| {message}"


def test_a_list_of_others_varies() -> None:
    texts = ("In: mira, tovo. Hi mira", "In: zelu. Hi tovo", "In: tovo, zelu. Hi zelu")
    nicks = tuple(nick for nick, _ in PEOPLE)
    told = [
        Sample(text, {"nick": nick}, tuple(one for one in nicks if one != nick))
        for text, nick in zip(texts, nicks, strict=True)
    ]
    assert infer(told, frozenset()) == "In: {any}. Hi {nick}"


def test_a_nickname_may_stand_twice_in_a_notice() -> None:
    assert infer(samples("{nick} came: hi {nick}"), frozenset()) == "{nick} came: hi {nick}"


def test_a_tilde_cannot_be_written() -> None:
    assert infer(samples("<~{nick}> {message}")) is None
    assert infer(samples("<~ {nick}> {message}")) == "<{any} {nick}> {message}"


def test_half_a_character_cannot_be_written() -> None:
    assert infer(samples("a\udcffb {nick}: {message}")) == "a{any}b {nick}: {message}"


def test_a_field_that_not_all_have_varies() -> None:
    first = Sample("now mira is here", {"nick": "mira"})
    other = Sample("now [12:30] tovo is here", {"nick": "tovo"})
    assert infer([first, other]) is None
    third = Sample("now nobody is here", {"nick": "zelu"})
    assert infer([first, third]) == "now {any} is here"


def test_nothing_has_no_form() -> None:
    assert infer([]) is None
    assert infer([Sample("")]) is None


@pytest.mark.parametrize(
    ("doors", "prompt"),
    [
        (["nickname"] * 3, ("nickname", True)),
        (["nickname\n"] * 3, ("nickname\n", True)),
        (["nickname\0"] * 3, ("nickname\0", True)),
        (["Hello!\r\nName: "] * 3, ("Name: ", False)),
        (["You are 1. Name: ", "You are 2. Name: "], (". Name: ", False)),
        (["~ Name: "] * 2, (" Name: ", False)),
        (["one", "two"], None),
        (["  "] * 2, None),
        (["name", ""], None),
        ([], None),
    ],
)
def test_prompts(doors: list[str], prompt: tuple[str, bool] | None) -> None:
    assert prompt_of(doors) == prompt


def test_the_first_text_is_no_nickname_where_it_is_relayed() -> None:
    assert same_form("1:50> mira\n", "mira", "1:50> word\n", "word")
    assert not same_form("* mira came\n", "mira", "mira: word\n", "word")
    assert not same_form("", "mira", "mira: word\n", "word")


def test_fields_in_another_order_make_no_template() -> None:
    one, _, three = samples("{nick}: {message} ({host}/{port})")
    _, turned, _ = samples("{nick}: {message} ({port}/{host})")
    assert infer([one, turned, three], frozenset()) is None


def test_what_nobody_has_a_name_for() -> None:
    told = [Sample(f"hi {word}", {"message": word}) for word in ("one", "two", "three")]
    assert infer(told, frozenset()) == "hi {message}"
