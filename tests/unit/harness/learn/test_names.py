"""`harness.learn.names`: each once, and the same in each learning."""

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
