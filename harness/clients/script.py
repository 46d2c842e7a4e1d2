"""Script: a client's scenario written out for one dialect and one seed, as values.

The same for a terminal and for a pipe. Pure.
"""

from dataclasses import dataclass

from harness.client_step import ClientVerb
from harness.client_values import (
    ConnectionEnd,
    Controls,
    Ends,
    Key,
)
from harness.dialect import Asking

SEQUENCES = {
    Controls.TITLE: ("\x1b]0;", "\x07"),
    Controls.COLOUR: ("\x1b[31m", ""),
    Controls.CURSOR: ("\x1b[2A", ""),
    Controls.CLEAR: ("\x1b[2J", ""),
    Controls.C1: ("\x9b31m", ""),
}
"""What stands before and behind the token in a control sequence."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that the person types, and the message that it becomes on the wire.

    `optional` is one that need not be sent: an empty one, or one without its end.
    """

    text: str
    token: str
    wire: bytes
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody says: `text` is what must be shown of it, `token` by what it is known.

    `harmful` is what must not reach the terminal. `rough`: it has bytes that are no text, or one of
    its characters was cut. `lookalike`: it equals the prompt. `scattered`: it comes in pieces that
    nothing tells from messages, so something may stand between them on the screen.
    """

    sender: str
    text: str
    token: str
    harmful: bytes = b""
    rough: bool = False
    lookalike: bool = False
    scattered: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to be done, of the step with this number; -1 for the harness's own at the end.

    `typed` are the bytes that the person types and `line` what they complete; `segments` what the
    server sends, `glued` together with the next. `prompts`: the prompt is among it; `troubled`: in
    pieces, or together with something else. `lookalike`: among it is what equals the prompt, later.
    """

    verb: ClientVerb
    step: int
    after: float = 0.0
    within: float | None = None
    typed: str = ""
    enter: bool = False
    line: Line | None = None
    key: Key | None = None
    segments: tuple[bytes, ...] = ()
    glued: bool = False
    messages: tuple[Message, ...] = ()
    prompts: bool = False
    troubled: bool = False
    lookalike: bool = False
    drop: ConnectionEnd | None = None
    message: Message | None = None
    text: str = ""
    ends: Ends | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """All acts; `closing` are those of the harness, for a program that is still there at the end.

    `nick_wire` is what the server must hear for the nickname, "" where it hears none. `greeting` is
    what it sends then.
    """

    nick: str
    asking: Asking
    acts: tuple[Act, ...]
    closing: tuple[Act, ...]
    nick_wire: bytes = b""
    greeting: bytes = b""
    unfinished: Line | None = None  # a line that has no end when the story is over
    listening: bool = True
    title: str = ""
