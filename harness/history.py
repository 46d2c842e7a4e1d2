"""History: the events of one run, in memory and on disk.

On disk a history is a text file: a header line, then one JSON array an event. Bytes are written as
text where they are UTF-8 and as escaped lone surrogates where they are not, so the file is readable
and loses nothing; many at once are packed, as `{"zlib": BASE64}`. This
file knows how events are stored, not what they mean.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import IO, Any

from harness.errors import InputError, Problem
from harness.events import KINDS, Ending, Event, Failure, Kind, Role, Stage

FORMAT = 1
# Nobody reads more than this of one event with the eye.
MOST_READABLE = 4096
MOST_BYTES = 64 << 20


@dataclass(slots=True)
class History:
    """The events of one run, in the order in which they happened."""

    events: list[Event] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Take one more event."""
        self.events.append(event)

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)


@dataclass(slots=True)
class HistoryFile:
    """A history on its way to disk, one JSON line an event."""

    stream: IO[str]
    written: int = 0

    def begin(self) -> None:
        """Write the header line."""
        self.stream.write(json.dumps({"whoheard-history": FORMAT, "grade": "full"}) + "\n")

    def append(self, events: list[Event], most: int | None = None) -> None:
        """Write what is new in `events`, at most `most` of it, and hand it to the system."""
        upto = len(events) if most is None else min(len(events), self.written + most)
        self.stream.writelines(_line(event) for event in events[self.written : upto])
        self.stream.flush()
        self.written = upto


def read_history(path: Path) -> History:
    """Return the history stored at `path`.

    Raises `InputError` with file and line for what cannot be read. A last line that was cut off,
    by a full disk or a killed run, is left out.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise _problem(path, 0, f"this history cannot be read: {error}") from error
    _check_header(path, lines[:1])
    if not lines[-1].endswith("\n"):
        lines.pop()
    return History(list(_events(path, lines[1:])))


def _check_header(path: Path, first: list[str]) -> None:
    try:
        known = bool(first) and json.loads(first[0])["whoheard-history"] == FORMAT
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise _problem(path, 1, "this is no history that this version of harness knows")


def _events(path: Path, lines: Iterable[str]) -> Iterator[Event]:
    for number, line in enumerate(lines, start=2):
        try:
            yield parse(json.loads(line))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise _problem(path, number, f"this is no event: {line[:80]!r}") from error


def _problem(path: Path, line: int, message: str) -> InputError:
    return InputError((Problem(message, str(path), line, 1 if line else 0),))


def _line(event: Event) -> str:
    values = map(_plain, (getattr(event, name) for name in _NAMES[type(event)]))
    return json.dumps([event.TAG, *values], separators=(",", ":")) + "\n"


def _plain(value: object) -> object:
    if not isinstance(value, bytes):
        return value
    if len(value) > MOST_READABLE:
        return {"zlib": b64encode(zlib.compress(value, level=1)).decode("ascii")}
    # Bytes that are no text become lone surrogates, which JSON escapes: readable, and lossless.
    return value.decode("utf-8", "surrogateescape")


def parse(row: list[object]) -> Event:
    """Return the event that `row`, a parsed line of a history file, stands for."""
    kind, converters = _SHAPES[str(row[0])]
    return kind(*(convert(value) for convert, value in zip(converters, row[1:], strict=True)))


def _bytes(value: object) -> bytes:
    if isinstance(value, dict):
        return _unpacked(b64decode(value["zlib"]))
    return str(value).encode("utf-8", "surrogateescape")


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, MOST_BYTES)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not unpacker.eof:
        raise ValueError("more bytes than an event can have")
    return unpacked


def _int(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _float(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return float(value)


_CONVERTERS: dict[Any, Callable[[Any], object]] = {
    int: _int,
    float: _float,
    bytes: _bytes,
    str: str,
    Role: Role,
    Kind: Kind,
    Ending: Ending,
    Stage: Stage,
    Failure: Failure,
}
_NAMES: dict[type[Event], tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in KINDS
}
_SHAPES: dict[str, tuple[type[Event], tuple[Callable[[Any], Any], ...]]] = {
    kind.TAG: (kind, tuple(_CONVERTERS[field.type] for field in fields(kind))) for kind in KINDS
}
