"""YAML files with places: read from disk, and checked against a format.

`load` and `loads` give a `Source`, `validated` makes a model of one; both raise `InputError` with
every mistake at its file, line and column. Knows no format; how YAML is read is in
`harness.nodes`, how mistakes are worded in `harness.section`.
"""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from harness.errors import InputError, Problem
from harness.nodes import Mark, Place, Source, loads, mark_at
from harness.section import mistakes_of

__all__ = ["MAX_BYTES", "Mark", "Place", "Source", "load", "loads", "validated"]

MAX_BYTES = 1 << 20
"""Size of a file."""

Model = TypeVar("Model", bound=BaseModel)


def load(path: Path) -> Source:
    """Read a YAML file of at most `MAX_BYTES` in UTF-8; raises `InputError`."""
    name = str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError([Problem("there is no such file", name)]) from None
    except IsADirectoryError:
        raise InputError([Problem("this is a folder, not a file", name)]) from None
    except OSError as error:
        raise InputError([Problem(f"cannot be read: {error.strerror}", name)]) from None
    if len(raw) > MAX_BYTES:
        raise InputError([Problem(f"larger than {MAX_BYTES:,} bytes", name)])
    return loads(_decoded(raw, name), name)


def _decoded(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        mark = mark_at(before, len(before))
        message = f"this is not UTF-8: byte 0x{raw[error.start]:02x}"
        hint = "save the file as UTF-8"
        problem = Problem(message, name, mark.line, mark.column, hint)
        raise InputError([problem]) from None


def validated(source: Source, model: type[Model], context: Any = None) -> Model:
    """Make a model of a source; raises `InputError` with every mistake at its place.

    `context` reaches the validators of the model. A `Section` words its mistakes best.
    """
    try:
        return model.model_validate(source.data, context=context)
    except ValidationError as error:
        problems = [
            source.problem(mistake.loc, mistake.message, mistake.hint, mistake.at_key)
            for mistake in mistakes_of(error)
        ]
    raise InputError(problems)
