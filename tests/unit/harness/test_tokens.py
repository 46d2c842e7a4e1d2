"""Tests of `harness.tokens`."""

import pytest

from harness.tokens import ALPHABET, LIMIT, PATTERN, WIDTH, is_whole, mint


def test_a_token_has_a_fixed_width_and_is_found_again() -> None:
    token = mint(7, 12)
    assert len(token) == WIDTH
    assert PATTERN.findall(b"before " + token + b"behind ~") == [token]


def test_tokens_are_unique() -> None:
    assert len({mint(speaker, number) for speaker in range(60) for number in range(60)}) == 3600


def test_the_check_characters_tell_a_changed_token() -> None:
    token = mint(123, 456)
    assert is_whole(token)
    digit = ALPHABET[0 if token[5:6] != b"0" else 1].encode()
    assert not is_whole(token[:5] + digit + token[6:])


def test_two_tokens_that_touch_are_two() -> None:
    assert PATTERN.findall(mint(1, 1) + mint(1, 2)) == [mint(1, 1), mint(1, 2)]


@pytest.mark.parametrize("number", [-1, LIMIT])
def test_what_does_not_fit_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        mint(0, number)


def test_the_last_one_fits() -> None:
    assert PATTERN.fullmatch(mint(LIMIT - 1, LIMIT - 1))
