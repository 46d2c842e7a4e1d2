"""Who does a step: `bob`, `crowd`, `10 of crowd`, `everyone but bob, crowd`, `a newcomer`.

Knows the grammar, not the people: a name alone is read as a person, and `harness.cast` finds out
whether it is one, a crowd, or nobody.
"""

import re
from dataclasses import dataclass

from harness.errors import BadValue
from harness.words import kind, shown, suggest

EVERYONE = "everyone"
NEWCOMER = "a newcomer"

_NAME = re.compile(r"[^\W\d][\w-]*")
_SOME = re.compile(r"([0-9]{1,9}) of (\S+)")
_BUT = re.compile(rf"{EVERYONE} but (.+)")
_EXAMPLES = "as in bob, crowd, 10 of crowd, everyone but bob, [alice, bob]"


@dataclass(frozen=True, slots=True)
class Person:
    """One person: an entry of `people` that is no crowd, or a crowd's member (`crowd-007`)."""

    name: str


@dataclass(frozen=True, slots=True)
class Crowd:
    """All people of a crowd."""

    name: str


@dataclass(frozen=True, slots=True)
class Some:
    """`count` people of a crowd, drawn anew by the seed for each step."""

    count: int
    crowd: str


@dataclass(frozen=True, slots=True)
class Everyone:
    """Everyone, but those whom `but` names: people, crowds, members of a crowd."""

    but: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is not among the people, another one each time."""


Whom = Person | Crowd | Some | Everyone | Newcomer
Who = tuple[Whom, ...]


def is_name(text: str) -> bool:
    """Tell whether a person can be called so: letters, digits, `-` and `_`, no digit in front."""
    return _NAME.fullmatch(text) is not None and text != EVERYONE


def parse_whom(value: object) -> Whom:
    """Read one item of a `who`. Raises `BadValue`."""
    if isinstance(value, Person | Crowd | Some | Everyone | Newcomer):
        return value
    if not isinstance(value, str):
        raise BadValue(f"{kind(value)} is nobody", _EXAMPLES)
    text = " ".join(value.split())
    if text == EVERYONE:
        return Everyone()
    if text == NEWCOMER:
        return Newcomer()
    if match := _BUT.fullmatch(text):
        return Everyone(tuple(_name(name.strip()) for name in match[1].split(",")))
    if match := _SOME.fullmatch(text):
        return _some(int(match[1]), _name(match[2]))
    return Person(_name(text))


def _some(count: int, crowd: str) -> Some:
    if count < 1:
        raise BadValue("0 of a crowd is nobody")
    return Some(count, crowd)


def _name(text: str) -> str:
    if is_name(text):
        return text
    if "," in text:
        hint = f"write a list: [{text}]"
    elif " " in text:
        hint = suggest(text, [NEWCOMER]) or _EXAMPLES
    else:
        hint = _EXAMPLES
    raise BadValue(f"{shown(text)} is no name", hint)


def format_whom(whom: Whom) -> str:
    """Write the item that `parse_whom` reads as `whom`."""
    match whom:
        case Person(name) | Crowd(name):
            return name
        case Some(count, crowd):
            return f"{count} of {crowd}"
        case Everyone(()):
            return EVERYONE
        case Newcomer():
            return NEWCOMER
        case _:
            return f"{EVERYONE} but {', '.join(whom.but)}"
