"""A finding's moments as a small sequence diagram in plain text.

    seconds   alice        server                bob
                │             │                   │
      0.412     ├── hello ───►│                   │
      0.413     │             ├── alice: hello ──►│
      0.500     ├── you? ────►│                   │
      never     │             ├─ alice: you? ─  ✗ │

The server stands in the middle, the people around it: first who speaks, so that talk runs from left
to right, then who only listens, each in the order in which they appear. What should have happened
and did not is a broken arrow that ends in a cross. Knows nothing of checks and of requirements;
everything that it draws may come from a tested program, and is escaped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from harness.escape import cells, counted, excerpt, wrap
from harness.report.canvas import ASCII, UNICODE, Arrow, Glyphs, Row, needed
from harness.report.page import Paint, painted
from harness.verdict import Direction, Moment

SERVER = "server"
MOST_PEOPLE = 4
MOST_MOMENTS = 24

_LEAST_WIDTH = 40
_LEAST_LANE, _MOST_LABEL = 14, 100
_LONGEST_NAME = 16
_TIMES = "seconds"
_NEVER = "never"


def draw(
    moments: Iterable[Moment], *, width: int = 100, ascii_only: bool = False, colour: bool = False
) -> list[str]:
    """Return the lines of a diagram of `moments`; none where there are none.

    No line takes more than `width` cells (40 at least). Moments are drawn by their times, those of
    one time in the order given. Of many people and many moments those that are missing come first,
    and the last line says how much is not drawn.
    """
    chosen = _choose(sorted(moments, key=lambda moment: moment.at))
    if not chosen.moments:
        return []
    layout = _lay_out(chosen, max(width, _LEAST_WIDTH), ASCII if ascii_only else UNICODE)
    lines = [layout.header(), layout.lifelines().text()]
    for moment, follows in zip(chosen.moments, chosen.follows, strict=True):
        if not follows:
            lines.append(layout.lifelines(more=True).text())
        paint = Paint.BAD if moment.missing else Paint.PLAIN
        lines += [painted(row.text(), paint, colour=colour) for row in _rows(moment, layout)]
    return [*lines, *chosen.not_drawn(layout.width)]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What is drawn: `people` and `moments`; `follows` is false where something is left out."""

    people: tuple[str, ...]
    moments: tuple[Moment, ...]
    follows: tuple[bool, ...]
    others: int
    omitted: int

    def not_drawn(self, width: int) -> list[str]:
        if not self.omitted:
            return []
        others = f", {counted(self.others, 'more person', 'more people')}" if self.others else ""
        moments = counted(self.omitted, "more moment", "more moments")
        return wrap(f"(not drawn: {moments}{others})", width)


def _choose(moments: Sequence[Moment]) -> _Chosen:
    people = _people(moments)
    shown = _most_needed(people, moments)
    kept = _most_telling(moments, shown)
    return _Chosen(
        people=tuple(who for who in people if who in shown),
        moments=tuple(moments[at] for at in kept),
        follows=tuple(at == before + 1 for before, at in zip([-1, *kept], kept, strict=False)),
        others=len(people) - len(shown),
        omitted=len(moments) - len(kept),
    )


def _people(moments: Sequence[Moment]) -> list[str]:
    speak = [each.who for each in moments if each.direction is Direction.TO_SERVER]
    return list(dict.fromkeys([*speak, *(each.who for each in moments if not _of_server(each))]))


def _of_server(moment: Moment) -> bool:
    return moment.direction is Direction.NOTE and moment.who in ("", SERVER)


def _most_needed(people: Sequence[str], moments: Sequence[Moment]) -> set[str]:
    """Choose who is drawn: the first who speaks, whoever misses something, then the others."""
    lacking = {each.who for each in moments if each.missing}
    order = sorted(people, key=lambda who: who != people[0] and who not in lacking)
    return set(order[:MOST_PEOPLE])


def _most_telling(moments: Sequence[Moment], shown: set[str]) -> list[int]:
    """Choose which moments are drawn: what is missing, then the first and the last."""
    last = len(moments) - 1
    possible = [at for at, each in enumerate(moments) if _of_server(each) or each.who in shown]
    possible.sort(key=lambda at: (not moments[at].missing, min(at, last - at)))
    return sorted(possible[:MOST_MOMENTS])


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand, as columns: the lifelines, the end of the times, and the right edge."""

    names: tuple[tuple[str, int], ...]
    people: dict[str, int]
    server: int
    times: int
    width: int
    glyphs: Glyphs

    def places(self) -> list[int]:
        return sorted((self.server, *self.people.values()))

    def header(self) -> str:
        row = Row(self.width)
        row.put(0, _TIMES.rjust(self.times))
        for name, place in self.names:
            row.put(place - cells(name) // 2, name)
        return row.text()

    def lifelines(self, *, more: bool = False) -> Row:
        row = Row(self.width)
        for place in self.places():
            row.put(place, self.glyphs.more if more else self.glyphs.line)
        return row

    def arrow(self, moment: Moment) -> Arrow:
        person = self.people[moment.who]
        low, high = sorted((person, self.server))
        between = tuple(at for at in self.places() if low < at < high)
        inward = moment.direction is Direction.TO_SERVER
        return Arrow(person, self.server, inward, moment.missing, between)

    def words(self, moment: Moment, most: int) -> str:
        return excerpt(moment.text, most, ascii_only=self.glyphs.ascii_only)


def _lay_out(chosen: _Chosen, width: int, glyphs: Glyphs) -> _Layout:
    half = len(chosen.people) // 2 or len(chosen.people)
    times = max(len(_TIMES), *(len(_seconds(each)) for each in chosen.moments))
    longest = min(_LONGEST_NAME, (width - times - 2) // (len(chosen.people) + 1) - 2)
    names = [excerpt(who, longest, ascii_only=glyphs.ascii_only) for who in chosen.people]
    names.insert(half, SERVER)
    first = times + 3 + cells(names[0]) // 2
    room = width - first - 1 - cells(names[-1]) // 2
    lanes = _fitted(_wishes(chosen, names, glyphs), room)
    places = list(accumulate(lanes, initial=first))
    people = dict(zip(chosen.people, places[:half] + places[half + 1 :], strict=True))
    shown = tuple(zip(names, places, strict=True))
    return _Layout(shown, people, places[half], times, width, glyphs)


def _wishes(chosen: _Chosen, names: Sequence[str], glyphs: Glyphs) -> list[int]:
    """Return how wide each lane is that has room for the names and for what its person says."""
    wishes = [max(_LEAST_LANE, (cells(a) + cells(b)) // 2 + 2) for a, b in pairwise(names)]
    for lane, who in enumerate(chosen.people):  # the lane on the way to the server
        words = [
            excerpt(each.text, _MOST_LABEL, ascii_only=glyphs.ascii_only)
            for each in chosen.moments
            if each.who == who
        ]
        wishes[lane] = max(wishes[lane], *map(needed, words), 0)
    return wishes


def _fitted(wishes: Sequence[int], room: int) -> list[int]:
    """Cut the widest of `wishes` down to one and the same width, so that all fit into `room`."""
    most = next(most for most in range(room, -1, -1) if sum(min(w, most) for w in wishes) <= room)
    return [min(wish, most) for wish in wishes]


def _seconds(moment: Moment) -> str:
    return f"{moment.at / 1e9:.3f}"


def _rows(moment: Moment, layout: _Layout) -> list[Row]:
    """Draw one moment in a row; in two where what is said does not fit on its arrow."""
    row = layout.lifelines()
    time = _NEVER if moment.missing else _seconds(moment)
    row.put(0, time.rjust(layout.times))
    if moment.direction is Direction.NOTE:
        _note(row, moment, layout)
        return [row]
    arrow = layout.arrow(moment)
    arrow.draw(row, layout.glyphs)
    label = layout.words(moment, layout.width - layout.times - 4)
    if arrow.label(row, label):
        return [row]
    above = layout.lifelines()
    above.put(min(arrow.low + 2, layout.width - cells(label) - 2), f" {label} ")
    return [above, row]


def _note(row: Row, moment: Moment, layout: _Layout) -> None:
    """Draw an event on its lifeline, with its words on the side that has more room."""
    place = layout.server if _of_server(moment) else layout.people[moment.who]
    row.put(place, layout.glyphs.never if moment.missing else layout.glyphs.event)
    before, behind = place - layout.times - 4, layout.width - place - 3
    if behind >= before:
        row.put(place + 1, f" {layout.words(moment, behind)} ")
    else:
        label = layout.words(moment, before)
        row.put(place - cells(label) - 2, f" {label} ")
