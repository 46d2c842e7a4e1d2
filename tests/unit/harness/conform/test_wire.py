"""What went to and fro, as text: all of it, in order, and harmless."""

import pytest

from harness import events
from harness.conform.wire import MOST_LINES, wire_log
from harness.events import Ending, Event, Failure, Kind, Role, Stage

SECOND = 1_000_000_000
CAME = events.Connect(0, 0, "ann", "ann", Role.PERSON)


def _line(event: Event) -> str:
    """Write an event of ann's."""
    return wire_log([CAME, event]).splitlines()[1]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (events.Connected(SECOND, 0, "127.0.0.1", 4000), "is connected, from port 4000"),
        (events.ConnectFailed(SECOND, 0, "refused"), "error: refused"),
        (events.Broken(SECOND, 0, "reset by peer"), "error: reset by peer"),
        (events.Named(SECOND, 0, b"ann\n"), "-> 4 bytes: ann\\n (the nickname)"),
        (events.Said(SECOND, 0, 0, b"hi", b"", Kind.STORY, 0, 0), "-> 2 bytes: hi"),
        (events.Sent(SECOND, 0, b"h"), "-> 1 byte: h"),
        (events.Read(SECOND, 0, b"bob: hi"), "<- 7 bytes: bob: hi"),
        (events.Eof(SECOND, 0), "<- end of stream"),
        (events.Left(SECOND, 0, Ending.HALF_CLOSE), "ends it (half-close)"),
        (events.Froze(SECOND, 0), "stops reading"),
        (events.Thawed(SECOND, 0), "reads again"),
        (
            events.StepFailed(SECOND, 0, 0, "ann", Failure.HEARS, 5.0, 0.0, "not from bob"),
            "step failed: hears not from bob",
        ),
        (events.StepFailed(SECOND, 0, 0, "ann", Failure.JOIN, 5.0, 0.0, ""), "step failed: join"),
    ],
)
def test_what_happens_to_somebody_is_a_line(event: Event, words: str) -> None:
    assert _line(event) == f"   1.0000 s  ann              {words}"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (events.ServerTold(SECOND // 2, "kill", 0), "is told: kill"),
        (events.Exited(SECOND // 2, 3), "ended with exit status 3"),
        (events.Exited(SECOND // 2, 0), "ended with exit status 0"),
    ],
)
def test_what_happens_to_the_server_is_a_line(event: Event, words: str) -> None:
    assert wire_log([event]) == f"   0.5000 s  the server       {words}"


def test_a_signal_ends_a_process() -> None:
    line = wire_log([events.Exited(0, -9)])
    assert "was ended by" in line
    assert "exit status" not in line


def test_what_is_no_traffic_is_no_line() -> None:
    quiet = [
        events.StageBegun(1, Stage.STORY),
        events.Accepted(1, 0, 0),
        events.Closed(1, 0),
        events.Lagged(1, 0.5),
    ]
    assert wire_log(quiet) == ""
    assert wire_log([], "it crashed") == "it crashed"


def test_everybody_has_a_name() -> None:
    history = [
        CAME,
        events.Connect(0, 1, "beacon-1", "beacon-1", Role.BEACON),
        events.Read(1, 1, b"x"),
        events.Read(2, 0, b"y"),
        events.ConnectFailed(3, 7, "refused"),
    ]
    lines = wire_log(history, "first").splitlines()
    assert lines[0] == "first"
    assert [line[13:29].rstrip() for line in lines[1:]] == [
        *("ann", "beacon-1 (beacon", "beacon-1 (beacon", "ann", ""),
    ]
    assert "beacon-1 (beacon)" in lines[2]


def test_what_a_program_sends_obeys_nobody() -> None:
    line = _line(events.Read(0, 0, b"\x1b[2Jhi\r\n\xff\xe2\x80\xae"))
    assert line.endswith("<- 12 bytes: \\x1b[2Jhi\\r\\n\\xff\\u202e")
    named = events.Connect(0, 0, "a\x1bnn" + "x" * 99, "ann", Role.PERSON)
    (line,) = wire_log([named]).splitlines()
    assert "\x1b" not in line
    assert len(line) < 80


@pytest.mark.parametrize("text", ["x" * 10_000, "Ж" * 5_000])
def test_much_is_shown_in_part_and_counted_whole(text: str) -> None:
    line = _line(events.Read(0, 0, text.encode()))
    assert "<- 10 000 bytes: " in line
    assert len(line) < 300
    for event in (events.Broken(0, 0, text), events.Left(0, 0, Ending.LEAVE)):
        assert len(_line(event)) < 300


@pytest.mark.parametrize("more", [0, 1, 1234])
def test_of_a_long_run_the_beginning_and_the_end_are_kept(more: int) -> None:
    count = MOST_LINES + more
    history = [events.Read(at * SECOND, 0, b"%d" % at) for at in range(count)]
    lines = wire_log([history[0], *history[1:]], "first").splitlines()
    kept = [int(line.rsplit(" ", 1)[1]) for line in lines[1:] if "left out" not in line]
    assert lines[0] == "first"
    assert (kept[0], kept[-1], len(kept)) == (0, count - 1, MOST_LINES)
    assert kept == sorted(kept)
    dots = [(at, line) for at, line in enumerate(lines) if "left out" in line]
    assert dots == ([(101, f"[... {more:,} lines left out ...]")] if more else [])


def _attempt(conn: int, at: int) -> list[Event]:
    return [
        events.Connect(at, conn, "beacon-1", "beacon-1", Role.BEACON),
        events.ConnectFailed(at, conn, "refused"),
        events.Closed(at, conn),
    ]


def test_attempts_before_the_server_listened_are_one_line() -> None:
    came = events.Connected(SECOND, 0, "127.0.0.1", 4000)
    history = [*_attempt(1, 1), *_attempt(2, 2), CAME, came, *_attempt(3, 2 * SECOND)]
    first, *lines = wire_log(history).splitlines()
    assert first == "(2 connections refused before the server listened)"
    assert [line[13:].split() for line in lines] == [
        ["ann", "connects"],
        ["ann", "is", "connected,", "from", "port", "4000"],
        ["beacon-1", "(beacon)", "connects"],
        ["beacon-1", "(beacon)", "error:", "refused"],
    ]


def test_attempts_are_shown_where_nobody_ever_came() -> None:
    log = wire_log(_attempt(1, 1))
    assert "before the server listened" not in log
    assert "error: refused" in log
