"""`harness.texts`: templates, taken apart and filled in."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import BadValue
from harness.texts import (
    END,
    FIELDS,
    MAX_BYTES,
    Field,
    Literal,
    Repeat,
    Text,
    check_escapes,
    check_size,
    format_text,
    parse_text,
    render,
    size,
)

# However slow the machine, and nothing left behind.
PATIENT = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        ("", ()),
        ("hello", (Literal("hello"),)),
        ("{sentence}", (Field("sentence"),)),
        ("{word}{name}!", (Field("word"), Field("name"), Literal("!"))),
        ("{я*2500}", (Repeat("я", 2500),)),
        ("{a*b*3}", (Repeat("a*b", 3),)),
        ("{**3}", (Repeat("*", 3),)),
        ("{\n*003}", (Repeat("\n", 3),)),
        ("{{word}}", (Literal("{word}"),)),
        ("a {{ b", (Literal("a { b"),)),
        ("{{{word}}}", (Literal("{"), Field("word"), Literal("}"))),
        ("a{{b}}c{word}d", (Literal("a{b}c"), Field("word"), Literal("d"))),
        ("~ \u2028\x85\0", (Literal("~ \u2028\x85\0"),)),
    ],
)
def test_parse(template: str, parts: Text) -> None:
    assert parse_text(template) == parts


BRACES = "write {{ or }} for a brace"
FIELDS_LISTED = "{sentence}, {word}, {name}, {X*N}"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{", f"a brace without its partner: '{{' ({BRACES})"),
        ("a } b", f"a brace without its partner: '}} b' ({BRACES})"),
        ("{word", f"a brace without its partner: '{{word' ({BRACES})"),
        ("{a{b}", f"a brace without its partner: '{{a{{b}}' ({BRACES})"),
        ("{sentance}", "unknown field '{sentance}' (did you mean 'sentence'?)"),
        (
            "{}",
            f"unknown field '{{}}' (there are {{sentence}}, {{word}}, {{name}}, {{X*N}}; {BRACES})",
        ),
        (
            "{*3}",
            (
                "unknown field '{*3}' "
                f"(there are {{sentence}}, {{word}}, {{name}}, {{X*N}}; {BRACES})"
            ),
        ),
        ("{x*0}", "'{x*0}' must repeat 1 to 1,000,000 times"),
        ("{x*1000001}", "'{x*1000001}' must repeat 1 to 1,000,000 times"),
        ("{x*" + "9" * 9 + "}", "'{x*999999999}' must repeat 1 to 1,000,000 times"),
        (
            "a\x9f",
            (
                "the text has the control character U+009F, which is two bytes of UTF-8 "
                '(the byte is written {hex: "9f"}, and goes with send)'
            ),
        ),
        ("{end}", f"unknown field '{{end}}' (there are {FIELDS_LISTED}; {BRACES})"),
        ("a\ud800", "the half character U+D800 cannot be sent as UTF-8"),
        ("{яя*1000000}яя{name}{яя*48576}", "a text of 4,194,308 bytes (at most 4,194,304)"),
    ],
)
def test_wrong_templates(template: str, message: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_text(template)
    assert str(caught.value) == message


def test_the_largest_text() -> None:
    text = parse_text("{яя*1000000}{яя*48576}")
    assert len(render(text, sentence=str, word=str, name=str).encode()) == MAX_BYTES


def test_render_calls_anew_for_each_field() -> None:
    numbers = count()
    text = parse_text("{{{word} {name} {word}: {ab*3} {sentence}")
    made = render(
        text,
        sentence=lambda: f"sentence{next(numbers)}",
        word=lambda: f"word{next(numbers)}",
        name=lambda: f"name{next(numbers)}",
    )
    assert made == "{word0 name1 word2: ababab sentence3"


def test_the_end_of_a_message_only_where_bytes_are_sent() -> None:
    text = parse_text("a{end}{word}", (*FIELDS, END))
    assert text == (Literal("a"), Field("end"), Field("word"))
    assert parse_text(format_text(text), (*FIELDS, END)) == text
    assert render(text, sentence=str, word=lambda: "w", name=str, end=lambda: "\n") == "a\nw"
    assert render(text, sentence=str, word=lambda: "w", name=str) == "aw"
    with pytest.raises(BadValue, match="did you mean 'end'"):
        parse_text("{ende}", (*FIELDS, END))


def test_sizes() -> None:
    assert size(parse_text("яя{word}{€*10}{{")) == 4 + 30 + 1
    check_size(MAX_BYTES)
    with pytest.raises(BadValue, match=r"a text of 4,194,305 bytes \(at most 4,194,304\)"):
        check_size(MAX_BYTES + 1)


@pytest.mark.parametrize("character", ["\x7f", "\x85", "\xa0", "\xff"])
def test_what_is_near_a_forbidden_character_is_not(character: str) -> None:
    assert parse_text(character) == (Literal(character),)
    check_escapes(character)


# Of the control characters that take two bytes, only NEL can be said.
LITERALS = st.text(
    st.characters(exclude_categories=["Cs"]).filter(
        lambda char: not "\x80" <= char <= "\x9f" or char == "\x85"
    )
)
TEMPLATES = st.lists(
    LITERALS.map(lambda text: text.replace("{", "{{").replace("}", "}}"))
    | st.sampled_from(["{sentence}", "{word}", "{name}", "{x*3}", "{* *7}"])
).map("".join)


@PATIENT
@given(TEMPLATES)
def test_what_is_written_reads_back(template: str) -> None:
    text = parse_text(template)
    assert parse_text(format_text(text)) == text


@PATIENT
@given(LITERALS)
def test_an_escaped_text_is_itself(literal: str) -> None:
    text = parse_text(literal.replace("{", "{{").replace("}", "}}"))
    assert render(text, sentence=str, word=str, name=str) == literal
