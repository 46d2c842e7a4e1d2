"""`harness.recorder`: what happened is known at once, and on disk before anything is torn down."""

from pathlib import Path

import pytest

from harness import events
from harness.dialect_files import load_dialect
from harness.errors import UsageError
from harness.events import Role
from harness.history import read_history
from harness.recorder import PORTION, Recorder

RAW = load_dialect("raw")


def lags(count: int) -> list[events.Lagged]:
    return [events.Lagged(number, 0.5) for number in range(count)]


def test_an_event_is_known_to_whoever_acts_at_once() -> None:
    recorder = Recorder(RAW, None)
    recorder.add(events.Connect(1, 0, "alice", "Alice", Role.PERSON))
    assert recorder.transcript.people[0].nick == "Alice"
    assert list(recorder.history) == [events.Connect(1, 0, "alice", "Alice", Role.PERSON)]
    recorder.write_some()
    recorder.close()


def test_time_begins_with_the_run_and_goes_on() -> None:
    recorder = Recorder(RAW, None)
    first, second = recorder.now(), recorder.now()
    assert 0 <= first <= second < 60e9


def test_portions_come_to_disk_while_it_runs(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    recorder = Recorder(RAW, path)
    for event in lags(PORTION + 5):
        recorder.add(event)
    recorder.write_some()
    assert list(read_history(path)) == lags(PORTION)
    recorder.write_some()
    assert list(read_history(path)) == lags(PORTION + 5)
    recorder.close()


def test_closing_puts_all_of_it_on_disk_and_takes_nothing_more(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    recorder = Recorder(RAW, path)
    for event in lags(3 * PORTION):
        recorder.add(event)
    recorder.close()
    recorder.add(events.Interrupted(9))
    recorder.write_some()
    recorder.close()
    assert list(read_history(path)) == lags(3 * PORTION) == recorder.history.events
    assert not recorder.transcript.interrupted


def test_a_full_disk_is_told_at_the_end() -> None:
    recorder = Recorder(RAW, Path("/dev/full"))
    recorder.add(events.Interrupted(1))
    recorder.write_some()
    recorder.write_some()
    assert recorder.transcript.interrupted
    with pytest.raises(UsageError, match="history cannot be written: No space left"):
        recorder.close()
    recorder.close()


def test_our_own_mistake_is_kept_for_the_judge_and_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    recorder = Recorder(RAW, path)
    recorder.add(events.Eof(1, 7))  # of nobody
    assert isinstance(recorder.mistake, KeyError)
    recorder.add(events.Interrupted(2))
    recorder.close()
    assert list(read_history(path)) == [events.Eof(1, 7), events.Interrupted(2)]
