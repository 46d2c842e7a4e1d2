"""`harness.learn.names`: each once, and the same in each learning."""

import pytest

from harness.learn import names
from harness.learn.names import Names


def test_each_once_and_always_the_same() -> None:
    one, two = Names(), Names()
    drawn = [one.nick() for _ in range(50)] + [one.word() for _ in range(50)]
    assert len(set(drawn)) == len(drawn)
    assert drawn == [two.nick() for _ in range(50)] + [two.word() for _ in range(50)]
    assert all(word.isalpha() and word.islower() and 6 <= len(word) <= 8 for word in drawn)
    assert one.nicks == drawn[:50]


def test_a_text_has_two_words() -> None:
    assert len(Names().text().split()) == 2


def test_a_word_that_was_used_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_CONSONANTS", "b")
    monkeypatch.setattr(names, "_VOWELS", "ae")
    drawn = Names()
    # Of three syllables there are no more than eight such words.
    assert len({drawn.word() for _ in range(8)}) == 8
