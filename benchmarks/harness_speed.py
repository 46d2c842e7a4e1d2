"""Measure the harness itself: a verified delivery, the judge alone, joining, and memory.

What a verified delivery costs is measured beside receiving the same bytes unchecked, in rounds that
are interleaved, so that what disturbs the machine disturbs both; medians are shown, and of a ratio
the smallest and the largest too. It knows how to measure nothing itself: `verified.py`,
`joining.py` and `room.py` do.

Usage, from the project's root: python benchmarks/harness_speed.py [--quick] [--json]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

# The project need not be installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import joining, verified
from benchmarks.room import READS, Room
from harness.dialect_files import load_dialect

SIZES = (1, 5, 20)
"""Messages in a read."""
STORED = 500
"""People of a stored history; its size is in how much they say."""
PARTS = ("delivery", "judge", "join")


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: a room of `people` who say `times` messages, and the rest."""

    people: int
    times: int
    rounds: int
    stored: tuple[tuple[int, int], ...]
    joining: tuple[int, ...]


FULL = Extent(100, 5, 5, ((STORED, 3),), (1000, 5000))
QUICK = Extent(10, 2, 1, ((10, 4),), (20,))
TEN_MILLION = (STORED, 39)


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median over the rounds, and the smallest and the largest."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.least:.2f}-{self.most:.2f})"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Microseconds of processor time for a delivery, and ratios to receiving it unchecked."""

    reads: str
    messages_per_read: int
    received: float
    attributed: float
    judged: float
    attributed_ratio: Ratio
    verified_ratio: Ratio


@dataclass(frozen=True, slots=True)
class Judging:
    """A stored history: microseconds for a delivery, and the seconds for all."""

    reads: str
    deliveries: int
    load: float
    judged: float
    seconds: float


def deliveries(extent: Extent) -> list[Delivery]:
    """Measure verified deliveries, round by round over all kinds of reads."""
    room = Room(load_dialect("raw"), extent.people, extent.times)
    kinds = [(reads, size) for reads in READS for size in SIZES]
    samples: dict[tuple[str, int], list[verified.Live]] = {kind: [] for kind in kinds}
    for _ in range(extent.rounds):
        for kind, rows in samples.items():
            rows.append(verified.measure(room, *kind))
    return [_delivery(*kind, rows) for kind, rows in samples.items()]


def _delivery(reads: str, size: int, rows: list[verified.Live]) -> Delivery:
    def median(of: Callable[[verified.Live], float]) -> float:
        return statistics.median(map(of, rows)) * 1e6

    return Delivery(
        reads=reads,
        messages_per_read=size,
        received=median(lambda row: row.received),
        attributed=median(lambda row: row.attributed),
        judged=median(lambda row: row.judged),
        attributed_ratio=_ratio([row.attributed / row.received for row in rows]),
        verified_ratio=_ratio([(row.attributed + row.judged) / row.received for row in rows]),
    )


def _ratio(values: list[float]) -> Ratio:
    return Ratio(statistics.median(values), min(values), max(values))


def judging(extent: Extent) -> list[Judging]:
    """Measure loading and judging stored histories, of 20 messages a read."""
    rows = []
    for people, times in extent.stored:
        for reads in ("equal", "unequal"):
            room = Room(load_dialect("raw"), people, times)
            one = verified.judge_stored(room, reads, SIZES[-1])
            each = 1e6 / one.deliveries
            load, judged = one.load_cpu * each, one.judge_cpu * each
            rows.append(Judging(reads, one.deliveries, load, judged, one.judge_seconds))
    return rows


# -- showing ---------------------------------------------------------------------------------------


def show_deliveries(rows: list[Delivery], extent: Extent) -> str:
    """Return the table of `rows`."""
    head = f"a verified delivery, {extent.people} people, medians of {extent.rounds} rounds: "
    columns = "  reads    messages each  received  attributed    judged"
    lines = [
        head + "processor µs, and times as much as receiving it unchecked",
        columns + "    attributed, ratio      verified, ratio",
    ]
    lines += [
        f"  {row.reads:9}{row.messages_per_read:13}{row.received:10.2f}{row.attributed:12.2f}"
        f"{row.judged:10.2f}{row.attributed_ratio!s:>21}{row.verified_ratio!s:>21}"
        for row in rows
    ]
    return "\n".join(lines)


def show_judging(rows: list[Judging]) -> str:
    """Return the table of `rows`."""
    lines = [
        "the judge alone, a stored history, 20 messages in a read",
        "  reads      deliveries  load, µs each  judge, µs each  processor s  clock s",
    ]
    lines += [
        f"  {row.reads:9}{row.deliveries:12,}{row.load:15.2f}{row.judged:16.2f}"
        f"{row.judged * row.deliveries / 1e6:13.1f}{row.seconds:9.1f}"
        for row in rows
    ]
    return "\n".join(lines)


def show_joining(rows: list[joining.Joined]) -> str:
    """Return the table of `rows`."""
    lines = [
        "joining the reference server; the server's own time and memory are not counted",
        "  people   seconds   processor s   µs each   memory each, KiB",
    ]
    lines += [
        f"  {row.people:6,}{row.seconds:10.2f}{row.cpu:14.2f}"
        f"{row.cpu / row.people * 1e6:10.0f}{row.bytes_each / 1024:19.1f}"
        for row in rows
    ]
    return "\n".join(lines)


# -- the command -----------------------------------------------------------------------------------


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure the harness itself.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rounds", type=int, metavar="N", help="of verified deliveries")
    parser.add_argument("--people", type=int, nargs="+", metavar="N", help="how many join")
    parser.add_argument("--ten-million", action="store_true", help="judge ten million, too")
    parser.add_argument("--quick", action="store_true", help="only see whether it works: seconds")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    given = parser.parse_args()
    if given.rounds is not None and given.rounds < 1:
        parser.error("at least 1 round")
    if given.people is not None and min(given.people) < 1:
        parser.error("at least 1 person")
    return given


def extent_of(given: argparse.Namespace) -> Extent:
    """Return how much is to be measured."""
    base = QUICK if given.quick else FULL
    return Extent(
        people=base.people,
        times=base.times,
        rounds=given.rounds or base.rounds,
        stored=(*base.stored, TEN_MILLION) if given.ten_million else base.stored,
        joining=tuple(given.people or base.joining),
    )


def main() -> None:
    """Measure, and print a table of each part, or all figures as JSON."""
    given = arguments()
    extent = extent_of(given)
    figures: dict[str, list[dict[str, object]]] = {}

    def tell(part: str, rows: list[Delivery] | list[Judging] | list[joining.Joined]) -> None:
        figures[part] = [asdict(row) for row in rows]

    def show(text: str) -> None:
        if not given.json:
            print(text, flush=True)

    if "join" in given.only:
        people = [joining.measure(count) for count in extent.joining]
        tell("join", people)
        show(show_joining(people))
    if "delivery" in given.only:
        heard = deliveries(extent)
        tell("delivery", heard)
        show(show_deliveries(heard, extent))
    if "judge" in given.only:
        stored = judging(extent)
        tell("judge", stored)
        show(show_judging(stored))
    if given.json:
        print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
