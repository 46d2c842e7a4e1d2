"""Tokens: the short unique mark that every message of the harness carries.

A token says which connection spoke and which of its messages this is, in ten characters and two
check characters between two tildes. No name and no generated text holds a tilde, so a token can be
found again in a stream that has no frames. This file knows nothing of people, rooms or sockets.
"""

import re
from zlib import crc32

MARK = "~"
WIDTH = 12
# Digits and consonants: no token spells a word, a command or a swear word.
ALPHABET = "0123456789bcdfghjkmnpqrstvwxz"
_BASE = len(ALPHABET)
LIMIT = _BASE**4
PATTERN = re.compile(rb"~[0-9b-df-hj-km-np-tv-xz]{10}~")


def mint(speaker: int, number: int) -> bytes:
    """Return the token of message `number` of `speaker`; both count from 0 to `LIMIT` - 1."""
    body = _digits(speaker, 4) + _digits(number, 4)
    return f"{MARK}{body}{_check(body)}{MARK}".encode("ascii")


def is_whole(token: bytes) -> bool:
    """Tell whether the check characters of `token` fit the rest of it."""
    text = token.decode("ascii")
    return text[9:11] == _check(text[1:9])


def _check(body: str) -> str:
    return _digits(crc32(body.encode("ascii")) % _BASE**2, 2)


def _digits(value: int, width: int) -> str:
    if not 0 <= value < _BASE**width:
        raise ValueError(f"{value} does not fit into {width} characters of a token")
    digits = ""
    for _ in range(width):
        value, digit = divmod(value, _BASE)
        digits = ALPHABET[digit] + digits
    return digits
