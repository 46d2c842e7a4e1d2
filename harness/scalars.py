"""What a YAML scalar means, by the core schema of YAML 1.2 and nothing more.

So `no` and `12:30` are texts, `1e3` is a number and only `true` and `false` are booleans. PyYAML
follows YAML 1.1, which reads them otherwise. Knows nothing of documents and of places.

Source: https://yaml.org/spec/1.2.2/#103-core-schema
"""

import re
from collections.abc import Callable

from harness.errors import BadValue
from harness.words import shown

Scalar = None | bool | int | float | str

LONGEST_NUMBER = 100
"""Characters of a number: Python refuses to write out very long ones."""

_TAG = "tag:yaml.org,2002:"

_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...] = (
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+"), lambda text: int(text, base=0)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, base=0)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
    (
        re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"),
        lambda text: float(text.replace(".", "")),
    ),
)

_TYPES: dict[str, tuple[type, ...]] = {
    _TAG + "null": (type(None),),
    _TAG + "bool": (bool,),
    _TAG + "int": (int,),
    _TAG + "float": (float, int),
}


def resolve(text: str) -> Scalar:
    """Give a plain scalar, one without quotes and without a tag, its meaning.

    Raises `BadValue` for a number of more than `LONGEST_NUMBER` characters.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return _number(text) if text[0] in "+-.0123456789" else text


def _number(text: str) -> int | float | str:
    for pattern, convert in _NUMBERS:
        if pattern.fullmatch(text):
            if len(text) > LONGEST_NUMBER:
                raise BadValue(f"a number of more than {LONGEST_NUMBER} characters")
            return convert(text)
    return text


def resolve_tagged(tag: str, text: str) -> Scalar:
    """Give a scalar the meaning that its tag (in full, or `!`) asks for.

    Raises `BadValue` where the text has no such meaning, and for a tag outside the core schema.
    """
    if tag in ("!", _TAG + "str"):
        return text
    if tag not in _TYPES:
        raise unknown_tag(tag)
    value = resolve(text)
    # A bool is an int to Python, not to YAML.
    if not isinstance(value, _TYPES[tag]) or (isinstance(value, bool) and not tag.endswith("bool")):
        raise BadValue(f"{shown(text)} is not of the type !!{tag.removeprefix(_TAG)}")
    return float(value) if tag.endswith("float") and isinstance(value, int) else value


def check_collection_tag(tag: str | None, name: str) -> None:
    """Check the tag of a list (`name` is `seq`) or of a mapping (`map`); raises `BadValue`."""
    if tag not in (None, "!", _TAG + name):
        raise unknown_tag(tag)


def unknown_tag(tag: str) -> BadValue:
    """Make the error for a tag that cannot stand where it does."""
    short = f"!!{tag.removeprefix(_TAG)}" if tag.startswith(_TAG) else tag
    return BadValue(f"the tag {shown(short)} cannot be used here", "take it out")
