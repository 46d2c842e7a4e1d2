"""Sent: the segments of a `send` as bytes on the wire, and the messages that bytes complete.

Where a length stands before a message, `{end}` tells how far it counts. Knows nothing of people
and of sockets.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from harness.ends import HEADER, MOST_PAYLOAD, Ends
from harness.payload import Hex, Segment
from harness.texts import END, Field, Text

Write = Callable[[Text], bytes]


def segments_on_wire(segments: Iterable[Segment], ends: Ends, write: Write) -> list[bytes]:
    """Return the bytes of each segment, those without a byte left out; `write` fills texts in."""
    if not ends.counted:
        data = [one.data if isinstance(one, Hex) else write(one) for one in segments]
        return [one for one in data if one]
    pieces: list[bytearray] = []
    begun: tuple[bytearray, int] | None = None
    count = 0
    for segment in segments:
        piece = bytearray()
        pieces.append(piece)
        for text, ended in _parts(segment, write):
            begun = begun or (piece, len(piece))
            piece += text
            count += len(text)
            if ended:
                begun[0][begun[1] : begun[1]] = count.to_bytes(HEADER, "big")
                begun, count = None, 0
    return [bytes(piece) for piece in pieces if piece]


def _parts(segment: Segment, write: Write) -> Iterator[tuple[bytes, bool]]:
    """Yield the bytes before each `{end}`, marked True, and those behind the last one."""
    if isinstance(segment, Hex):
        yield segment.data, False
        return
    at = [-1, *(index for index, part in enumerate(segment) if part == Field(END))]
    for before, behind in pairwise(at):
        yield write(segment[before + 1 : behind]), True
    if rest := segment[at[-1] + 1 :]:
        yield write(rest), False


def completed(data: bytes, ends: Ends) -> tuple[list[bytes], bytes]:
    """Return the messages in `data`, as they are on the wire, and what is left behind them."""
    if ends.counted:
        return _counted(data)
    if not ends.terminator:
        return ([data] if data else []), b""
    *whole, rest = data.split(ends.terminator)
    return [one + ends.terminator for one in whole], rest


def _counted(data: bytes) -> tuple[list[bytes], bytes]:
    messages, at = [], 0
    while at + HEADER <= len(data):
        end = at + HEADER + int.from_bytes(data[at : at + HEADER], "big")
        if end > len(data):
            break
        messages.append(data[at:end])
        at = end
    return messages, data[at:]


def is_endless(rest: bytes, ends: Ends, most: int) -> bool:
    """Tell whether a server may refuse `rest`, the beginning of a message of more than `most`."""
    size = int.from_bytes(rest[:HEADER], "big") if ends.counted and len(rest) >= HEADER else 0
    return len(rest) > most or size > MOST_PAYLOAD


def payloads(messages: Iterable[bytes], ends: Ends) -> Iterator[bytes]:
    """Yield what is said in each of `messages`."""
    for one in messages:
        payload = ends.unwrap(one)
        yield one if payload is None else payload


def is_text(data: bytes, encoding: str) -> bool:
    """Tell whether `data` is text in `encoding`."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
