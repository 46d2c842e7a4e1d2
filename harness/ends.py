"""Ends: how the end of a nickname or a message is marked in one direction.

By nothing, by a terminator behind it, or by its length before it. Knows no text and no template.
"""

import re
from dataclasses import dataclass

from harness.errors import BadValue
from harness.words import kind, listed, suggest

HEADER = 4
"""Bytes of a length, big-endian."""

MOST_PAYLOAD = 1 << 24
"""Bytes; a length that says more is nonsense, and nobody waits for so much."""


@dataclass(frozen=True, slots=True)
class Ends:
    """How an end is marked: `terminator` behind it; or `counted`, its length before it."""

    name: str
    terminator: bytes = b""
    counted: bool = False

    def __str__(self) -> str:
        return self.name

    @property
    def marked(self) -> bool:
        """Whether anything marks an end."""
        return self.counted or bool(self.terminator)

    def wrap(self, payload: bytes) -> bytes:
        """Return `payload` as it goes on the wire."""
        if self.counted:
            return len(payload).to_bytes(HEADER, "big") + payload
        return payload + self.terminator

    def unwrap(self, data: bytes) -> bytes | None:
        """Return the payload of exactly one text on the wire; None where `data` is not that."""
        if self.counted:
            payload = data[HEADER:]
            whole = len(data) >= HEADER and int.from_bytes(data[:HEADER], "big") == len(payload)
            return payload if whole else None
        whole = data.find(self.terminator) == len(data) - len(self.terminator)
        return data.removesuffix(self.terminator) if not self.terminator or whole else None


NONE = Ends("none")
LF = Ends("lf", b"\n")
CRLF = Ends("crlf", b"\r\n")
NUL = Ends("nul", b"\0")
LENGTH = Ends("length", counted=True)
NAMED = {one.name: one for one in (NONE, LF, CRLF, NUL, LENGTH)}
_BYTE = re.compile("0x[0-9A-Fa-f]{2}")
WORDS = (*NAMED, "a byte as in 0x1e")


def parse_ends(value: object) -> Ends:
    """Read how ends are marked: a word, or the number of a byte. Raises `BadValue`."""
    if isinstance(value, Ends):
        return value
    if isinstance(value, str) and value in NAMED:
        return NAMED[value]
    if isinstance(value, str) and _BYTE.fullmatch(value):
        value = int(value, 16)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 0x80:
        if chr(value).isalnum() or chr(value) in " ~":
            raise BadValue(f"{chr(value)!r} stands in nearly every message, and ends none")
        known = [one for one in NAMED.values() if one.terminator == bytes([value])]
        return known[0] if known else Ends(f"0x{value:02x}", bytes([value]))
    hint = suggest(value, NAMED) if isinstance(value, str) else ""
    raise BadValue(f"must be one of {listed(WORDS)}, not {kind(value)}", hint)
