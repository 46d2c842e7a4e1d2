"""`harness.faults`: the class of what no reading explains, and whether it matters at all."""

import pytest
from streams import Data, hear, heard, say, voices_of, wrong

from harness.events import Kind
from harness.speech import Voices

NICKS = ("ann", "bob", "cid")


def voices(dialect: str, words: list[Data]) -> Voices:
    """Let them say these words, of which some are bytes that are no text."""
    made = voices_of(dialect, NICKS)
    for word in words:
        said = say(made, word, Kind.UNTEXT if isinstance(word, bytes) else Kind.STORY)
        if isinstance(word, bytes):
            made.speeches[said.conn].untext = said.number
    return made


@pytest.mark.parametrize(
    ("words", "read", "own", "fault"),
    [
        pytest.param(["0 # one"], "ann: <0.0> one", 0, "echo 0.0", id="one's own words"),
        pytest.param(["0 # one"], "bob: <0.0> one", 0, "echo 0.0", id="own words, another's name"),
        pytest.param(["0 # one"], "bob: <0.0> one", 2, "wrong name 0.0", id="another's name"),
        pytest.param(
            ["0 # one"], "ann: <0.0> oneann: <0.0> one", 2, "repeated 0.0", id="once more"
        ),
        pytest.param(
            ["0 # one", "0 # two"], "ann: <0.1> twoann: <0.0> one", 2, "out of order 0.0", id="late"
        ),
    ],
)
def test_the_first_class_that_fits(words: list[Data], read: str, own: int, fault: str) -> None:
    assert wrong(hear(voices("raw", words), read, own)) == [fault]


def test_what_comes_as_it_should_behind_what_does_not_has_no_fault() -> None:
    listener = hear(voices("raw", ["0 # one", "0 # two"]), "junkann: <0.0> oneann: <0.1> two", 2)
    assert wrong(listener) == ["invented -"]
    assert heard(listener) == "0.0 0.1"


def test_a_copy_is_noted_once_and_is_noise_from_then_on() -> None:
    listener = hear(voices("raw", ["0 # one"]), "ann: <0.0> one" * 4, own=0)
    assert wrong(listener) == ["echo 0.0"]
    assert listener.unexplained > 0


@pytest.mark.parametrize(
    ("read", "faults"),
    [
        pytest.param("You: <0.0> one\n", [], id="as the dialect has it"),
        pytest.param("ann: <0.0> one\n", ["echo 0.0"], id="as the others hear it"),
        pytest.param("bob: <0.0> one\n", ["wrong name 0.0"], id="under another's name"),
    ],
)
def test_where_there_are_copies_they_have_one_form(read: str, faults: list[str]) -> None:
    assert wrong(hear(voices("tutorial-lines", ["0 # one"]), read, own=0)) == faults


# Of who has said what is no text


@pytest.mark.parametrize(
    ("words", "read"),
    [
        pytest.param([b"0 \xff", "0 plain", "0 # b"], "ann: <0.2> bann: plain", id="out of order"),
        pytest.param([b"0 \xff", "0 plain"], "ann: plainann: plain", id="twice"),
    ],
)
def test_words_without_a_token_do_not_matter(words: list[Data], read: str) -> None:
    assert wrong(hear(voices("raw", words), read)) == []


def test_under_the_name_of_one_who_has_said_only_text_they_do() -> None:
    made = voices("raw", [b"0 \xff", "0 plain"])
    assert wrong(hear(made, "bob: plain")) == ["invented -"]


def test_words_with_a_token_do() -> None:
    made = voices("raw", ["0 # one", b"0 \xff", "0 # two"])
    assert wrong(hear(made, "bob: <0.0> one")) == ["wrong name 0.0"]


@pytest.mark.parametrize(
    ("words", "read", "faults"),
    [
        pytest.param(
            ["0 # one", "0 # two", b"1 \xff"],
            "<0.1> two\n<0.0> one\n",
            ["out of order 0.0"],
            id="what came before it had a token",
        ),
        pytest.param(
            ["0 # one", "0 plain", b"1 \xff"],
            "plain\n<0.0> one\n",
            [],
            id="what came before it may be the other's",
        ),
        pytest.param(
            ["0 # one", "0 plain"], "plain\n<0.0> one\n", ["out of order 0.0"], id="all say text"
        ),
    ],
)
def test_where_a_prefix_is_everybody_s(words: list[Data], read: str, faults: list[str]) -> None:
    assert wrong(hear(voices("anonymous", words), read, own=2)) == faults


def test_what_matters_not_is_heard_all_the_same() -> None:
    made = voices("raw", [b"0 \xff", "0 plain", "1 # one"])
    listener = hear(made, "ann: plainann: plainbob: <1.0> one")
    assert heard(listener).endswith("1.0")


def test_what_is_known_is_hardly_noise() -> None:
    made = voices("lines", ["0 " + "x" * 60_000 + " #"])
    listener = hear(made, "ann: " + "x" * 45_000 + "\n", own=2)
    assert wrong(listener) == ["altered 0.0+45000"]
    assert 0 < listener.unexplained < 1000
