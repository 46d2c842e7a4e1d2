"""Kept names: what was read, as if the server had put right the nicknames that were to be.

Whoever sends whole lines (`nc` does) has a line end behind the nickname. A server that keeps it
writes it wherever it writes the name, and so breaks whatever stands there; all else that it does
may be right. So what was read can be looked at once more without what the server has kept. Pure.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from harness.dialect import Dialect
from harness.events import Connect, Event, Named, Read


@dataclass(frozen=True, slots=True)
class Kept:
    """A `history` with the names put right, and where first one stood as it had been sent.

    `name` is how that was sent, `read` what had it, and `text` what was read from there on.
    """

    history: list[Event]
    name: Named
    read: Read
    text: bytes


class _Place(NamedTuple):
    """Where in a stream a nickname stands as it was sent, and how it should have been written."""

    begin: int
    end: int
    nick: bytes
    name: Named


def put_right(dialect: Dialect, history: Sequence[Event]) -> Kept | None:
    """Return `history` with the names put right in what was read; None where none was kept."""
    sent = dict(_not_right(dialect, history))
    streams: dict[int, list[int]] = defaultdict(list)
    for index, event in enumerate(history):
        if isinstance(event, Read) and sent:
            streams[event.conn].append(index)
    right = list(history)
    found = [one for stream in streams.values() for one in _put_right(right, stream, sent)]
    if not found:
        return None
    index, name, text = min(found, key=lambda one: one[0])
    read = history[index]
    assert isinstance(read, Read)
    return Kept([one for one in right if not _is_empty(one)], name, read, text)


def _not_right(
    dialect: Dialect, history: Sequence[Event]
) -> Iterator[tuple[bytes, tuple[bytes, Named]]]:
    """Yield what was sent as a nickname and is to be written otherwise: how, and by whom."""
    nicks = {event.conn: event.nick for event in history if isinstance(event, Connect)}
    for event in history:
        if isinstance(event, Named) and dialect.nickname:
            sent = dialect.nickname.ends.unwrap(event.data)
            nick = dialect.encode(nicks[event.conn])
            if sent and sent != nick:
                yield sent, (nick, event)


def _put_right(
    history: list[Event], stream: list[int], sent: Mapping[bytes, tuple[bytes, Named]]
) -> Iterator[tuple[int, Named, bytes]]:
    """Put names right in the reads of one connection; yield where each of these had the first."""
    reads = [one for index in stream if isinstance(one := history[index], Read)]
    text = b"".join(read.data for read in reads)
    places = list(_places(text, sent))
    begins, ends = [one.begin for one in places], [one.end for one in places]
    end = 0
    for index, read in zip(stream, reads, strict=True):
        begin, end = end, end + len(read.data)
        here = places[bisect_right(ends, begin) : bisect_left(begins, end)]
        if here:
            history[index] = replace(read, data=_written(read.data, begin, here))
            yield index, here[0].name, text[here[0].begin : end]


def _places(text: bytes, sent: Mapping[bytes, tuple[bytes, Named]]) -> Iterator[_Place]:
    # The longest first: one may be the beginning of another.
    longest_first = sorted(sent, key=len, reverse=True)
    for found in re.finditer(b"|".join(map(re.escape, longest_first)), text):
        yield _Place(found.start(), found.end(), *sent[found[0]])


def _written(data: bytes, begin: int, places: list[_Place]) -> bytes:
    """Write `data`, which begins at `begin` of the stream; a name cut in two goes to the first."""
    written, at = b"", 0
    for place in places:
        written += data[at : max(place.begin - begin, 0)]
        written += place.nick if place.begin >= begin else b""
        at = place.end - begin
    return written + data[at:]


def _is_empty(event: Event) -> bool:
    return isinstance(event, Read) and not event.data
