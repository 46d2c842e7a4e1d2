"""Causality: whether anybody heard an answer before what it answers, and who did.

A message answers all that its sender had heard strictly before saying it, all that the sender had
said before, and whatever these answer. Exact: the past of each message is kept as a set, a bit for
each message. So it is asked only of messages that some contradiction joins, and only of so many.
Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.orders import Heard, Orders

# What one may cost: messages, whose pasts take their square in bits (25 MB); and bits looked at.
MOST_MESSAGES = 10_000
MOST_BITS = 10**10


@dataclass(frozen=True, slots=True)
class Violation:
    """`receiver` heard the last of `path` before the first; each of it answers the one before."""

    receiver: int
    path: tuple[int, ...]


class Causality:
    """What the messages of one `knot` answer; `parts` is what each receiver heard of them."""

    def __init__(self, orders: Orders, knot: list[int], parts: list[Heard]) -> None:
        self.orders = orders
        said = orders.messages
        self.knot = sorted(knot, key=lambda node: (said[node].at, said[node].number))
        self.parts = {part.conn: part for part in parts}
        deliveries = sum(len(part.nodes) for part in parts)
        self.too_many = len(knot) > MOST_MESSAGES or len(knot) * deliveries > MOST_BITS
        self._bits = {node: 1 << index for index, node in enumerate(self.knot)}
        # Of each message: what its sender had heard or said before, and with it what that answers.
        self._direct: dict[int, int] = {}
        self._past: dict[int, int] = {}

    def violation(self) -> Violation | None:
        """Return a violation, where there is one; a plain one (heard, said) before any other."""
        self._look_back()
        first: Violation | None = None
        for conn, part in self.parts.items():
            later = 0
            for node in reversed(part.nodes):
                if plain := self._direct[node] & later:
                    return Violation(conn, (self._last(plain), node))
                if first is None and (past := self._past[node] & later):
                    first = Violation(conn, self._path(self._last(past), node))
                later |= self._bits[node]
        return first

    def _look_back(self) -> None:
        speakers: dict[int, _Speaker] = {}
        for node in self.knot:  # what is heard before something is said was said before it
            message = self.orders.messages[node]
            speaker = speakers.setdefault(message.conn, _Speaker())
            part = self.parts.get(message.conn, Heard(message.conn))
            count = part.before(message.at)
            for heard in part.nodes[speaker.count : count]:
                speaker.learn(self._bits[heard], self._past[heard])
            speaker.count = count
            self._direct[node], self._past[node] = speaker.direct, speaker.past
            speaker.learn(self._bits[node], 0)

    def _path(self, first: int, last: int) -> tuple[int, ...]:
        """Return the shortest way from `first` to `last`, each directly before the next."""
        ways: dict[int, tuple[int, ...]] = {last: (last,)}
        ready = [last]
        for node in ready:  # which grows meanwhile
            for before in self._nodes(self._direct[node]):
                if before not in ways:
                    ways[before] = (before, *ways[node])
                    ready.append(before)
        return ways[first]

    def _nodes(self, bits: int) -> Iterator[int]:
        while bits:
            last = bits.bit_length() - 1
            yield self.knot[last]
            bits ^= 1 << last

    def _last(self, bits: int) -> int:
        return self.knot[bits.bit_length() - 1]


@dataclass(slots=True)
class _Speaker:
    """What somebody has heard and said so far, and `past`: with it all that this answers."""

    count: int = 0
    direct: int = 0
    past: int = 0

    def learn(self, bit: int, past: int) -> None:
        """Take in the message of `bit`, and all that it answers."""
        self.direct |= bit
        self.past |= bit | past
