"""Overrides: values of a source replaced from the command line, as `people.crowd` = `1000`.

Knows nothing of formats, but for the keys that may be added at the root, and inside of those.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, cast

from harness.errors import InputError, Problem
from harness.nodes import Place, Source, loads
from harness.words import listed, shown, suggest

_ON = "on."


Addable = Mapping[str, Collection[str]]
"""Keys that may be new at the root, each with those that may be new inside of it."""


def option(path: str, text: str) -> tuple[str, str]:
    """Give the option of the command line, and its value, that a change is written with."""
    if path.startswith(_ON):
        return "--on", f"{path.removeprefix(_ON)}={text}"
    return "--set", f"{path}={text}"


def overridden(
    source: Source, overrides: Mapping[str, str], addable: Addable = MappingProxyType({})
) -> Source:
    """Replace values of a source: a dotted path to each (list items by number, from 0), and YAML.

    The path must exist, but for what is `addable`. Raises `InputError`.
    """
    problems: list[Problem] = []
    for path, text in overrides.items():
        try:
            source = _replaced(source, path, text, addable)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return source


def _replaced(source: Source, path: str, text: str, addable: Addable) -> Source:
    name = " ".join(option(path, text))
    try:
        value = loads(text, name).data
    except InputError as error:
        # A line and a column of a command line would help nobody.
        problems = [Problem(each.message, name, hint=each.hint) for each in error.problems]
        raise InputError(problems) from None
    place = _place(source.data, path, name, addable)
    data = _with(source.data, place, value)
    return Source(
        source.name, data, source.marks, source.key_marks, {**source.overrides, place: name}
    )


def _place(data: object, path: str, name: str, addable: Addable) -> Place:
    place: Place = ()
    for word in path.split("."):
        known = _keys(data)
        new = _new_keys(data, place, addable)
        if word not in known and word not in new:
            inside = ".".join(map(str, place)) or "the file"
            words = [word for word, key in known.items() if isinstance(key, str)]
            hint = suggest(word, [*words, *new]) or _known_words(known, new if place else ())
            problem = Problem(f"there is no {shown(word)} in {inside}", name, hint=hint)
            raise InputError([problem])
        key = known.get(word, word)
        place = (*place, key)
        data = data[key] if word in known else None  # type: ignore[index]
    return place


def _new_keys(data: object, place: Place, addable: Addable) -> Collection[str]:
    """List what may be added at a place."""
    if not place:
        return addable
    if len(place) == 1 and (data is None or isinstance(data, dict)):
        return addable.get(str(place[0]), ())
    return ()


def _keys(data: object) -> dict[str, str | int]:
    """List what can follow in a path, as it is written there."""
    if isinstance(data, dict):
        return {key: key for key in data}
    if isinstance(data, list):
        return {str(index): index for index in range(len(data))}
    return {}


def _known_words(known: Mapping[str, str | int], new: Collection[str] = ()) -> str:
    if new:
        return f"it takes {listed(new)}"
    if not known:
        return "nothing is inside of it"
    if all(isinstance(key, int) for key in known.values()):
        return f"its items are 0 to {len(known) - 1}"
    return f"there are {listed(list(known)[:20])}"


def _with(data: object, place: Place, value: object) -> object:
    """Copy the way to a place: what else refers to the same values stays as it is."""
    if not place:
        return value
    key, rest = place[0], place[1:]
    copy: Any = (
        list(data) if isinstance(data, list) else dict(cast("dict[str, object]", data or {}))
    )
    there = key in copy if isinstance(copy, dict) else True
    copy[key] = _with(copy[key] if rest and there else None, rest, value)
    return copy
