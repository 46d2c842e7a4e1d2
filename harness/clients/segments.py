"""Segments: how what the server sends is cut, and what it greets with. Pure."""

from itertools import pairwise
from random import Random

from harness.announcement import Audience, Occasion
from harness.client_values import Cuts
from harness.dialect import Dialect
from harness.on import Cutting

_MOST_RANDOM = 8


def cut(data: bytes, cuts: Cuts | None, before: int, random: Random) -> tuple[bytes, ...]:
    """Return the segments of `data`; `before` bytes of it stand before the first message."""
    if not data:
        return ()
    edges = [0, *_places(data, cuts, before, random), len(data)] if cuts else [0, len(data)]
    return tuple(data[begin:end] for begin, end in pairwise(edges))


def _places(data: bytes, cuts: Cuts, before: int, random: Random) -> list[int]:
    if cuts.before_message:
        return [before] if 0 < before < len(data) else []
    if cuts.segments.cutting is Cutting.BYTES:
        return list(range(cuts.segments.size, len(data), cuts.segments.size))
    if cuts.segments.cutting is Cutting.RANDOM and len(data) > 1:
        count = random.randint(1, min(_MOST_RANDOM, len(data) - 1))
        return sorted(random.sample(range(1, len(data)), count))
    return []


def greeting(dialect: Dialect, nick: str) -> bytes:
    """Return what a newcomer is told: the greeting, and of the own coming where all are."""
    told = b""
    values = {"nick": nick, "host": "127.0.0.1", "port": "50000", "time": "12:34:56"}
    for notice in dialect.notices:
        to_all = notice.occasion is Occasion.JOIN and notice.audience is not Audience.OTHERS
        if notice.occasion is Occasion.GREETING or to_all:
            text = dialect.encode(notice.template.render(values))
            told += dialect.heard.ends.wrap(text)
    return told
