"""`harness.nodes`: YAML text becomes data with places, and its traps are mistakes."""

from contextlib import suppress

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness import nodes
from harness.errors import InputError
from harness.nodes import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES, Mark, Source, loads, mark_at

# However slow the machine, and nothing left behind.
PATIENT = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def mistakes(text: str) -> str:
    with pytest.raises(InputError) as caught:
        loads(text, "f")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", None),
        ("# nothing\n", None),
        ("\ufeffa: 1", {"a": 1}),
        ("hello", "hello"),
        (
            "a: no\nb: 12:30\nc: 'true'\nd: \"1\"\ne:\n",
            {"a": "no", "b": "12:30", "c": "true", "d": "1", "e": None},
        ),
        ("[1, [2], {a: [3]}]", [1, [2], {"a": [3]}]),
        (
            "a: &x [1, {b: 2}]\nc: *x\nd: [*x, *x]",
            {"a": [1, {"b": 2}], "c": [1, {"b": 2}], "d": [[1, {"b": 2}]] * 2},
        ),
        ("&k a: 1\nb: *k", {"a": 1, "b": "a"}),
        ("- &k a\n- {*k : 1}", ["a", {"a": 1}]),
        ("!!map {a: !!seq [!!str 1, ! 2]}", {"a": ["1", "2"]}),
        ("'<<': 1", {"<<": 1}),
        ('- "\\x7f\\x85\\u2028\\u00ff\\t\\0"', ["\x7f\x85\u2028ÿ\t\0"]),
        ("%YAML 1.2\n---\na\n...\n", "a"),
    ],
)
def test_data(text: str, data: object) -> None:
    assert loads(text, "f").data == data


def test_every_value_and_key_has_its_place() -> None:
    source = loads("a: 1\nb:\n  - x\n  - {c: 'y'}\nd:\n", "f")
    assert source.marks == {
        (): Mark(1, 1),
        ("a",): Mark(1, 4),
        ("b",): Mark(3, 3),
        ("b", 0): Mark(3, 5),
        ("b", 1): Mark(4, 5),
        ("b", 1, "c"): Mark(4, 9),
        ("d",): Mark(5, 3),
    } | {place: mark for place, mark in source.marks.items() if -1 in place}
    assert source.key_marks == {
        ("a",): Mark(1, 1),
        ("b",): Mark(2, 1),
        ("b", 1, "c"): Mark(4, 6),
        ("d",): Mark(5, 1),
    }


def test_a_reference_has_its_own_place_and_what_is_inside_the_place_of_the_original() -> None:
    source = loads("a: &x {b: [1]}\nc: *x\n", "f")
    assert source.marks["c",] == Mark(2, 4)
    assert source.marks["c", "b"] == source.marks["a", "b"] == Mark(1, 11)
    assert source.marks["c", "b", 0] == Mark(1, 12)
    assert source.key_marks["c", "b"] == Mark(1, 8)


def test_a_problem_stands_at_the_nearest_place() -> None:
    source = loads("a:\n  b: 1\n", "f")
    assert str(source.problem(("a", "b"), "x")) == "f:2:6: x"
    assert str(source.problem(("a", "b"), "x", "y", at_key=True)) == "f:2:3: x (y)"
    assert str(source.problem(("a", "z", 3), "x", at_key=True)) == "f:2:3: x"
    assert str(source.problem((), "x", at_key=True)) == "f:1:1: x"


def test_a_problem_in_an_override_names_it() -> None:
    source = loads("a: {b: 1}", "f")
    source = Source("f", source.data, source.marks, source.key_marks, {("a",): "--set a=2"})
    assert str(source.problem(("a", "b"), "x", "y")) == "--set a=2: x (y)"
    assert str(source.problem((), "x")) == "f:1:1: x"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", "f:2:1: the key 'a' stands here twice (first in line 1)"),
        ("1: x", "f:1:1: a key must be a text, not the number 1 (put it in quotes)"),
        ("true: x", "f:1:1: a key must be a text, not true (put it in quotes)"),
        ("? ~\n: x", "f:1:3: a key must be a text, not nothing"),
        ("? [1]\n: x", "f:1:3: a key must be a text, not a list"),
        ("? {a: 1}\n: x", "f:1:3: a key must be a text, not a mapping"),
        (
            "- &a {b: 1}\n- {<<: *a}",
            "f:2:4: merge keys (<<) are not supported (write the keys out)",
        ),
        (
            "a: !!python/object:os.system x",
            "f:1:4: the tag '!!python/object:os.system' cannot be used here (take it out)",
        ),
        ("a: !mine [x]", "f:1:4: the tag '!mine' cannot be used here (take it out)"),
        ("a: !!int x", "f:1:4: 'x' is not of the type !!int"),
        ("a: " + "9" * 101, "f:1:4: a number of more than 100 characters"),
        ("--- a\n--- b", "f:2:1: a second document begins here (keep to one document a file)"),
        ("a: *b", "f:1:4: nothing is called &b"),
        ("a: &b [*b]", "f:1:8: *b stands inside of what it refers to"),
        (
            'a: "x\\xff\\x80"',
            (
                "f:1:4: the text has the control character U+0080 "
                '("\\x80" is a character to YAML, as "\\xff" is the text ÿ; '
                'bytes are written {hex: "80"})'
            ),
        ),
        (
            "a: \u2028",
            (
                "f:1:4: the character U+2028 cannot stand here as it is "
                '(write it as an escape, in double quotes: "\\u2028")'
            ),
        ),
        (
            "a\r\nb\rc\x00",
            (
                "f:3:2: the character U+0000 cannot stand here as it is "
                '(write it as an escape, in double quotes: "\\u0000")'
            ),
        ),
        (
            "a\udc80\x80",
            (
                "f:1:2: the character U+DC80 cannot stand here as it is\n"
                "f:1:3: the character U+0080 cannot stand here as it is"
            ),
        ),
        (
            "a: 1\na: 2\n2: b\n",
            (
                "f:2:1: the key 'a' stands here twice (first in line 1)\n"
                "f:3:1: a key must be a text, not the number 2 (put it in quotes)"
            ),
        ),
        (
            "a: 1\na: 2\nb: [[[" + "[" * MAX_DEPTH,
            (
                f"f:2:1: the key 'a' stands here twice (first in line 1)\n"
                f"f:3:{MAX_DEPTH + 3}: nested deeper than {MAX_DEPTH} levels"
            ),
        ),
    ],
)
def test_traps(text: str, message: str) -> None:
    assert mistakes(text) == message


def test_many_wrong_characters_are_reported_up_to_twenty() -> None:
    assert len(mistakes("\x01\n" * 1000).splitlines()) == 20


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("a: [1\nb: 2", "f:2:"),
        ("say: hi: there", "f:1:8: this is not YAML: mapping values are not allowed"),
        ("a: @x", "f:1:4: this is not YAML: found character"),
        ("a: 'x", "f:1:6: this is not YAML: found unexpected end of stream"),
    ],
)
@pytest.mark.parametrize("loader", [yaml.SafeLoader, nodes.LOADER])
def test_no_yaml(text: str, begin: str, loader: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "LOADER", loader)
    assert mistakes(text).startswith(begin)


def test_hints_to_frequent_slips() -> None:
    assert mistakes("say: hi: there").endswith('(put a text that has ": " in it in quotes)')
    assert "in quotes; indent with blanks)" in mistakes("a: @x")
    assert mistakes("a: 'x").endswith("end of stream")


def test_the_pure_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &x [1, 'b', \"c\\n\"]\nd: {e: *x}\n# end\n"
    fast = loads(text, "f")
    monkeypatch.setattr(nodes, "LOADER", yaml.SafeLoader)
    assert loads(text, "f") == fast
    # Two errors that only this parser leaves to us.
    assert mistakes('a: "\\ud800"') == (
        "f:1:4: the text has the half character U+D800 (write the whole character)"
    )
    assert mistakes('a: "\\U00110000"').startswith("f: this is not YAML: ")


def test_references_do_not_blow_up() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert mistakes("\n".join(rows)) == (
        "f:5:45: too much, references counted in full "
        f"(at most {MAX_NODES:,} values, and {MAX_CHARACTERS:,} characters)"
    )


def test_long_texts_do_not_blow_up() -> None:
    text = f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 9)}]\n"
    assert loads(text, "f").data is not None
    assert "f:3:4: too much" in mistakes(text + "c: *a\n")


def test_depth_is_bounded_through_references() -> None:
    deep = "[" * (MAX_DEPTH - 2) + "]" * (MAX_DEPTH - 2)
    text = f"a: &a {deep}\nb: *a\n"
    assert loads(text, "f").data is not None
    assert mistakes(text + "c: [[[*a]]]") == f"f:3:7: nested deeper than {MAX_DEPTH} levels"
    assert loads("[" * MAX_DEPTH + "]" * MAX_DEPTH, "f").data is not None
    assert mistakes("- " * 100_000) == f"f:1:{2 * MAX_DEPTH + 1}: nested deeper than 50 levels"


def test_mark_at_counts_lines_and_characters() -> None:
    assert mark_at("", 0) == Mark(1, 1)
    assert mark_at("я\r\nb\rcd", 6) == Mark(3, 2)


YAMLISH = st.text(st.sampled_from(list("ab1 \n:-[]{}&*!<'\"\\,#|>~%@?\t\u2028é\x80")), max_size=40)


@PATIENT
@given(YAMLISH | st.text(max_size=40))
def test_any_text_is_data_or_an_input_error(text: str) -> None:
    with suppress(InputError):
        assert () in loads(text, "f").marks
