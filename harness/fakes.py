"""Fakes: made-up sentences, words and names, from faker and one person's random numbers.

The only file that knows faker. The same random numbers give the same texts within one release of
faker; a plan keeps the texts themselves.
"""

from collections.abc import Iterable
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from harness.cast import FAKER, CastMember
from harness.texts import END, Field, Text, render
from harness.tokens import MARK

if TYPE_CHECKING:
    from faker import Faker

_TRIES = 20


@cache
def _faker(locale: str) -> "Faker":
    # It takes its time to be imported, and most commands make up nothing.
    from faker import Faker  # noqa: PLC0415

    return Faker(locale)


class Fakes:
    """Texts in one language, `locale` as faker names it."""

    def __init__(self, locale: str) -> None:
        self._faker = _faker(locale)

    def render(self, text: Text, random: Random, end: bytes = b"") -> str:
        """Return `text` with its fields filled in from `random`; `end` ends a message."""
        ends = end.decode

        if not any(isinstance(part, Field) and part.name != END for part in text):
            return render(text, sentence=str, word=str, name=str, end=ends)
        self._faker.seed_instance(random.getrandbits(64))
        return render(text, sentence=self._sentence, word=self._word, name=self._name, end=ends)

    def name(self, random: Random, taken: set[str]) -> str:
        """Return a name that is not in `taken`."""
        self._faker.seed_instance(random.getrandbits(64))
        for _ in range(_TRIES):
            name = self._name()
            if name not in taken:
                return name
        # So large a cast has used up the names of this language.
        return f"{name} {len(taken)}"

    def nicknames(self, cast: Iterable[CastMember], seed: int) -> dict[str, str]:
        """Return everyone's nickname by name; what is made up is not given twice."""
        people = tuple(cast)
        nicks = {one.name: one.nick_spec or one.name for one in people}
        taken = set(nicks.values())
        for one in people:
            if one.nick_spec == FAKER:
                nicks[one.name] = self.name(Random(f"{seed}/{one.name}/nick"), taken)
                taken.add(nicks[one.name])
        return nicks

    def _sentence(self) -> str:
        return self._clean(self._faker.sentence())

    def _word(self) -> str:
        return self._clean(self._faker.word())

    def _name(self) -> str:
        return self._clean(self._faker.first_name())

    @staticmethod
    def _clean(text: str) -> str:
        # A token is found by its mark, so no generated text may hold one.
        return str(text).replace(MARK, "-")
