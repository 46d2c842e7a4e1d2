"""Prefixes: what may stand before a piece of a stream, and where it stands in a text.

Every prefix is literal: what comes before somebody's words, before a hearer's own words, and whole
notices of the server, which are prefixes with nothing behind them. Without frames a prefix may
begin anywhere, and is looked for by an anchor, a part of it that is the same for all; with frames
it begins where a frame does, and nowhere else. Speakers are numbers; those of notices lie below
`NOBODY`. Knows neither dialects nor what anyone said. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from harness.readings import NOBODY

# A frame whose speaker is told by its text alone is waited for up to this many bytes.
MOST_AWAITED = 1 << 16


class Row(NamedTuple):
    """A prefix in a text, from `begin` to `end`, and those whose it is."""

    begin: int
    end: int
    conns: list[int]


@dataclass(slots=True)
class _Family:
    """Prefixes with one anchor: so many bytes before and behind it, `behind` at most."""

    behind: int = 0
    shapes: set[tuple[int, int]] = field(default_factory=set)
    literals: set[bytes] = field(default_factory=set)


class Prefixes:
    """All prefixes of one room; `ending` ends a frame, and is empty where there are none.

    Where `echoing`, a hearer's own words come behind a prefix of their own.
    """

    def __init__(self, ending: bytes, echoing: bool) -> None:
        self.relayed: dict[bytes, list[int]] = {}
        self.longest = 0
        self.shared: bytes | None = None
        self._ending = ending
        self._echoing = echoing
        self._own: dict[bytes, set[int]] = {}
        self._notices: dict[bytes, int] = {}
        self._families: dict[bytes, _Family] = {}
        self._literals: set[bytes] = set()
        self._lengths: set[int] = set()
        self._partials: set[bytes] = set()
        self._endings: set[bytes] = set()

    # -- what there is -------------------------------------------------------------------------

    def expect(self, anchor: bytes) -> None:
        """Prepare for prefixes with `anchor`: from now on texts that hold it are not plain."""
        self._families.setdefault(anchor, _Family())

    def is_plain(self, text: bytes) -> bool:
        """Tell whether no prefix can stand in `text`, the inside of a message."""
        return bool(self._ending) or not any(anchor in text for anchor in self._families)

    def add(self, prefix: bytes, anchor: bytes, reach: int, conn: int) -> None:
        """Let `conn` be heard behind `prefix`, which has `anchor` at `reach`."""
        self._learn(prefix, anchor, reach)
        conns = self.relayed.setdefault(prefix, [])
        if conn not in conns:
            conns.append(conn)

    def add_own(self, prefix: bytes, anchor: bytes, reach: int, conn: int) -> None:
        """Let `conn` hear itself behind `prefix`."""
        self._learn(prefix, anchor, reach)
        self._own.setdefault(prefix, set()).add(conn)

    def add_notice(self, text: bytes, anchor: bytes, reach: int) -> int | None:
        """Let the server say `text`; return the number of its speaker, None for known ones."""
        if text in self._notices:
            return None
        self._learn(text, anchor, reach)
        self._notices[text] = NOBODY - 1 - len(self._notices)
        return self._notices[text]

    def _learn(self, literal: bytes, anchor: bytes, reach: int) -> None:
        if literal in self._literals:
            return
        family = self._families.setdefault(anchor, _Family())
        tail = len(literal) - reach - len(anchor)
        family.shapes.add((reach, tail))
        family.behind = max(family.behind, tail)
        family.literals.add(literal)
        self._literals.add(literal)
        self._lengths.add(len(literal))
        self._partials.update(literal[:end] for end in range(1, len(literal)))
        self._endings.update(literal[:end][-2:] for end in range(1, len(literal)))
        self.longest = max(self.longest, len(literal))

    def _whose(self, literal: bytes, hearer: int, strict: bool) -> list[int]:
        conns = self.relayed.get(literal, [])
        if not (self._echoing or self._notices):
            return conns
        if self._echoing:
            own = hearer in self._own.get(literal, ())
            conns = [conn for conn in conns if conn != hearer or (own or not strict)]
            conns += [hearer] if own and hearer not in conns else []
        notice = self._notices.get(literal)
        return conns if notice is None else [*conns, notice]

    # -- where it stands -----------------------------------------------------------------------

    def find(
        self, text: bytes, after: int, hearer: int, *, strict: bool = True, final: bool = False
    ) -> list[Row]:
        """Return each prefix in `text` that is seen only behind `after`, in its order.

        Where `strict`, the hearer's own words stand behind its own prefix only. `final` says that
        nothing more will come: then a shared prefix is seen, whatever stands behind it.
        """
        found = self._framed(text, after, final) if self._ending else self._anchored(text, after)
        rows = [Row(at, end, self._whose(text[at:end], hearer, strict)) for at, end in found]
        return sorted([row for row in rows if row.conns], key=_place)

    def at_front(self, text: bytes, hearer: int) -> list[Row]:
        """Return the prefixes with which `text`, a frame, may begin; right or wrong ones."""
        lengths = [length for length in sorted(self._lengths) if length <= len(text)]
        rows = [Row(0, end, self._whose(text[:end], hearer, strict=False)) for end in lengths]
        return [row for row in rows if row.conns]

    def _anchored(self, text: bytes, after: int) -> Iterator[tuple[int, int]]:
        for anchor, family in self._families.items():
            width, literals = len(anchor), family.literals
            at = text.find(anchor, max(after - width - family.behind + 1, 0))
            while at >= 0:
                for reach, tail in family.shapes:
                    begin, end = at - reach, at + width + tail
                    if begin >= 0 and after < end <= len(text) and text[begin:end] in literals:
                        yield begin, end
                at = text.find(anchor, at + 1)

    def _framed(self, text: bytes, after: int, final: bool) -> Iterator[tuple[int, int]]:
        for begin in self._beginnings(text, after):
            for length in self._lengths:
                end = begin + length
                literal = text[begin:end]
                if len(literal) < length or begin == len(text) or literal not in self._literals:
                    continue
                seen = max(end, begin + 1)
                if literal == self.shared:
                    seen = self._seen(text, begin, end)
                if (after < seen <= len(text)) or (final and seen > len(text)):
                    yield begin, end

    def _beginnings(self, text: bytes, after: int) -> Iterator[int]:
        """Yield where a frame may begin in `text` whose prefix may be seen behind `after`."""
        first = max(after - self.longest, 0)
        if self.shared is not None:
            ended = text.rfind(self._ending, 0, after)
            first = min(first, ended + len(self._ending)) if ended >= 0 else 0
        if first == 0:
            yield 0
        last = self._ending[-1:]
        at = text.find(last, max(first - 1, 0))
        while at >= 0:
            yield at + 1
            at = text.find(last, at + 1)

    def _seen(self, text: bytes, begin: int, body: int) -> int:
        """Return where enough of the frame at `begin` has come; beyond `text` for not yet."""
        at = text.find(self._ending, body)
        ended = at + len(self._ending) if at >= 0 else begin + MOST_AWAITED
        return min(ended, begin + MOST_AWAITED)

    # -- where it may have begun ---------------------------------------------------------------

    def unfinished(self, text: bytes, final: bool = False) -> list[int]:
        """Return where in `text` a prefix may have begun that is not seen yet.

        `final` says that nothing more will come: then a shared prefix is always seen.
        """
        if not self._ending:
            first = max(len(text) - self.longest + 1, 0)
            return [at for at in range(first, len(text)) if text[at:] in self._partials]
        return [at for at in self._beginnings(text, len(text)) if self._is_awaited(text, at, final)]

    def _is_awaited(self, text: bytes, at: int, final: bool) -> bool:
        if len(text) - at < self.longest and text[at:] in self._partials:
            return True
        begun = self.shared is not None and at < len(text) and text.startswith(self.shared, at)
        if final or not begun or self.shared is None:
            return False
        return self._seen(text, at, at + len(self.shared)) > len(text)

    def may_turn(self, text: bytes, end: int) -> bool:
        """Tell whether a prefix may have begun in `text` just before `end`, and not ended there.

        With frames `end` is the end of one, and so none has begun.
        """
        if self._ending:
            return False
        # Two looks decide nearly always: how the text ends is how no beginning of a prefix ends.
        if text[end - 1 : end] not in self._endings and text[end - 2 : end] not in self._endings:
            return False
        first = max(end - self.longest + 1, 0)
        return any(text[at:end] in self._partials for at in range(first, end))


def _place(row: Row) -> tuple[int, int]:
    return row.begin, row.end
