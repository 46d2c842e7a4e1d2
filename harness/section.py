"""Sections: the parts of a YAML format as pydantic models whose mistakes are written for people.

A `Section` finds all its mistakes at once: those of pydantic, in plain words, and those of rules
between keys, which a subclass adds in `key_mistakes`. Knows neither files nor places in them;
`harness.source` finds the place of each mistake.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from harness.errors import BadValue
from harness.words import kind, listed, shown, suggest

_OURS = "mistake"


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake at `loc`, the keys and indices from the section that found it.

    `at_key`: the key is wrong, not the value behind it.
    """

    loc: tuple[str | int, ...]
    message: str
    hint: str = ""
    at_key: bool = False


class Section(BaseModel):  # noqa: PLW1641 (pydantic adds `__hash__`)
    """A mapping of a YAML format; two are equal when their contents are, wherever they stand."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    EXAMPLE: ClassVar[str] = ""
    """What to write where something else stands in the place of the mapping; "" for no hint."""

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterable[Mistake]:  # noqa: ARG003
        """Find the mistakes between the keys of the mapping as it was written; none here."""
        return ()

    @classmethod
    @cache
    def keys(cls) -> tuple[str, ...]:
        """List the keys that the section has in YAML."""
        return tuple(info.alias or name for name, info in cls.model_fields.items())

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return False
        # Not the whole `__dict__`: what was worked out and kept is no content.
        return all(getattr(self, name) == getattr(other, name) for name in type(self).model_fields)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some keys changed, which remembers nothing of the old ones."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied

    @model_validator(mode="wrap")
    @classmethod
    def _find_all_mistakes(cls, raw: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        # Pydantic may call this twice for one mapping (a model that contains itself): equal
        # mistakes count once.
        found = list(cls.key_mistakes(raw)) if isinstance(raw, dict) else []
        keyed = {mistake.loc for mistake in found}
        try:
            section = handler(raw)
        except ValidationError as error:
            inner = mistakes_of(error, cls.keys())
            found += [mistake for mistake in inner if mistake.loc not in keyed]
            if not isinstance(raw, dict):
                found = [replace(each, hint=each.hint or cls.EXAMPLE) for each in found]
        if found:
            raise together(cls.__name__, found)
        return section


def empty_mistakes(raw: Mapping[str, object], keys: Collection[str]) -> Iterator[Mistake]:
    """Find the keys with nothing behind them, which pydantic would take as left out."""
    for key, value in raw.items():
        if value is None and key in keys:
            yield Mistake((key,), f"{shown(key)} has no value")


def together(title: str, mistakes: Iterable[Mistake]) -> ValidationError:
    """Make one error of many mistakes, to be raised by a validator; equal ones count once.

    Pydantic puts the way to the validated value in front of each `loc`.
    """
    return ValidationError.from_exception_data(
        title, [_details(mistake) for mistake in dict.fromkeys(mistakes)]
    )


def _details(mistake: Mistake) -> InitErrorDetails:
    context = {"message": mistake.message, "hint": mistake.hint, "at_key": mistake.at_key}
    error = PydanticCustomError(_OURS, "{message}", context)
    return InitErrorDetails(type=error, loc=mistake.loc, input=None)


def mistakes_of(
    error: ValidationError, keys: Sequence[str] = (), subject: str = "this"
) -> Iterator[Mistake]:
    """Give the mistakes behind an error of pydantic.

    `keys` are those of the model; `subject` is what was validated, in words.
    """
    errors = error.errors(include_url=False)
    for details in errors:
        if not _only_follows(details, errors):
            yield _mistake(details, keys, subject)


def _only_follows(details: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    """Tell of a list that is too short whether that is so for its wrong items, not counted."""
    if details["type"] != "too_short":
        return False
    loc = details["loc"]
    inner = (each["loc"] for each in errors if len(each["loc"]) > len(loc))
    return any(each[: len(loc)] == loc for each in inner)


def _mistake(details: ErrorDetails, keys: Sequence[str], subject: str) -> Mistake:
    loc, context = details["loc"], details.get("ctx", {})
    if details["type"] == _OURS:
        return Mistake(loc, context["message"], context["hint"], context["at_key"])
    at_key = loc[-1:] == ("[key]",)
    loc = loc[:-1] if at_key else loc
    error = context.get("error")
    if isinstance(error, BadValue):
        return Mistake(loc, error.message, error.hint, at_key)
    if details["type"] == "extra_forbidden":
        return _unknown_key(loc, keys)
    if details["type"] == "missing":
        return Mistake(loc[:-1], f"{shown(str(loc[-1]))} is missing")
    return _wrong_value(details, loc, subject)


def _unknown_key(loc: tuple[str | int, ...], keys: Sequence[str]) -> Mistake:
    key = str(loc[-1])
    hint = suggest(key, keys) or (f"the keys here are: {listed(keys)}" if keys else "")
    return Mistake(loc, f"unknown key {shown(key)}", hint, at_key=True)


_TYPES = {
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
_BOUNDS = {
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must not be empty",
    "too_long": "must have at most {max_length} items",
    "string_too_short": "must not be empty",
    "less_than": "must be less than {lt}",
}


def _wrong_value(details: ErrorDetails, loc: tuple[str | int, ...], subject: str) -> Mistake:
    if loc:
        subject = shown(loc[-1]) if isinstance(loc[-1], str) else "this"
    value, type_ = details["input"], details["type"]
    if type_ in _TYPES:
        message = f"{subject} must be {_TYPES[type_]}, not {kind(value)}"
        return Mistake(loc, message, _type_hint(type_, value))
    if type_ in _BOUNDS:
        bound = _BOUNDS[type_].format_map(details.get("ctx", {}))
        given = "" if type_.endswith(("too_short", "too_long")) else f", not {kind(value)}"
        return Mistake(loc, f"{subject} {bound}{given}")
    return Mistake(loc, f"{subject}: {details['msg'][:1].lower()}{details['msg'][1:]}")


def _type_hint(type_: str, value: Any) -> str:
    if type_ == "string_type" and isinstance(value, bool | int | float):
        return "put it in quotes"
    if type_ == "bool_type" and value in ("yes", "no", "on", "off"):
        return "in YAML 1.2 this is a text"
    return ""
