"""Spec: which client is tested, as a value. Starts nothing."""

from dataclasses import dataclass

from harness.resources import UNBOUNDED, Bounds


@dataclass(frozen=True, slots=True)
class ClientSpec:
    """The program to test: its `command`, with {host}, {port} and {nick} to be filled in.

    Without `port` a free one is chosen. `hidden` are paths that it shall not see; `bounds` is the
    most that it may take.
    """

    command: str | tuple[str, ...]
    port: int | None = None
    host: str = "127.0.0.1"
    bounds: Bounds = UNBOUNDED
    hidden: tuple[str, ...] = ()
