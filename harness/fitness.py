"""Fitness: what a scenario asks of a dialect that the dialect has not.

That is no mistake of the scenario: it is skipped, and the reason is told. What only shows when the
words are put together is found in `harness.planning`. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from harness.casting import walk
from harness.dialect import BadBytes, Dialect, Policy
from harness.errors import InputError, Problem
from harness.feature import Feature
from harness.on import Cutting, On
from harness.payload import Hex
from harness.scenario import Scenario, Step, Verb
from harness.sent import is_text
from harness.words import shown

# The beacons, and who joins in the end.
OWN_PEOPLE = 3
_MOST_REASONS = 3


class NotApplicableError(InputError):
    """A scenario that cannot be told in a dialect; `problems` has the reasons."""

    @property
    def reason(self) -> str:
        """The first reasons, in one line."""
        told = list(dict.fromkeys(map(_short, self.problems)))
        more = f"; and {len(told) - _MOST_REASONS} more" if len(told) > _MOST_REASONS else ""
        return "; ".join(told[:_MOST_REASONS]) + more


def _short(problem: Problem) -> str:
    words = f"{problem.message} ({problem.hint})" if problem.hint else problem.message
    return f"line {problem.line}: {words}" if problem.line else words


def lacking(needs: Iterable[Feature], dialect: Dialect) -> str:
    """Say what is needed and `dialect` has not; "" where it has all."""
    lacks = [feature for feature in needs if feature not in dialect.features]
    if not lacks:
        return ""
    why = "; ".join(f"in {dialect.name} {feature.lack}" for feature in lacks)
    return f"it needs {', '.join(lacks)}, and {why}"


def reasons(scenario: Scenario, dialect: Dialect) -> Iterator[Problem]:
    """Yield what `scenario`, as it is written, asks of `dialect` in vain."""
    for _, step in walk(scenario.story):
        if step.verb is Verb.CONNECT:
            yield from _needs(step, dialect, Feature.NICKNAMES, "'connect' without a nickname")
    for name, spec in scenario.people.items():
        if spec.typed is not None and Feature.NICKNAMES not in dialect.features:
            message = f"{name} types a nickname, and in {dialect.name} {Feature.NICKNAMES.lack}"
            yield Problem(message, scenario.origin)
    ways = [scenario.on, *(spec.on for spec in scenario.people.values())]
    if any(map(_cuts, ways)) and Feature.PIECES not in dialect.features:
        message = f"messages are cut or glued, and in {dialect.name} {Feature.PIECES.lack}"
        yield Problem(message, scenario.origin)


def _cuts(on: On | None) -> bool:
    segments = on.segments if on else None
    return segments is not None and segments.cutting is not Cutting.WHOLE


def _needs(step: Step, dialect: Dialect, feature: Feature, what: str) -> Iterator[Problem]:
    if feature not in dialect.features:
        place = (step.mark.line, step.mark.column) if step.mark else (0, 0)
        yield Problem(f"{what} needs {feature}, and in {dialect.name} {feature.lack}", "", *place)


def of_nicknames(nicks: Iterable[str], dialect: Dialect) -> str:
    """Say why people with these nicknames cannot be in one room; "" where they can."""
    twice = [nick for nick, count in Counter(nicks).items() if count > 1]
    if not twice:
        return ""
    two = f"two people are called {shown(twice[0])}, and in {dialect.name}"
    if Feature.NICKNAMES not in dialect.features:
        return f"{two} {Feature.NICKNAMES.lack}"
    if dialect.duplicate is Policy.REPLACE:
        return f"{two} the second takes the place of the first"
    return ""


def of_a_send(step: Step, data: bytes, cuts: int, member: bool, dialect: Dialect) -> str:
    """Say why the bytes of a `send` cannot be judged in `dialect`; "" where they can.

    They were sent with `cuts`, by a `member` or by somebody who has only connected.
    """
    hexes = b"".join(one.data for one in step.send or () if isinstance(one, Hex))
    if is_text(hexes, "utf-8") is not is_text(hexes, dialect.encoding):
        return f"what is text in UTF-8 and what is text in {dialect.encoding} differ here"
    if not member:
        return _of_a_stranger(data, cuts, dialect)
    if dialect.by_client:
        return "clients write their names before what they say, and send writes none"
    if cuts and Feature.PIECES not in dialect.features:
        return f"it is sent in pieces, and {Feature.PIECES.lack}"
    if dialect.most_said is not None and len(data) > dialect.most_said:
        return f"{len(data):,} bytes, and one read of the server has {dialect.most_said:,}"
    return ""


def _of_a_stranger(data: bytes, cuts: int, dialect: Dialect) -> str:
    nickname = dialect.nickname
    if nickname is None:
        return Feature.NICKNAMES.lack
    if cuts and not nickname.ends.marked:
        return "a nickname is cut, and nothing ends it"
    payload = nickname.ends.unwrap(data)
    if payload is not None and not payload.strip():
        let_in = dialect.empty in (Policy.LET_IN, Policy.REPLACE)
        return "an empty nickname is let in" if let_in else ""
    let_in = dialect.bad_bytes in (BadBytes.PASS, BadBytes.REPLACE)
    if let_in and dialect.notices and not is_text(data, dialect.encoding):
        return "a nickname that is no text is let in, and others are told of it"
    return ""
