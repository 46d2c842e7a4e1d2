"""The steps of a story together with its people: who exists, who is meant, how much is asked.

Knows steps and people, and nothing of the rest of a scenario.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from harness.cast import People, exists, size, unknown
from harness.errors import BadValue
from harness.section import Mistake
from harness.step import Step
from harness.verbs import Verb
from harness.who import EVERYONE, NEWCOMER, Crowd, Everyone, Newcomer, Person, Some, Whom
from harness.words import shown

NEWCOMERS = (Verb.CONNECT, Verb.JOIN)
MAX_ACTS = 10_000_000
"""What all people do in a story, repeats written out."""

Loc = tuple[str | int, ...]


def walk(story: tuple[Step, ...], loc: Loc = ()) -> Iterator[tuple[Loc, Step]]:
    """Give every step with its place, blocks before the steps inside of them."""
    for index, step in enumerate(story):
        yield (*loc, index), step
        if step.block:
            yield from walk(step.block, (*loc, index, step.verb.value))


def salvaged(raw: Any, loc: Loc = ()) -> Iterator[tuple[Loc, Step]]:
    """Give the right steps of a story that has wrong ones, so that their people can be checked."""
    for index, item in enumerate(raw if isinstance(raw, list | tuple) else ()):
        try:
            step = Step.model_validate(item)
        except ValidationError:
            for block in ("together", "repeat"):
                inner = item.get(block) if isinstance(item, dict) else None
                yield from salvaged(inner, (*loc, index, block))
        else:
            for place, each in walk((step,)):
                yield (*loc, index, *place[1:]), each


def resolved(step: Step, people: People) -> Step:
    """Tell the crowds from the persons in a step and in the steps inside of it."""
    changed: dict[str, object] = {}
    if any(_is_crowd(whom, people) for whom in step.who):
        changed["who"] = tuple(
            Crowd(whom.name) if isinstance(whom, Person) and _is_crowd(whom, people) else whom
            for whom in step.who
        )
    if step.block:
        changed[step.verb.value] = tuple(resolved(inner, people) for inner in step.block)
    return step.model_copy(update=changed) if changed else step


def _is_crowd(whom: Whom, people: People) -> bool:
    if not isinstance(whom, Person) or whom.name not in people:
        return False
    return people[whom.name].count is not None


def casting_mistakes(loc: Loc, step: Step, people: People) -> Iterator[Mistake]:
    """Find the people of a step who do not exist, or are too few."""
    for index, whom in enumerate(step.who):
        if whom == Newcomer() and step.verb not in NEWCOMERS:
            message = f"{NEWCOMER} can only connect or join, and cannot {step.verb}"
            yield Mistake((*loc, "who", index), message, "for more, give somebody a name in people")
        for error in _whom_errors(whom, people):
            yield Mistake((*loc, "who", index), error.message, error.hint)
    heard = step.hears.from_ if step.hears else None
    for name, key in ((heard, ("hears", "from")), (step.seen, (step.verb.value,))):
        if name is not None and name != EVERYONE and not exists(people, name):
            error = unknown(people, name)
            yield Mistake((*loc, *key), error.message, error.hint)


def _whom_errors(whom: Whom, people: People) -> Iterator[BadValue]:
    match whom:
        case Person(name) | Crowd(name):
            if not exists(people, name):
                yield unknown(people, name)
        case Everyone(but):
            strangers = [name for name in but if not exists(people, name)]
            yield from (unknown(people, name) for name in strangers)
            if not strangers and set(but) >= set(people):
                yield BadValue("nobody is left")
        case Newcomer():
            return
        case _:
            yield from _some_errors(whom.count, whom.crowd, people)


def _some_errors(count: int, crowd: str, people: People) -> Iterator[BadValue]:
    there = people[crowd].count if crowd in people else None
    if not exists(people, crowd):
        yield unknown(people, crowd)
    elif there is None:
        yield BadValue(f"{shown(crowd)} is one person, not a crowd")
    elif count > there:
        yield BadValue(f"{count} of {shown(crowd)}, which has {there}")


def acts(story: tuple[Step, ...], people: People) -> int:
    """Count what all people do in a story, repeats written out; at least one a step."""
    return sum(_acts(step, people) for step in story)


def _acts(step: Step, people: People) -> int:
    if step.block:
        return acts(step.block, people) * step.times
    return max(1, sum(_heads(whom, people) for whom in step.who)) * step.times


def _heads(whom: Whom, people: People) -> int:
    match whom:
        case Person():
            return 1
        case Crowd(name):
            return people[name].count or 1
        case Some(count, _):
            return count
        case Newcomer():
            return 1
        case _:
            return size(people)
