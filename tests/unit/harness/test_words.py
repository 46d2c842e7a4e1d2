"""`harness.words`: values in messages, and "did you mean"."""

import pytest

from harness.step import Verb
from harness.words import SHOWN, kind, listed, shown, suggest


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "true"),
        (False, "false"),
        (5, "the number 5"),
        (1.5, "the number 1.5"),
        ("a\x1b[31m", r"the text 'a\x1b[31m'"),
        ([], "a list"),
        ((), "a list"),
        ({}, "a mapping"),
        (b"", "a bytes"),
    ],
)
def test_kind(value: object, words: str) -> None:
    assert kind(value) == words


def test_what_is_shown_is_bounded() -> None:
    assert shown("x" * SHOWN) == repr("x" * SHOWN)
    assert shown("x" * 10_000) == repr("x" * SHOWN) + "…"


def test_a_member_of_an_enumeration_is_shown_as_its_text() -> None:
    assert shown(Verb.SAY) == "'say'"


def test_suggest() -> None:
    assert suggest("alicia", ["bob", "alice"]) == "did you mean 'alice'?"
    assert suggest("zzz", ["bob", "alice"]) == ""
    assert suggest("x" * 100_000, ["x" * SHOWN]) == f"did you mean {'x' * SHOWN!r}?"
    assert suggest("word", (f"word{number}" for number in range(10_000))).startswith("did you")


def test_listed() -> None:
    assert listed(["a", "b"]) == "a, b"
