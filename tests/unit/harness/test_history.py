"""Tests of `harness.history` and `harness.events`: every event survives the disk."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from harness import events
from harness.errors import InputError
from harness.events import KINDS, Ending, Event, Failure, Kind, Role, Stage
from harness.history import History, HistoryFile, parse, read_history

VALUES: dict[object, object] = {
    int: 12,
    float: 0.5,
    str: 'text \u2028 "quoted" \x1b',
    bytes: b"bytes \xff\xd0\x00 \xd1\x8f",
    Role: Role.BEACON,
    Kind: Kind.CLOSING,
    Ending: Ending.HALF_CLOSE,
    Stage: Stage.ROLL_CALL,
    Failure: Failure.WRONG_PROMPT,
}


def _one_of(kind: type[Event]) -> Event:
    return kind(*(VALUES[field.type] for field in fields(kind)))  # type: ignore[arg-type]


def _stored(path: Path, written: list[Event], most: int | None = None) -> Path:
    with path.open("w", encoding="ascii") as stream:
        file = HistoryFile(stream)
        file.begin()
        file.append(written, most)
    return path


def test_every_event_comes_back_as_it_was(tmp_path: Path) -> None:
    written = [_one_of(kind) for kind in KINDS]
    path = _stored(tmp_path / "history.jsonl", written)
    assert list(read_history(path)) == written


def test_every_kind_of_event_is_known() -> None:
    defined = {
        value
        for value in vars(events).values()
        if isinstance(value, type) and issubclass(value, Event) and value is not Event
    }
    assert defined == set(KINDS)
    assert len({kind.TAG for kind in KINDS}) == len(KINDS)


def test_a_history_is_written_in_portions(tmp_path: Path) -> None:
    written: list[Event] = [events.Connected(at, 1) for at in range(10)]
    path = tmp_path / "history.jsonl"
    with path.open("w", encoding="ascii") as stream:
        file = HistoryFile(stream)
        file.begin()
        file.append(written, 4)
        assert file.written == 4
        file.append(written)
    assert list(read_history(path)) == written


def test_hostile_bytes_are_escaped_on_disk(tmp_path: Path) -> None:
    path = _stored(tmp_path / "h", [events.Read(1, 2, b"\x1b[2J\xff\xe2\x80\xa8\x7f")])
    raw = path.read_bytes()
    assert raw.isascii()
    assert b"\x1b" not in raw


def test_a_last_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    path = _stored(tmp_path / "h", [events.Connected(1, 1), events.Connected(2, 1)])
    path.write_bytes(path.read_bytes()[:-3])
    assert list(read_history(path)) == [events.Connected(1, 1)]


@pytest.mark.parametrize(
    "row",
    [
        "nonsense",
        "[]",
        '["nothing", 1]',
        '["connected", "x", 1]',
        '["connected", 1, 2]',
        '["lagged", 1, "x"]',
    ],
)
def test_a_line_that_is_no_event_is_named(tmp_path: Path, row: str) -> None:
    path = _stored(tmp_path / "h", [events.Connected(1, 1)])
    path.write_text(path.read_text("ascii") + row + "\n", "ascii")
    with pytest.raises(InputError, match=r"h:3:1: this is no event"):
        read_history(path)


@pytest.mark.parametrize("text", ["", "x\n", "[]\n", json.dumps({"whoheard-history": 99}) + "\n"])
def test_another_file_is_no_history(tmp_path: Path, text: str) -> None:
    path = tmp_path / "h"
    path.write_text(text, "ascii")
    with pytest.raises(InputError, match="no history that this version"):
        read_history(path)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_history(tmp_path / "missing")


def test_parse_refuses_what_is_too_long() -> None:
    with pytest.raises(ValueError, match="longer"):
        parse(["connected", 1, 2, "host", 3, 4])


def test_a_history_keeps_the_order() -> None:
    history = History()
    first, second = events.Connected(1, 1), events.Connected(1, 2)
    history.add(first)
    history.add(second)
    assert list(history) == [first, second]
