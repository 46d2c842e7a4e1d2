"""Overrides: values of a source replaced from the command line, as `people.crowd` = `1000`.

Knows nothing of formats, but for the keys that may be added at the root.
"""

from collections.abc import Collection, Mapping
from typing import Any, cast

from harness.errors import InputError, Problem
from harness.nodes import Place, Source, loads
from harness.words import listed, shown, suggest


def overridden(
    source: Source, overrides: Mapping[str, str], addable: Collection[str] = ()
) -> Source:
    """Replace values of a source: a dotted path to each (list items by number, from 0), and YAML.

    The path must exist; only the keys `addable` may be new, at the root. Raises `InputError`.
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


def _replaced(source: Source, path: str, text: str, addable: Collection[str]) -> Source:
    name = f"--set {path}={text}"
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


def _place(data: object, path: str, name: str, addable: Collection[str]) -> Place:
    place: Place = ()
    for word in path.split("."):
        known = _keys(data)
        if word not in known and not (place == () and word in addable):
            inside = ".".join(map(str, place)) or "the file"
            words = [word for word, key in known.items() if isinstance(key, str)]
            candidates = [*words, *addable] if place == () else words
            hint = suggest(word, candidates) or _known_words(known)
            problem = Problem(f"there is no {shown(word)} in {inside}", name, hint=hint)
            raise InputError([problem])
        key = known.get(word, word)
        place = (*place, key)
        data = data[key] if word in known else None  # type: ignore[index]
    return place


def _keys(data: object) -> dict[str, str | int]:
    """List what can follow in a path, as it is written there."""
    if isinstance(data, dict):
        return {key: key for key in data}
    if isinstance(data, list):
        return {str(index): index for index in range(len(data))}
    return {}


def _known_words(known: Mapping[str, str | int]) -> str:
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
    copy: Any = list(data) if isinstance(data, list) else dict(cast("dict[str, object]", data))
    copy[key] = _with(copy[key] if rest else None, rest, value)
    return copy
