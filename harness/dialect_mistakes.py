"""Mistakes between the keys of a dialect, found in it as it was written. Knows no model."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harness.ends import parse_ends
from harness.errors import BadValue
from harness.section import Mistake

_WRITTEN = re.compile(r"[^{}]*\{nick\}[^{}]+\{message\}")


NAMELESS = ("has {nick}, and nobody gives a nickname", "say how, in nickname")


def of_names(raw: Mapping[str, Any]) -> Iterable[Mistake]:
    """Find what of nicknames and prefixes does not go together."""
    if "nickname" not in raw:
        yield from _without_names(raw)
    elif raw["nickname"] is None:
        hint = "leave the key out for no nicknames"
        yield Mistake(("nickname",), "'nickname' has no value", hint)
    if raw.get("prefix-by") == "client" and isinstance(raw.get("relay"), str):
        yield from _of_clients(raw, raw["relay"])


def _without_names(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    manner = raw.get("client")
    if isinstance(manner, dict) and "nickname" in manner:
        message = "no client asks for a nickname, as nobody gives one"
        yield Mistake(("client", "nickname"), message, "say how, in nickname", at_key=True)
    if "prompt" in raw:
        hint = "what everyone is told first is a greeting"
        yield Mistake(("prompt",), "nobody is asked for a nickname", hint, at_key=True)
    for loc, text in _texts_of(raw):
        by_client = loc == ("relay",) and raw.get("prefix-by") == "client"
        if loc[0] != "prompt" and "{nick}" in text and not by_client:
            yield Mistake(loc, *NAMELESS)


def _of_clients(raw: Mapping[str, Any], relay: str) -> Iterator[Mistake]:
    if "{nick}" not in relay:
        yield Mistake(("prefix-by",), "without {nick} in relay a client writes no prefix")
    elif "nickname" not in raw:
        yield Mistake(("prefix-by",), "nobody gives a nickname", "say how, in nickname")
    elif not _WRITTEN.fullmatch(relay):
        message = "a client writes {nick} and some text before {message}, and nothing else"
        yield Mistake(("relay",), message, 'as in "{nick}: {message}"')


def of_texts(raw: Mapping[str, Any]) -> Iterable[Mistake]:
    """Find the texts of the server that cannot be sent, or would be taken apart."""
    heard = raw.get("heard")
    mark = _mark_of(heard.get("ends") if isinstance(heard, dict) else None)
    for key in ("relay", "echo"):
        if mark and isinstance(raw.get(key), str) and mark in raw[key]:
            yield Mistake((key,), "must not have what ends a message", "'heard' says what that is")
    for loc, text in _texts_of(raw):
        try:
            text.encode(str(raw.get("encoding", "utf-8")))
        except UnicodeEncodeError as error:
            yield Mistake(loc, f"{text[error.start]!r} cannot be written in {raw['encoding']}")
        except LookupError:
            return  # that there is no such encoding is told already


def _mark_of(ends: object) -> str:
    try:
        return parse_ends(ends).terminator.decode("ascii")[-1:]
    except BadValue:
        return ""


def _texts_of(raw: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the texts of the server that may have lines, and where each stands."""
    for key in (
        "prompt",
        "relay",
        "echo",
        "answer",
        "greeting",
        "farewell",
        "join",
        "leave",
        "lost",
    ):
        match raw.get(key):
            case str(text):
                yield (key,), text
            case list(texts):
                yield from (((key, at), text) for at, text in enumerate(texts) if _is_text(text))
            case dict(parts):
                yield from (((key, name), text) for name, text in parts.items() if _is_text(text))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not any("\ud800" <= each <= "\udfff" for each in value)
