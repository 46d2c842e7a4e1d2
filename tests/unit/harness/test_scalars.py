"""`harness.scalars`: YAML 1.2's core schema, scalar by scalar."""

import math

import pytest

from harness.errors import BadValue
from harness.scalars import LONGEST_NUMBER, check_collection_tag, resolve, resolve_tagged

TAG = "tag:yaml.org,2002:"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, None) for text in ("", "~", "null", "Null", "NULL")),
        *((text, True) for text in ("true", "True", "TRUE")),
        *((text, False) for text in ("false", "False", "FALSE")),
        *((text, text) for text in ("yes", "no", "on", "off", "y", "n", "Yes", "NO")),
        *((text, text) for text in ("nULL", "tRUE", "None", "<<", "=")),
        ("0", 0),
        ("-0", 0),
        ("+12", 12),
        ("0123", 123),
        ("0o17", 15),
        ("0x1F", 31),
        *((text, text) for text in ("-0o17", "0o18", "0xg", "0b1", "1_000", "12:30", "1:2:3")),
        *((text, text) for text in ("2001-01-01", "1.2.3", "-", "+", ".", "...", "1e", "٣")),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.5E-1", -0.05),
        ("1.5e+2", 150.0),
        (".inf", math.inf),
        ("+.INF", math.inf),
        ("-.Inf", -math.inf),
        *((text, text) for text in ("inf", "nan", "+.nan", ".iNF")),
    ],
)
def test_plain(text: str, value: object) -> None:
    resolved = resolve(text)
    assert (type(resolved), resolved) == (type(value), value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number(text: str) -> None:
    resolved = resolve(text)
    assert isinstance(resolved, float)
    assert math.isnan(resolved)


def test_a_number_is_bounded() -> None:
    assert resolve("9" * LONGEST_NUMBER) == 10**LONGEST_NUMBER - 1
    with pytest.raises(BadValue, match=r"^a number of more than 100 characters$"):
        resolve("0x" + "9" * LONGEST_NUMBER)
    assert resolve("-" + "x" * 200) == "-" + "x" * 200


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("!", "12", "12"),
        (TAG + "str", "true", "true"),
        (TAG + "null", "", None),
        (TAG + "bool", "True", True),
        (TAG + "int", "0x10", 16),
        (TAG + "float", "1e3", 1000.0),
        (TAG + "float", "1", 1.0),
    ],
)
def test_tagged(tag: str, text: str, value: object) -> None:
    resolved = resolve_tagged(tag, text)
    assert (type(resolved), resolved) == (type(value), value)


@pytest.mark.parametrize(
    ("tag", "text", "message"),
    [
        (TAG + "null", "0", "'0' is not of the type !!null"),
        (TAG + "bool", "yes", "'yes' is not of the type !!bool"),
        (TAG + "int", "1.5", "'1.5' is not of the type !!int"),
        (TAG + "int", "true", "'true' is not of the type !!int"),
        (TAG + "float", "false", "'false' is not of the type !!float"),
        (TAG + "binary", "x", "the tag '!!binary' cannot be used here (take it out)"),
        ("!mine", "x", "the tag '!mine' cannot be used here (take it out)"),
    ],
)
def test_tagged_wrongly(tag: str, text: str, message: str) -> None:
    with pytest.raises(BadValue) as caught:
        resolve_tagged(tag, text)
    assert str(caught.value) == message


def test_tags_of_collections() -> None:
    for tag in (None, "!", TAG + "seq"):
        check_collection_tag(tag, "seq")
    with pytest.raises(BadValue, match=r"^the tag '!!map' cannot be used here \(take it out\)$"):
        check_collection_tag(TAG + "map", "seq")
