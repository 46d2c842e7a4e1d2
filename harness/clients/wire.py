"""Wire: what happened in a run of a client, as text for whoever wants to know why it failed.

Bounded, and everything escaped: it comes from a tested program. Pure.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from harness.clients import happenings as happened
from harness.clients.happenings import Happening
from harness.escape import excerpt
from harness.words import end_of_process

MOST_LINES = 300
_WIDTH = 160
# The beginning says how it came about, the end how it went wrong.
_HEAD = 100


def wire_log(happenings: Iterable[Happening]) -> str:
    """Return a line for everything that was typed, printed, sent, read, opened or ended."""
    lines = list(_lines(happenings))
    left_out = len(lines) - MOST_LINES
    if left_out > 0:
        dots = f"[... {left_out:,} lines left out ...]"
        lines = [*lines[:_HEAD], dots, *lines[_HEAD + left_out :]]
    return "\n".join(lines)


def _lines(happenings: Iterable[Happening]) -> Iterator[str]:
    for one in happenings:
        if tell := _TOLD.get(type(one)):
            yield f"{one.at / 1e9:9.4f} s  {tell(one)}"


def shown_bytes(data: bytes) -> str:
    """Return bytes as a person can read them, bounded."""
    return excerpt(data[: 4 * _WIDTH].decode("utf-8", "surrogateescape"), _WIDTH)


def ended(status: int) -> str:
    """Say how a program ended."""
    return f"{'by' if status < 0 else 'with'} {end_of_process(status)}"


def _bytes(data: bytes) -> str:
    return f"{len(data)} bytes: {shown_bytes(data)}"


_TOLD: dict[type[Happening], Callable[[Any], str]] = {
    happened.Connected: lambda one: f"server   connection {one.conn} is opened",
    happened.Received: lambda one: f"server   <- {_bytes(one.data)}",
    happened.Wrote: lambda one: f"server   -> {_bytes(one.data)}",
    happened.PeerEnded: lambda one: f"server   <- end {excerpt(one.error, _WIDTH)}".rstrip(),
    happened.Dropped: lambda one: f"server   drops the connection ({one.how})",
    happened.Typed: lambda one: f"person   types {shown_bytes(one.data)}",
    happened.Pressed: lambda one: f"person   presses {one.key}",
    happened.Printed: lambda one: f"screen   {_bytes(one.data)}",
    happened.Failed: lambda one: f"harness  step not complete within {one.deadline:g} s",
    happened.Exited: lambda one: f"program  ended {ended(one.status)}",
    happened.Killed: lambda _: "harness  ends what is left",
    happened.TooMuch: lambda one: f"harness  stops: {excerpt(one.what, _WIDTH)}",
}
