"""Wire: what went to and fro in a run, as text for whoever wants to know why it failed.

Bounded, and everything escaped: it comes from a tested program. Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any

from harness import events
from harness.escape import counted, excerpt
from harness.events import Event, Role
from harness.words import ended_words

MOST_LINES = 300
_WIDTH = 160
_ATTEMPT = (events.Connect, events.ConnectFailed, events.Closed)
# The beginning says how it came about, the end how it went wrong.
_HEAD = 100


def wire_log(history: Iterable[Event], first: str = "") -> str:
    """Return a line for everything that was sent, read, opened or ended; `first` stands above."""
    lines = list(_lines(history))
    left_out = len(lines) - MOST_LINES
    if left_out > 0:
        dots = f"[... {left_out:,} lines left out ...]"
        lines = [*lines[:_HEAD], dots, *lines[_HEAD + left_out :]]
    return "\n".join([*([first] if first else []), *lines])


def _lines(history: Iterable[Event]) -> Iterator[str]:
    people: dict[int, str] = {}
    history = list(history)
    refused = _refused_at_first(history)
    if refused:
        attempts = counted(len(refused), "connection", "connections")
        yield f"({attempts} refused before the server listened)"
    for event in history:
        if isinstance(event, _ATTEMPT) and event.conn in refused:
            continue
        if isinstance(event, events.Connect):
            people[event.conn] = _name(event)
        if words := _words(event):
            conn = getattr(event, "conn", None)
            who = people.get(conn, "") if conn is not None else "the server"
            yield f"{event.at / 1e9:9.4f} s  {excerpt(who, 24):16} {words}"


def _refused_at_first(history: Sequence[Event]) -> set[int]:
    """Return the connections that failed before the first that did not; none, where all did."""
    before = list(takewhile(lambda event: not isinstance(event, events.Connected), history))
    if len(before) == len(history):
        return set()
    return {event.conn for event in before if isinstance(event, events.ConnectFailed)}


def _name(event: events.Connect) -> str:
    return f"{event.person} ({event.role})" if event.role is Role.BEACON else event.person


def _words(event: Event) -> str:
    for kinds, tell in _TOLD:
        if isinstance(event, kinds):
            return tell(event)
    return ""


def _bytes(data: bytes) -> str:
    shown = excerpt(data[: 4 * _WIDTH].decode("utf-8", "surrogateescape"), _WIDTH)
    return f"{counted(len(data), 'byte', 'bytes')}: {shown}"


_TOLD: tuple[tuple[type[Event] | tuple[type[Event], ...], Callable[[Any], str]], ...] = (
    (events.Connect, lambda _: "connects"),
    (events.Connected, lambda one: f"is connected, from port {one.port}"),
    ((events.ConnectFailed, events.Broken), lambda one: f"error: {excerpt(one.error, _WIDTH)}"),
    (events.Named, lambda one: f"-> {_bytes(one.data)} (the nickname)"),
    ((events.Said, events.Sent), lambda one: f"-> {_bytes(one.data)}"),
    (events.Read, lambda one: f"<- {_bytes(one.data)}"),
    (events.Eof, lambda _: "<- end of stream"),
    (events.Left, lambda one: f"ends it ({one.how})"),
    (events.Froze, lambda _: "stops reading"),
    (events.Thawed, lambda _: "reads again"),
    (events.ServerTold, lambda one: f"is told: {one.act}"),
    (events.Exited, lambda one: ended_words(one.status)),
    (
        events.StepFailed,
        lambda one: f"step failed: {one.failure} {excerpt(one.note, _WIDTH)}".rstrip(),
    ),
)
