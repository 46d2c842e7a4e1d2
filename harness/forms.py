"""Forms: where in a text one relayed message ends and the next begins, as far as that can be seen.

In a stream without frames a form reaches from one relayed prefix to the next, with frames from one
frame end to the next; a notice of the server is a form of its own. This file knows names and line
ends, not what anyone said. Pure.
"""

from typing import NamedTuple

from harness.prefixes import Row
from harness.readings import NOBODY
from harness.speech import Voices

# A form without a known token is waited for up to this many bytes.
PATIENCE = 1 << 16
# How much of the text is looked at first.
GLANCE = 64


class Form(NamedTuple):
    """One relayed form in the text: its prefix from `begin` to `body`, then up to `end`.

    `conns` are those whose prefix it is, empty where none is known; `whole` says that its end is
    known. A `notice` has no body.
    """

    begin: int
    body: int
    end: int
    conns: tuple[int, ...]
    whole: bool
    notice: bool = False


def find_form(
    voices: Voices, text: bytearray, *, final: bool, inside: bool, own: int = NOBODY
) -> Form | None:
    """Return the first form in `text`, as `own` reads it; None where its end is awaited.

    `final` says that nothing more will come, `inside` that the text begins inside a frame.
    """
    if voices.framed:
        return _frame(voices, text, final, inside, own)
    return _unframed(voices, text, final, own)


def _unframed(voices: Voices, text: bytearray, final: bool, own: int) -> Form:
    prefixes = _next_prefixes(voices, text, own)
    if not prefixes or prefixes[0][0] > 0:
        end = prefixes[0][0] if prefixes else len(text)
        return Form(0, 0, end, (), bool(prefixes) or final or end >= PATIENCE)
    body = max(end for begin, end, _ in prefixes if begin == 0)
    every = [conn for begin, _, conns in prefixes if begin == 0 for conn in conns]
    conns = tuple(conn for conn in every if conn > NOBODY)
    later = [begin for begin, _, _ in prefixes if begin >= body]
    end = later[0] if later else len(text)
    whole = bool(later) or final or end >= PATIENCE
    return Form(0, body, end, conns, whole, notice=len(conns) < len(every))


def _next_prefixes(voices: Voices, text: bytearray, own: int) -> list[Row]:
    """Return the prefixes in as little of the text as tells where the first form ends."""
    width = GLANCE
    while True:
        found = voices.table.find(bytes(text[:width]), 0, own, strict=False)
        # One that straddles the edge may begin before the last that was found.
        safe = [row for row in found if row[0] + voices.longest <= width]
        if width >= len(text) or (safe and safe[-1][0] >= voices.longest):
            return found
        width *= 8


def _frame(voices: Voices, text: bytearray, final: bool, inside: bool, own: int) -> Form | None:
    ending = voices.dialect.ending
    at = text.find(ending)
    if at < 0 and not final and len(text) < PATIENCE:
        return None
    end = at + len(ending) if at >= 0 else len(text)
    if inside:
        return Form(0, 0, end, (), whole=True)
    prefixes = voices.table.at_front(bytes(text[:end]), own)
    body = max((end for _, end, _ in prefixes), default=0)
    conns = tuple(conn for _, _, conns in prefixes for conn in conns)
    return Form(0, body, end, conns, whole=True)
