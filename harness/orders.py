"""Orders: in which order each receiver heard what it heard, as small integers.

Only what is certain counts. A message that came damaged, is in doubt, is no text or carries no
token (so that another one could be taken for it) is left out, and so is what came twice or is the
receiver's own; of a receiver whose stream could not be understood nothing is kept. Pure.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from harness.attribution import Listener
from harness.speech import Message
from harness.transcript import Transcript

_NO_KNOT = -1


@dataclass(slots=True)
class Heard:
    """What `conn` has heard, in its order: places in `Orders.messages`, and nanoseconds."""

    conn: int
    nodes: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)

    def before(self, at: int) -> int:
        """Return how many it had heard strictly before `at`: what touches is concurrent."""
        return bisect_left(self.times, at)


class Orders:
    """The messages that anybody has heard, and what each receiver has heard of them."""

    def __init__(self, transcript: Transcript) -> None:
        self.messages: list[Message] = []
        self.heard: dict[int, Heard] = {}
        self._places: dict[Message, int] = {}
        for conn, listener in transcript.listeners.items():
            if not (listener.overwhelmed or listener.deaf):
                self.heard[conn] = self._hear(conn, listener, transcript)

    def _hear(self, conn: int, listener: Listener, transcript: Transcript) -> Heard:
        heard, now = Heard(conn), 0
        latest: dict[int, int] = {}
        uncertain = listener.damaged | listener.doubtful
        judged, places = transcript.voices.is_judged, self._places
        for message, at in zip(listener.messages, listener.times, strict=True):
            # What became certain only later stands behind what was heard meanwhile.
            if message.number <= latest.get(message.conn, -1) or at < now or not message.token:
                continue
            if message.conn == conn or message in uncertain or not judged(message):
                continue
            latest[message.conn], now = message.number, at
            place = places.setdefault(message, len(places))
            if place == len(self.messages):
                self.messages.append(message)
            heard.nodes.append(place)
            heard.times.append(at)
        return heard

    def chains(self) -> Iterator[list[int]]:
        """Yield what each receiver has heard, in its order."""
        return (heard.nodes for heard in self.heard.values())

    def causes(self) -> Iterator[list[int]]:
        """Yield what comes before what because of those who spoke.

        One's own messages one after the other; and the last one heard before speaking before what
        was said then: together with `chains` that is all that was heard before.
        """
        spoken: dict[int, list[int]] = {}
        for node in sorted(range(len(self.messages)), key=lambda node: self.messages[node].number):
            spoken.setdefault(self.messages[node].conn, []).append(node)
        for conn, own in spoken.items():
            yield own
            heard = self.heard.get(conn, Heard(conn))
            for node in own:
                if count := heard.before(self.messages[node].at):
                    yield [heard.nodes[count - 1], node]

    def tell_anything(self) -> bool:
        """Tell whether receivers could have contradicted each other at all.

        Two who heard the same two messages of two senders could; so could three of whom each two
        share one. In general: who heard what is a graph with a cycle, and who heard whom is too.
        """
        senders = [message.conn for message in self.messages]
        heard = self.heard.values()
        whom = {(one.conn, senders[node]) for one in heard for node in one.nodes}
        what = ((one.conn, node) for one in heard for node in one.nodes)
        return _has_cycle(whom) and _has_cycle(what)

    def within(self, knots: list[list[int]]) -> list[list[Heard]]:
        """Return for each of `knots`, found with `chains`, what each receiver heard of its nodes.

        What somebody heard between two nodes of a knot is in it, too: so that is one piece.
        """
        knot_of = array("i", [_NO_KNOT]) * len(self.messages)
        for index, knot in enumerate(knots):
            for node in knot:
                knot_of[node] = index
        found: list[list[Heard]] = [[] for _ in knots]
        for conn, heard in self.heard.items():
            end = 0
            for index, run in groupby(map(knot_of.__getitem__, heard.nodes)):
                begin, end = end, end + len(list(run))
                if index != _NO_KNOT:
                    part = Heard(conn, heard.nodes[begin:end], heard.times[begin:end])
                    found[index].append(part)
        return found


def _has_cycle(pairs: Iterable[tuple[int, int]]) -> bool:
    """Tell whether `pairs` of a receiver and something else, all different, close a circle."""
    roots: dict[int, int] = {}

    def root(node: int) -> int:
        while (parent := roots.setdefault(node, node)) != node:
            roots[node] = roots[parent]
            node = roots[node]
        return node

    for receiver, other in pairs:
        one, two = root(~receiver), root(other)
        if one == two:
            return True
        roots[one] = two
    return False
