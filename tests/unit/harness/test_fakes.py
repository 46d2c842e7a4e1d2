"""`harness.fakes`: the same random numbers give the same texts, and no text can hold a token."""

from random import Random

import pytest

from harness.cast import CastMember
from harness.fakes import Fakes
from harness.texts import parse_text
from harness.tokens import MARK

ALL = parse_text("{sentence} {word} {name}")


def test_the_same_numbers_give_the_same_text_and_others_another() -> None:
    first, same, other = (Fakes("en_US").render(ALL, Random(seed)) for seed in (1, 1, 2))
    assert first == same != other
    assert len(first.split()) > 3


def test_one_person_s_texts_do_not_depend_on_another_s() -> None:
    fakes = Fakes("en_US")
    alone = [fakes.render(ALL, mine) for mine in [Random(1)] for _ in range(3)]
    mine, theirs = Random(1), Random(2)
    among = []
    for _ in range(3):
        among.append(fakes.render(ALL, mine))
        fakes.render(ALL, theirs)
    assert alone == among


def test_a_text_without_fields_costs_no_random_number() -> None:
    used, fresh = Random(1), Random(1)
    assert Fakes("en_US").render(parse_text("{{a}} {x*3}"), used) == "{a} xxx"
    assert used.random() == fresh.random()


def test_the_language_is_that_of_the_locale() -> None:
    text = Fakes("ru_RU").render(ALL, Random(1))
    assert any("\u0430" <= letter <= "\u044f" for letter in text.lower())


@pytest.mark.parametrize("kind", ["sentence", "word", "first_name"])
def test_no_generated_text_holds_the_mark_of_a_token(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes = Fakes("en_US")
    monkeypatch.setattr(fakes._faker, kind, lambda: f"a{MARK}b{MARK}", raising=False)  # noqa: SLF001
    text = fakes.render(ALL, Random(1))
    assert "a-b-" in text
    assert MARK not in text


def test_a_name_that_is_taken_is_not_given_again() -> None:
    fakes = Fakes("en_US")
    first = fakes.name(Random(1), set())
    assert fakes.name(Random(1), {first}) != first


def test_where_all_names_are_taken_they_are_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    fakes = Fakes("en_US")
    monkeypatch.setattr(fakes._faker, "first_name", lambda: "Ann", raising=False)  # noqa: SLF001
    assert fakes.name(Random(1), {"Ann", "Bob"}) == "Ann 2"


def test_nicknames_are_as_written_or_made_up_once() -> None:
    crowd = [CastMember(f"crowd-{number}", "faker", "crowd") for number in range(50)]
    cast = [CastMember("alice", None, "alice"), CastMember("bob", "Боб", "bob"), *crowd]
    nicks = Fakes("en_US").nicknames(cast, seed=3)
    assert (nicks["alice"], nicks["bob"]) == ("alice", "Боб")
    assert len(set(nicks.values())) == 52
    assert nicks == Fakes("en_US").nicknames(cast, seed=3)
    assert nicks != Fakes("en_US").nicknames(cast, seed=4)


def test_people_may_be_given_one_nickname() -> None:
    cast = [CastMember("a", "Ann", "a"), CastMember("b", "Ann", "b")]
    assert set(Fakes("en_US").nicknames(cast, seed=1).values()) == {"Ann"}
