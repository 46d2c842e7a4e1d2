"""Dialect files: the dialects that the harness brings, and those of others.

Knows where they are and how one is found by its name, not what stands in them.
"""

from importlib.resources import files
from pathlib import Path

from harness.dialect import Dialect
from harness.errors import InputError, Problem
from harness.source import Source, load, loads, validated
from harness.words import listed, shown, suggest

REFERENCE_SPEAKS = ("raw", "lines", "nick")
"""The dialects of the server that comes with the harness."""

_SUFFIXES = (".yaml", ".yml")


def builtin_dialects() -> tuple[str, ...]:
    """List the names of the dialects that the harness brings."""
    names = (entry.name for entry in (files("harness") / "dialects").iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def load_dialect(name_or_path: str) -> Dialect:
    """Read a dialect: one of the harness by its name, or any from a file; raises `InputError`."""
    return validated(_source(name_or_path), Dialect)


def dialect_text(name: str) -> str:
    """Return the file of a dialect that the harness brings."""
    return (files("harness") / "dialects" / f"{name}.yaml").read_text(encoding="utf-8")


def read_dialect_text(name_or_path: str) -> str:
    """Return what stands in the file of a dialect that `load_dialect` knows."""
    if name_or_path in builtin_dialects():
        return dialect_text(name_or_path)
    return Path(name_or_path).read_text(encoding="utf-8")


def _source(name_or_path: str) -> Source:
    known = builtin_dialects()
    if name_or_path in known:
        return loads(dialect_text(name_or_path), f"{name_or_path}.yaml")
    path = Path(name_or_path)
    if path.suffix in _SUFFIXES or len(path.parts) > 1 or _is_file(path):
        return load(path)
    hint = suggest(name_or_path, known) or f"there are {listed(known)}, or give a file"
    raise InputError([Problem(f"there is no dialect {shown(name_or_path)}", hint=hint)])


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for any
        return False
