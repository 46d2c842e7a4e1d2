"""Framing: what ends the texts that a server sends, told from what came. Pure; knows no server."""

from collections.abc import Collection, Sequence

from harness.ends import CRLF, HEADER, LENGTH, LF, NONE, NUL, Ends, parse_ends

_LIKELY = (CRLF, LF, NUL)
_TEXT_CONTROLS = b"\t\x1b\x07\x08"


def is_counted(data: bytes) -> bool:
    """Tell whether `data` consists of texts with their length before each; one at least."""
    at = 0
    while at + HEADER <= len(data):
        at += HEADER + int.from_bytes(data[at : at + HEADER], "big")
    return bool(data) and at == len(data)


def ends_of(pieces: Sequence[bytes]) -> Ends:
    """Return what ends each of `pieces`, which are one relayed message each."""
    if not pieces or not all(pieces):
        return NONE
    if all(map(is_counted, pieces)):
        return LENGTH
    for ends in _LIKELY:
        if all(piece.endswith(ends.terminator) for piece in pieces):
            return ends
    lasts = {piece[-1] for piece in pieces}
    last = lasts.pop()
    if not lasts and last < 0x20 and last not in _TEXT_CONTROLS:
        return parse_ends(last)
    return NONE


def frames(data: bytes, ends: Ends) -> list[bytes]:
    """Cut `data` into its texts; what has no end stands last. All of it where nothing ends one."""
    if ends.counted:
        return _counted(data)
    if not ends.marked:
        return [data] if data else []
    *whole, rest = data.split(ends.terminator)
    return [*whole, rest] if rest else whole


def _counted(data: bytes) -> list[bytes]:
    found = []
    while len(data) >= HEADER:
        end = HEADER + int.from_bytes(data[:HEADER], "big")
        found.append(data[HEADER:end])
        data = data[end:]
    return [*found, data] if data else found


def likely_ends(door: bytes) -> tuple[Ends, ...]:
    """Return how a nickname may be ended, the likeliest first, where a server first says `door`."""
    order = [LF, NONE, LENGTH, NUL, CRLF, parse_ends(0x1E), parse_ends(0x03), parse_ends(0x04)]
    if is_counted(door):
        return (LENGTH, *(one for one in order if one is not LENGTH))
    ends = ends_of([door]) if door else NONE
    if ends.marked and ends not in (LF, CRLF):
        return (ends, *(one for one in order if one != ends))
    if CRLF.terminator in door:
        order.remove(CRLF)
        order.insert(1, CRLF)
    return tuple(order)


def pieces_of(data: bytes, prefix: bytes, ending: bytes) -> list[int]:
    """Return how long the pieces are in which one message came, where that can be seen.

    Each begins with `prefix` and ends with `ending`; one of them at least is not empty.
    """
    if prefix:
        parts = data.split(prefix)[1:]
        return [len(part.removesuffix(ending)) for part in parts]
    if ending:
        return [len(part) for part in data.split(ending) if part]
    return []


def read_size(pieces: Collection[int], sent: int) -> int | None:
    """Return the size of a server's read, from the pieces of one message of `sent` bytes.

    A read may return less than it could, but never more; so the longest piece tells, where it is
    there twice, and the last one is what was left.
    """
    if not pieces or sum(pieces) != sent:
        return None
    longest = max(pieces)
    if longest == sent or sum(one == longest for one in pieces) < 2:
        return None
    return longest
