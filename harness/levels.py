"""Levels: which order of messages one run shows. Never a failure: no server has promised one.

- *Per sender* (RELAY-5): what one sender said arrives in the order in which it was said.
- *Causal* (RELAY-12): nobody who hears an answer and what it answers hears the answer first. A
  message answers what its sender had heard strictly before saying it, and what that answers.
- *Total* (RELAY-11): one order of all messages agrees with every receiver's. It is refuted by a
  cycle, which may need three receivers of whom no two contradict each other.

A sender does not hear its own messages, and so they have no place in its own order: when it says
one, that has not been relayed, and whatever it hears next may have come to the server earlier or
later. Until then the two are concurrent. What it had heard *before* it spoke is known to be
earlier; that is what causal order is about.

`total` is said only where causal order holds too. The two are independent: all may hear an answer
before what it answers. Knows nothing of how a stream is understood. Pure.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise

from harness.anomalies import Anomaly, Fault
from harness.attribution import Listener
from harness.case import counted, into, out, quoted
from harness.causality import Causality, Violation
from harness.orders import Heard, Orders
from harness.precedence import Precedence
from harness.speech import Message
from harness.transcript import Transcript
from harness.verdict import Levels, Moment, Order, Refuted

# A million deliveries take one to five seconds, by how much is out of order.
MOST_DELIVERIES = 5_000_000
# Steps spent on making a proof as short as can be; some proof is always found.
MOST_STEPS = 1_000_000

NOTHING = "no two people heard the same of two others, so there is nothing to tell by"
TOO_TANGLED = "too many messages contradict each other to look for answers among them"
ALL_ALIKE = "though one order of all messages fits everyone"


def levels_of(transcript: Transcript) -> Levels:
    """Return what order the run of a finished transcript shows, and what shows no better one."""
    if sender := _sender_refuted(transcript):
        return Levels(Order.NONE, sender=sender)
    deliveries = sum(len(listener.messages) for listener in transcript.listeners.values())
    if deliveries > MOST_DELIVERIES:
        note = f"more than {MOST_DELIVERIES} deliveries are not looked at"
        return Levels(Order.UNDETERMINED, note=note)
    orders = Orders(transcript)
    count = len(orders.messages)
    knots = Precedence(count, [*orders.chains(), *orders.causes()]).knots()
    if not knots:  # then one order fits what everyone heard, and why it was said
        return _best(orders)
    parts = orders.within(knots)
    told = _Telling(transcript, orders)
    total = _total_refuted(told, parts)
    return _knotted(told, zip(knots, parts, strict=True), total)


def _best(orders: Orders) -> Levels:
    if orders.tell_anything():
        return Levels(Order.TOTAL)
    return Levels(Order.UNDETERMINED, note=NOTHING)


def _knotted(
    told: "_Telling", knots: Iterable[tuple[list[int], list[Heard]]], total: Refuted | None
) -> Levels:
    """Return the levels of a run of which a part is in `knots`, with what was heard of each."""
    too_many = False
    for knot, parts in knots:
        causality = Causality(told.orders, knot, parts)
        too_many = too_many or causality.too_many
        if not causality.too_many and (found := causality.violation()):
            note = "" if total else ALL_ALIKE
            return Levels(Order.PER_SENDER, causal=told.answered(found), total=total, note=note)
    if too_many:
        return Levels(Order.UNDETERMINED, total=total, note=TOO_TANGLED)
    return Levels(Order.CAUSAL, total=total) if total else _best(told.orders)


# -- one sender's order ------------------------------------------------------------------------


def _sender_refuted(transcript: Transcript) -> Refuted | None:
    for conn, listener in transcript.listeners.items():
        for anomaly in listener.anomalies:
            message = anomaly.message
            if anomaly.fault is Fault.ORDER and message and transcript.voices.is_judged(message):
                return _out_of_order(transcript, conn, listener, anomaly, message)
    return None


def _out_of_order(
    transcript: Transcript, conn: int, listener: Listener, anomaly: Anomaly, message: Message
) -> Refuted:
    receiver, sender = transcript.people[conn], transcript.people[message.conn]
    pairs = zip(listener.messages, listener.times, strict=True)
    later, heard = next(
        (one, at) for one, at in pairs if one.conn == message.conn and one.number > message.number
    )
    return Refuted(
        f"{receiver.person} heard {sender.person}'s {quoted(later)} before {quoted(message)}, "
        f"which {sender.person} had said earlier",
        (
            out(message.at, sender, f"says {quoted(message)}"),
            out(later.at, sender, f"says {quoted(later)}"),
            into(heard, receiver, f"hears {quoted(later)}"),
            into(anomaly.at, receiver, f"hears {quoted(message)}"),
        ),
    )


# -- one order for all -------------------------------------------------------------------------


def _total_refuted(told: "_Telling", knots: list[list[Heard]]) -> Refuted | None:
    """Return two people who contradict each other, or else more of them, or nobody."""
    steps = MOST_STEPS
    for parts in knots:
        for one, other in combinations(parts, 2):
            steps -= len(one.nodes) + len(other.nodes)
            if steps < 0:
                break
            if pair := _contradiction(one, other):
                return told.contradicted(one.conn, other.conn, *pair)
    chains = [part.nodes for parts in knots for part in parts]
    graph = Precedence(len(told.orders.messages), chains)
    return next((told.circle(graph.shortest_cycle(k, MOST_STEPS)) for k in graph.knots()), None)


def _contradiction(one: Heard, other: Heard) -> tuple[int, int] | None:
    """Return two messages that `one` heard in this order, and `other` in the opposite one."""
    places = {node: place for place, node in enumerate(other.nodes)}
    last = None
    for node in one.nodes:
        if node in places:
            if last is not None and places[node] < places[last]:
                return last, node
            last = node
    return None


# -- in words ----------------------------------------------------------------------------------


class _Telling:
    """Turns numbers back into people and messages."""

    def __init__(self, transcript: Transcript, orders: Orders) -> None:
        self.people = transcript.people
        self.orders = orders

    def contradicted(self, one: int, other: int, first: int, second: int) -> Refuted:
        """Tell of two people who heard two messages in the opposite order."""
        says = f"{self._name(one)} heard {self._whose(first)} before {self._whose(second)}"
        hears = [(one, first), (one, second), (other, second), (other, first)]
        return Refuted(
            f"two people heard two messages in the opposite order: {says}, "
            f"{self._name(other)} after it",
            (self._said(first), self._said(second), *self._heard(hears)),
        )

    def circle(self, cycle: Sequence[int]) -> Refuted:
        """Tell of people no two of whom contradict each other."""
        pairs = list(zip(cycle, (*cycle[1:], cycle[0]), strict=True))
        steps = [(self._receiver(*pair), *pair) for pair in pairs]
        says = [
            f"{self._name(conn)} heard {self._whose(a)} before {self._whose(b)}"
            for conn, a, b in steps
        ]
        hears = [(conn, node) for conn, *both in steps for node in both]
        return Refuted(
            f"no one order fits what was heard: {', '.join(says)}",
            (*(self._said(node) for node in cycle), *self._heard(hears)),
        )

    def answered(self, violation: Violation) -> Refuted:
        """Tell of somebody who heard an answer before what it answers."""
        first, last = violation.path[0], violation.path[-1]
        who, sender = self._name(violation.receiver), self._sender(last)
        a, b = self._whose(first), self._whose(last)
        had = f"{sender} had heard that one before saying this"
        if len(violation.path) > 2:
            between = counted(len(violation.path) - 2, "other message")
            had = f"this answers that one by way of {between}"
        hears = [(violation.receiver, last), (violation.receiver, first)]
        return Refuted(
            f"an answer came before what it answers: {who} heard {b} before {a}: {had}",
            (self._said(first), *self._why(violation.path), *self._heard(hears)),
        )

    def _why(self, path: Sequence[int]) -> Iterable[Moment]:
        """Yield how each message of `path` came of the one before: it was heard, unless own."""
        for before, behind in pairwise(path):
            speaker = self.orders.messages[behind].conn
            if self.orders.messages[before].conn != speaker:
                yield from self._heard([(speaker, before)])
            yield self._said(behind)

    def _receiver(self, before: int, behind: int) -> int:
        """Return who heard `behind` right after `before`."""
        every = self.orders.heard.values()
        return next(one.conn for one in every if (before, behind) in pairwise(one.nodes))

    def _heard(self, hears: Iterable[tuple[int, int]]) -> list[Moment]:
        moments = []
        for conn, node in hears:
            heard = self.orders.heard[conn]
            at = heard.times[heard.nodes.index(node)]
            moments.append(into(at, self.people[conn], f"hears {self._quoted(node)}"))
        return moments

    def _said(self, node: int) -> Moment:
        message = self.orders.messages[node]
        return out(message.at, self.people[message.conn], f"says {self._quoted(node)}")

    def _sender(self, node: int) -> str:
        return self._name(self.orders.messages[node].conn)

    def _name(self, conn: int) -> str:
        return self.people[conn].person

    def _whose(self, node: int) -> str:
        return f"{self._sender(node)}'s {self._quoted(node)}"

    def _quoted(self, node: int) -> str:
        return quoted(self.orders.messages[node])
