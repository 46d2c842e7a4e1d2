"""Starts: where in a speech something may begin that is heard of its speaker, first or again.

Knows bytes and offsets, neither streams nor readings. Pure.
"""

from bisect import bisect_left

from harness.speech import Speech

NEEDLE = 16
# A speech may be one letter over and over: so many places, and so many bytes, and no more.
MOST_STARTS = 1000
MOST_ALIKE = 1 << 21


class TooAmbiguousError(Exception):
    """More readings are open than can be followed: nothing can be said of this receiver."""


def starts_of(speech: Speech, text: bytes, late: int, ended: bool) -> list[int] | None:
    """Return where `text` may begin in `speech`; None where what comes next will tell.

    Before the offset `late` it may begin anywhere, from there on where a message does. `ended`
    says that no more of it will come. Raises `TooAmbiguousError`.
    """
    width = min(NEEDLE, len(text))
    while width:
        found = _places(speech, text[:width], late)
        if len(found) <= MOST_STARTS:
            return found
        if width == len(text) and (ended or width > MOST_ALIKE):
            raise TooAmbiguousError
        if width == len(text):
            return None  # all alike so far
        width = min(4 * width, len(text))
    return None


def _places(speech: Speech, needle: bytes, late: int) -> list[int]:
    """Return where `needle` may begin, the first `MOST_STARTS` places and one more."""
    whole = speech.starts[bisect_left(speech.starts, late) :]
    found = occurrences(speech.data, needle, MOST_STARTS + 1, late)
    found += [at for at in whole if speech.data.startswith(needle, at)]
    return found[: MOST_STARTS + 1]


def resumed(speech: Speech, place: tuple[int, ...]) -> list[int]:
    """Return where `speech` may go on from `place`: what is optional may have been left out."""
    starts = set(place)
    for begin in place:
        offset = begin
        while offset < len(speech.data) and speech.at(offset).optional:
            offset = speech.at(offset).end
            starts.add(offset)
    return sorted(starts)


def common(left: bytes | bytearray, right: bytes | bytearray) -> int:
    """Return how many bytes `left` and `right` have in common from the front."""
    most = min(len(left), len(right))
    if left[:most] == right[:most]:
        return most
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle
    return low


def occurrences(text: bytearray, needle: bytes, most: int, before: int) -> list[int]:
    """Return the first `most` offsets below `before` of `needle` in `text`; they may overlap."""
    found: list[int] = []
    end = before + len(needle) - 1
    at = text.find(needle, 0, end)
    while at >= 0 and len(found) < most:
        found.append(at)
        at = text.find(needle, at + 1, end)
    return found
