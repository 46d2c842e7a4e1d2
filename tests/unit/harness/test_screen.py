"""`harness.screen`: a report fits where it goes, and whoever has gone is no error."""

import io
import os
from pathlib import Path

import pytest

from harness.report.text import About
from harness.screen import Screen
from harness.verdict import CheckResult, Finding, Outcome, Verdict

ABOUT = About("talk", "Ein Gespräch", 1, "raw", "x", run_folder="runs/a")
SAYS = "bob heard “\x1b[2Jwords” " + "and so on " * 20
FINDING = Finding("delivery", "RELAY-1", SAYS)
VERDICT = Verdict(Outcome.FAIL, (CheckResult("delivery", Outcome.FAIL, 3, (FINDING,)),))


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, *, verbose: bool = False) -> str:
    Screen(stream).show(VERDICT, ABOUT, verbose)
    return stream.getvalue()


def test_a_file_gets_no_colours_and_a_hundred_columns() -> None:
    text = shown(io.StringIO())
    assert "\x1b" not in text
    assert 80 < max(map(len, text.splitlines())) <= 100
    assert text.endswith("Kept in runs/a\n")


@pytest.mark.parametrize(("columns", "widest"), [("40", 60), ("80", 80), ("300", 120)])
def test_a_terminal_gets_colours_and_its_width(
    columns: str, widest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in shown(Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    text = shown(Terminal())
    assert "\x1b" not in text
    words = [line for line in text.splitlines() if line.startswith("    ")]
    assert widest - 12 < max(map(len, words)) <= widest


def test_only_ascii_where_there_is_only_ascii() -> None:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding="ascii") as stream:
        Screen(stream).show(VERDICT, ABOUT)
        assert raw.getvalue().isascii()


def test_more_is_said_where_it_is_asked_for() -> None:
    assert len(shown(io.StringIO(), verbose=True)) > len(shown(io.StringIO()))


def test_whoever_reads_it_may_have_gone(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        screen = Screen(stream)
        screen.say("first")
        screen.show(VERDICT, ABOUT)
        screen.say("last")
        assert os.path.samestat(os.fstat(stream.fileno()), Path(os.devnull).stat())
    assert list(tmp_path.iterdir()) == []
