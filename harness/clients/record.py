"""Record: what is left of a run of a client, as a value. Pure; nothing is judged here."""

from dataclasses import dataclass

from harness.clients.happenings import Happening
from harness.clients.script import Script
from harness.clients.wire import wire_log


@dataclass(frozen=True, slots=True)
class ClientRun:
    """What is left of a run of a client: its script, what happened, and what is known of it.

    `exit_status` is None unless it ended by itself. `output` is what it printed, bounded, and
    `rehearsed` what it had printed before, where it found a server, until it was connected. `late`
    is for how many seconds of a deadline somebody waited for a processor, at most, and the harness
    did not wait on for as long.
    """

    script: Script
    happenings: tuple[Happening, ...]
    terminal: bool
    patience: float = 1.0
    exit_status: int | None = None
    output: bytes = b""
    rehearsed: bytes = b""
    isolation: str = ""
    hidden: bool = False
    interrupted: bool = False
    worst_lag: float = 0.0
    late: float = 0.0
    command: tuple[str, ...] = ()

    def wire_log(self) -> str:
        """Return a line for everything that happened, bounded and escaped."""
        return wire_log(self.happenings)
