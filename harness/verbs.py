"""Verbs: what a step can do, and which modifiers each verb takes, as tables.

Knows nothing of YAML, of people and of how anything is done.
"""

from collections.abc import Mapping
from enum import StrEnum


class Verb(StrEnum):
    """What a step does."""

    CONNECT = "connect"
    JOIN = "join"
    SAY = "say"
    SEND = "send"
    HEARS = "hears"
    HEARS_NOTHING = "hears-nothing"
    SEES_JOIN = "sees-join"
    SEES_LEAVE = "sees-leave"
    REFUSED = "refused"
    LEAVE = "leave"
    DROP = "drop"
    FREEZE = "freeze"
    THAW = "thaw"
    SERVER = "server"
    WAIT = "wait"
    TOGETHER = "together"
    REPEAT = "repeat"

    @property
    def field(self) -> str:
        """The name of its field in a step."""
        return self.value.replace("-", "_")


class DropKind(StrEnum):
    """How a connection is dropped, at once."""

    CLOSE = "close"
    RESET = "reset"
    HALF_CLOSE = "half-close"


class ServerAct(StrEnum):
    """What is done to the server's process."""

    STOP = "stop"
    CONTINUE = "continue"
    KILL = "kill"
    INTERRUPT = "interrupt"
    TERMINATE = "terminate"
    RESTART = "restart"


NOBODYS = frozenset({Verb.SERVER, Verb.WAIT, Verb.TOGETHER, Verb.REPEAT})
"""The verbs that have no `who`."""

SEES = (Verb.SEES_JOIN, Verb.SEES_LEAVE)
"""The verbs that are about what a server announces."""

MODIFIERS: Mapping[Verb, tuple[str, ...]] = {
    Verb.CONNECT: ("after", "within"),
    Verb.JOIN: ("over", "after", "within", "or-refused"),
    Verb.SAY: ("times", "every", "over", "after", "bare"),
    Verb.SEND: ("times", "every", "over", "after"),
    Verb.HEARS: ("after", "within"),
    Verb.HEARS_NOTHING: ("after",),
    Verb.SEES_JOIN: ("after", "within"),
    Verb.SEES_LEAVE: ("after", "within"),
    Verb.REFUSED: ("after", "within"),
    Verb.LEAVE: ("after", "within"),
    Verb.DROP: ("after",),
    Verb.FREEZE: ("after",),
    Verb.THAW: ("after", "within"),
    Verb.SERVER: ("after", "within"),
    Verb.WAIT: ("after",),
    Verb.TOGETHER: ("after",),
    Verb.REPEAT: ("times", "after"),
}
"""What each verb takes beside its own value."""

ALL_MODIFIERS = ("times", "every", "over", "after", "within", "bare", "or-refused")
