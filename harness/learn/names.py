"""Names: nicknames and words that nobody else uses, the same in each learning.

They are made of small letters only, so that a server that is particular about names takes them.
Knows no server.
"""

import random

_CONSONANTS = "bdfgklmnprtvz"
_VOWELS = "aeiou"
_SEED = 20_110_917
_EXTRA = ("", "s", "na")


class Names:
    """Hands out names and words; each one once."""

    def __init__(self) -> None:
        self._random = random.Random(_SEED)
        self._used: set[str] = set()
        self.nicks: list[str] = []

    def nick(self) -> str:
        """Return a nickname of six to eight letters.

        They differ in length, for what stands around one may depend on it.
        """
        extra = _EXTRA[len(self.nicks) % len(_EXTRA)]
        self.nicks.append(self._new(3) + extra)
        return self.nicks[-1]

    def word(self) -> str:
        """Return a word of six letters, to be found again in what others are sent.

        It is short, for there are servers that read no more than a few bytes at once.
        """
        return self._new(3)

    def text(self) -> str:
        """Return a message of two words."""
        word = self._new(3)
        return f"{word[:2]} {word[2:]}"

    def _new(self, syllables: int) -> str:
        while True:
            word = "".join(
                self._random.choice(_CONSONANTS) + self._random.choice(_VOWELS)
                for _ in range(syllables)
            )
            if word not in self._used:
                self._used.add(word)
                return word
