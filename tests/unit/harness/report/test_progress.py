"""Progress is one quiet line on a terminal and few lines in a pipe, by the clock of the run."""

import io
import os
import pty
import termios
from dataclasses import replace

import pytest

from harness.escape import cells
from harness.report.progress import (
    LiveLine,
    PlainLines,
    ProgressState,
    Silent,
    make_progress,
)

STATE = ProgressState("talking", 18, 22, 214, 4512, 0.0031, 1.42, "bob drops")
LINE = "   1.4 s  talking, 18 of 22 in, 214 said, 4 512 heard, lag 3 ms, bob drops"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(io.StringIO):
    def flush(self) -> None:
        raise BrokenPipeError


def test_quiet_means_nothing_at_all() -> None:
    stream = Terminal()
    progress = make_progress(stream, quiet=True)
    assert isinstance(progress, Silent)
    progress.update(STATE)
    progress.done()
    assert stream.getvalue() == ""


def test_a_live_line_for_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(make_progress(Terminal()), LiveLine)
    monkeypatch.delenv("TERM")
    assert isinstance(make_progress(Terminal()), LiveLine)


def test_plain_lines_for_a_pipe_and_for_a_terminal_that_cannot_erase(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert isinstance(make_progress(io.StringIO()), PlainLines)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(make_progress(Terminal()), PlainLines)


def test_the_live_line_is_written_over_and_erased() -> None:
    stream = Terminal()
    live = LiveLine(stream)
    live.update(STATE)
    assert stream.getvalue() == f"\r{LINE}\x1b[K"
    live.done()
    live.done()
    assert stream.getvalue() == f"\r{LINE}\x1b[K\r\x1b[K"


def test_done_without_a_line_writes_nothing() -> None:
    stream = Terminal()
    LiveLine(stream).done()
    assert stream.getvalue() == ""


def test_the_live_line_is_written_at_most_ten_times_a_second() -> None:
    stream = Terminal()
    live = LiveLine(stream)
    for step in range(1000):
        live.update(replace(STATE, seconds=step / 1000, stage=f"stage {step}"))
    assert 9 <= stream.getvalue().count("\r") <= 10


def test_the_next_run_begins_at_nought_and_is_shown() -> None:
    stream = Terminal()
    live = LiveLine(stream)
    live.update(replace(STATE, seconds=9))
    live.update(replace(STATE, seconds=0))
    assert stream.getvalue().count("\r") == 2


def test_the_live_line_is_cut_to_the_terminal_as_it_is_now() -> None:
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as seen, os.fdopen(follower, "w") as stream:
        live = LiveLine(stream)
        for seconds, (columns, shown) in enumerate([(30, 29), (20, 19), (0, len(LINE))]):
            termios.tcsetwinsize(follower, (24, columns))
            live.update(replace(STATE, seconds=seconds))
            line = seen.read(200).decode().removeprefix("\r").removesuffix("\x1b[K")
            assert cells(line) == shown


def test_a_pipe_gets_a_line_a_second_and_one_for_each_stage() -> None:
    stream = io.StringIO()
    plain = PlainLines(stream)
    for step in range(30):
        plain.update(replace(STATE, seconds=step / 10, stage="joining" if step < 15 else "talking"))
    assert [line.split(", ")[0] for line in stream.getvalue().splitlines()] == [
        "   0.0 s  joining",
        "   1.0 s  joining",
        "   1.5 s  talking",
        "   2.5 s  talking",
    ]


def test_after_the_end_of_a_run_a_pipe_shows_the_next_at_once() -> None:
    stream = io.StringIO()
    plain = PlainLines(stream)
    plain.update(STATE)
    plain.done()
    plain.update(STATE)
    assert stream.getvalue() == f"{LINE}\n" * 2


def test_no_step_is_no_word() -> None:
    stream = io.StringIO()
    PlainLines(stream).update(replace(STATE, step=""))
    assert stream.getvalue().endswith("lag 3 ms\n")


def test_what_is_shown_is_harmless_and_of_one_line() -> None:
    stream = io.StringIO()
    PlainLines(stream).update(replace(STATE, step="\x1b[2J\n" + "x" * 10_000_000))
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()
    assert len(stream.getvalue()) <= 201


def test_a_stream_of_ascii_gets_ascii() -> None:
    with io.TextIOWrapper(io.BytesIO(), "ascii", newline="") as stream:
        PlainLines(stream).update(replace(STATE, step="Привет"))
        stream.seek(0)
        assert "\\u041f" in stream.read()


@pytest.mark.parametrize("kind", [LiveLine, PlainLines])
def test_a_run_goes_on_when_nobody_looks_any_more(kind: type[LiveLine | PlainLines]) -> None:
    progress = kind(Gone())
    progress.update(STATE)
    progress.done()
