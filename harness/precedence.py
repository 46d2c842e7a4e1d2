"""Precedence: what comes before what, as a graph of small integers, and where that contradicts.

Nodes stand in chains, each before the next one of its chain. Knows nothing of chats. Pure.

Everything is linear in the length of all chains, and an edge takes four bytes, however often it
stands there: a run can have millions of deliveries.
"""

from array import array
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

_END = -1


class Precedence:
    """The nodes 0 to `count` - 1, and `chains` of them."""

    def __init__(self, count: int, chains: Iterable[Sequence[int]]) -> None:
        self.count = count
        flat = array("i", [_END])
        for chain in chains:
            flat.extend(chain)
            flat.append(_END)
        pairs = ((a, b) for a, b in pairwise(flat) if _END not in (a, b))
        leaving = Counter(a for a, b in pairwise(flat) if b != _END)
        self._begins = array("i", accumulate((leaving[node] for node in range(count)), initial=0))
        self._after = array("i", bytes(4 * self._begins[-1]))
        self._before = array("i", bytes(4 * count))
        free = self._begins[:]
        for before, behind in pairs:
            self._after[free[before]] = behind
            free[before] += 1
            self._before[behind] += 1

    def after(self, node: int) -> Sequence[int]:
        """Return what comes right after `node` in its chains, once for each chain."""
        return self._after[self._begins[node] : self._begins[node + 1]]

    def unsortable(self) -> list[int]:
        """Return the nodes that no order of all nodes can hold: those on cycles and behind them.

        Kahn, Topological Sorting of Large Networks (1962).
        """
        waiting = self._before[:]
        ready = [node for node in range(self.count) if not waiting[node]]
        for node in ready:  # which grows meanwhile
            for behind in self.after(node):
                waiting[behind] -= 1
                if not waiting[behind]:
                    ready.append(behind)
        return [node for node in range(self.count) if waiting[node]]

    def knots(self) -> list[list[int]]:
        """Return the sets of nodes each of which comes before all others of its set, small first.

        Every cycle lies within one of them: the strongly connected components of more than one
        node. Tarjan, Depth-First Search and Linear Graph Algorithms (1972).
        """
        search = _Search(self)
        for node in self.unsortable():
            search.from_(node)
        return sorted(search.knots, key=len)

    def shortest_cycle(self, knot: Sequence[int], work: int) -> list[int]:
        """Return the shortest cycle in `knot`, each node before the next and the last the first.

        Starts from as many of its nodes as `work`, a number of edges, allows, from one at least.
        """
        inside = frozenset(knot)
        edges = sum(len(self.after(node)) for node in knot)
        starts = knot[: max(work // edges, 1)]
        return min((self._cycle_from(start, inside) for start in starts), key=len)

    def _cycle_from(self, start: int, inside: frozenset[int]) -> list[int]:
        """Return the shortest cycle through `start`, which is on one."""
        came: dict[int, int] = {}
        ready = deque([start])
        while start not in came:
            node = ready.popleft()
            for behind in self.after(node):
                if behind in inside and behind not in came:
                    came[behind] = node
                    ready.append(behind)
        cycle, node = [start], came[start]
        while node != start:
            cycle.append(node)
            node = came[node]
        return [start, *cycle[:0:-1]]


class _Search:
    """One depth-first search, without recursion: paths are as long as a run."""

    def __init__(self, graph: Precedence) -> None:
        self.graph = graph
        self.knots: list[list[int]] = []
        self._index: dict[int, int] = {}
        self._low: dict[int, int] = {}
        self._open: list[int] = []
        self._is_open: set[int] = set()
        self._path: list[tuple[int, Iterator[int]]] = []

    def from_(self, start: int) -> None:
        """Search whatever can be reached from `start` and was not seen before."""
        if start not in self._index:
            self._enter(start)
        while self._path:
            node, rest = self._path[-1]
            for behind in rest:
                if behind not in self._index:
                    self._enter(behind)
                    break
                if behind in self._is_open:
                    self._low[node] = min(self._low[node], self._index[behind])
            else:
                self._leave(node)

    def _enter(self, node: int) -> None:
        self._index[node] = self._low[node] = len(self._index)
        self._open.append(node)
        self._is_open.add(node)
        self._path.append((node, iter(self.graph.after(node))))

    def _leave(self, node: int) -> None:
        self._path.pop()
        if self._path:
            parent = self._path[-1][0]
            self._low[parent] = min(self._low[parent], self._low[node])
        if self._low[node] < self._index[node]:
            return
        knot = [self._open.pop()]
        while knot[-1] != node:
            knot.append(self._open.pop())
        self._is_open.difference_update(knot)
        if len(knot) > 1:
            self.knots.append(knot)
