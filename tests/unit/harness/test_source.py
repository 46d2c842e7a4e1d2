"""`harness.source`: files, and models made of them."""

from pathlib import Path

import pytest
from pydantic import StrictInt, ValidationInfo, field_validator

from harness.errors import InputError
from harness.section import Section
from harness.source import MAX_BYTES, load, loads, validated


class Pair(Section):
    left: StrictInt
    right: tuple[StrictInt, ...] = ()

    @field_validator("left")
    @classmethod
    def _in_context(cls, value: int, info: ValidationInfo) -> int:
        return value + (info.context or 0)


def mistakes(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        load(path)
    return str(caught.value).replace(str(path), "f")


def test_load(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("\ufeffa: я\n".encode())
    source = load(path)
    assert (source.name, source.data) == (str(path), {"a": "я"})


def test_what_is_no_file(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "a.yaml") == "f: there is no such file"
    assert mistakes(tmp_path) == "f: this is a folder, not a file"
    assert mistakes(tmp_path / ("x" * 1000)) == "f: cannot be read: File name too long"


def test_what_is_no_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("я: 1\nb: я".encode() + b"\xff\n")
    assert mistakes(path) == "f:2:5: this is not UTF-8: byte 0xff (save the file as UTF-8)"


def test_a_file_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"#" * MAX_BYTES)
    assert load(path).data is None
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    assert mistakes(path) == "f: larger than 1,048,576 bytes"


def test_validated() -> None:
    assert validated(loads("left: 1", "f"), Pair) == Pair(left=1)
    assert validated(loads("left: 1\nright: [2]", "f"), Pair, 10) == Pair(left=11, right=(2,))


def test_every_mistake_has_its_place() -> None:
    text = "left: x\nright:\n  - 1\n  - y\nwrong:\n  - z\n"
    with pytest.raises(InputError) as caught:
        validated(loads(text, "f"), Pair)
    assert str(caught.value) == (
        "f:1:7: 'left' must be a whole number, not the text 'x'\n"
        "f:4:5: this must be a whole number, not the text 'y'\n"
        "f:5:1: unknown key 'wrong' (the keys here are: left, right)"
    )


def test_no_mapping_at_all() -> None:
    with pytest.raises(InputError, match=r"^f:1:1: this must be a mapping, not nothing$"):
        validated(loads("", "f"), Pair)
