"""Sending: what a client sent, compared with what it had to send: once, in order, byte for byte.

Bytes have no boundaries here: two messages may arrive glued, and one in pieces. Tokens tell which
is which where something is wrong. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from harness.client_step import ClientVerb
from harness.client_values import Key
from harness.clients.script import Script


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that the client has to send; `act` is the one that made it so, -1 for none.

    `optional` is what it may leave out.
    """

    wire: bytes
    text: str
    token: bytes
    act: int
    optional: bool = False
    is_nickname: bool = False


@dataclass(frozen=True, slots=True)
class Extra:
    """Bytes that were not owed, from `offset` on, behind what was found last (-1: nothing)."""

    offset: int
    data: bytes
    behind: int


@dataclass(slots=True)
class Alignment:
    """How what was sent fits what was owed; numbers are those of what was owed."""

    found: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    changed: dict[int, bytes] = field(default_factory=dict)
    extras: list[Extra] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The number of what was found last, changed or not; -1 where nothing was."""
        return max((*self.found, *self.changed), default=-1)

    @property
    def complete(self) -> bool:
        """Whether nothing is still to come."""
        return not self.missing and not self.changed


def owed(script: Script, acts: Iterable[int], quit_word: bytes = b"") -> list[Owed]:
    """List what the client has to send for the `acts` that have begun, in their order.

    A line is owed for certain once a later act asks whether it was heard. `quit_word` is what a
    client may say when it is told to end.
    """
    every = (*script.acts, *script.closing)
    begun = list(acts)
    asked = max((at for at in begun if every[at].verb is ClientVerb.SERVER_HEARS), default=-1)
    named = [at for at in begun if every[at].verb is ClientVerb.GIVES_NICK]
    found: list[Owed] = []
    if script.nick_wire:
        act = named[0] if named else -1
        name = Owed(script.nick_wire, script.nick, b"", act, not named, is_nickname=True)
        found.append(name)
    for at in begun:
        line = every[at].line
        if line is not None:
            token = line.token.encode()
            optional = line.optional or at > asked
            found.append(Owed(line.wire, line.text, token, at, optional))
    left = script.unfinished
    if left is not None and not any(at >= len(script.acts) for at in begun):
        found.append(Owed(left.wire, left.text, left.token.encode(), -1, optional=True))
    ending = (Key.CTRL_C, Key.CTRL_D)
    if quit_word and any(every[at].key in ending for at in begun):
        found.append(Owed(quit_word, "", b"", -1, optional=True))
    return found


def align(sent: bytes, units: Sequence[Owed]) -> Alignment:
    """Find what was owed in what was `sent`."""
    result = Alignment()
    at = 0
    for number, unit in enumerate(units):
        if unit.wire and sent.startswith(unit.wire, at) and not _is_longer(sent, units, number, at):
            at += len(unit.wire)
            result.found.append(number)
            continue
        # What may be left out is looked for only where a token makes it certain.
        place = sent.find(unit.wire, at) if unit.token or not unit.optional else -1
        if unit.wire and place >= 0 and _before(sent, units[number + 1 :], place):
            result.extras.append(Extra(at, sent[at:place], result.last))
            at = place + len(unit.wire)
            result.found.append(number)
        elif unit.token and unit.token in sent[at:]:
            end = _next(sent, units[number + 1 :], sent.find(unit.token, at) + len(unit.token))
            # Of what may be left out, the end may be, too: so it is with a line that has none.
            if unit.optional and unit.wire.startswith(sent[at:end]):
                result.found.append(number)
            else:
                result.changed[number] = sent[at:end]
            at = end
        elif unit.is_nickname and not unit.optional and at < len(sent):
            # It is the first that is sent: whatever stands there stands for it.
            end = _next(sent, units[number + 1 :], at)
            result.changed[number] = sent[at:end]
            at = end
        elif not unit.optional and unit.wire:
            result.missing.append(number)
    if at < len(sent):
        result.extras.append(Extra(at, sent[at:], result.last))
    _pair(result, units)
    return result


def _pair(result: Alignment, units: Sequence[Owed]) -> None:
    """Take what nobody owed for what is missing in its place: it was changed beyond its token."""
    nickname = next((unit.wire.strip() for unit in units if unit.is_nickname), b"")
    for number in list(result.missing):
        before = max((one for one in (*result.found, *result.changed) if one < number), default=-1)
        for extra in result.extras:
            if extra.behind == before and extra.data.strip() not in (b"", nickname):
                result.missing.remove(number)
                result.extras.remove(extra)
                result.changed[number] = extra.data
                break


def _is_longer(sent: bytes, units: Sequence[Owed], number: int, at: int) -> bool:
    """Tell whether what may be left out was, and what stands at `at` is the next instead.

    An empty line may be the beginning of another, where clients write their names.
    """
    unit = units[number]
    later = units[number + 1 :] if unit.optional and not unit.token else ()
    return any(sent.startswith(one.wire, at) and len(one.wire) > len(unit.wire) for one in later)


def _before(sent: bytes, later: Sequence[Owed], place: int) -> bool:
    """Tell whether nothing that is owed later stands before `place`."""
    return not any(one.token and 0 <= sent.find(one.token) < place for one in later)


def _next(sent: bytes, later: Sequence[Owed], at: int) -> int:
    """Return where the next that is owed begins, from `at` on; the end where none does."""
    places = [place for one in later if one.token and (place := sent.find(one.wire, at)) >= 0]
    return min(places, default=len(sent))
