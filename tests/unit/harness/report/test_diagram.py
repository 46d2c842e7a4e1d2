"""A diagram shows who said what to whom, and at a glance what never came."""

from time import process_time

import pytest

from harness.escape import cells
from harness.report.diagram import MOST_MOMENTS, draw
from harness.verdict import Direction, Moment

TO, FROM, NOTE = Direction.TO_SERVER, Direction.FROM_SERVER, Direction.NOTE
NASTY = ["\x1b[2J", "\0", "\u202e", "\udcff", "\n", "\u0301", "你", "a"]


def ms(value: float) -> int:
    return int(value * 1_000_000)


def said(at: float, who: str, text: str) -> Moment:
    return Moment(ms(at), who, TO, text)


def heard(at: float, who: str, text: str, *, missing: bool = False) -> Moment:
    return Moment(ms(at), who, FROM, text, missing)


def noted(at: float, who: str, text: str, *, missing: bool = False) -> Moment:
    return Moment(ms(at), who, NOTE, text, missing)


LOST = [
    noted(301, "bob", "in the room"),
    said(412, "alice", "hello"),
    heard(413.1, "bob", "alice: hello"),
    said(500, "alice", "are you there?"),
    heard(500.4, "bob", "alice: are you there?", missing=True),
]


def text(moments: list[Moment], width: int = 100, *, ascii_only: bool = False) -> str:
    return "\n" + "\n".join(draw(moments, width=width, ascii_only=ascii_only)) + "\n"


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw([]) == []


def test_a_lost_message() -> None:
    assert (
        text(LOST)
        == """
seconds   alice                server                         bob
            │                     │                            │
  0.301     │                     │                in the room ●
  0.412     ├── hello ───────────►│                            │
  0.413     │                     ├── alice: hello ───────────►│
  0.500     ├── are you there? ──►│                            │
  never     │                     ├─ alice: are you there? ─ ✗ │
"""
    )


def test_a_lost_message_in_ascii() -> None:
    assert (
        text(LOST, ascii_only=True)
        == """
seconds   alice                server                         bob
            |                     |                            |
  0.301     |                     |                in the room *
  0.412     |-- hello ----------->|                            |
  0.413     |                     |-- alice: hello ----------->|
  0.500     |-- are you there? -->|                            |
  never     |                     |- alice: are you there? - X |
"""
    )


def test_where_words_do_not_fit_on_the_arrow_they_stand_above_it() -> None:
    assert (
        text(LOST, 44)
        == """
seconds   alice         server           bob
            │              │              │
  0.301     │              │  in the room ●
  0.412     ├── hello ────►│              │
            │              │  alice: hello
  0.413     │              ├─────────────►│
            │  are you there?             │
  0.500     ├─────────────►│              │
            │         alice: are you there?
  never     │              ├─ ─ ─ ─ ─ ─ ✗ │
"""
    )


def test_of_many_people_four_are_drawn_whoever_misses_something_among_them() -> None:
    moments = [
        said(1, "ann", "hi"),
        *(heard(2, who, "ann: hi") for who in ("bob", "cid", "dan")),
        heard(5, "eve", "ann: hi", missing=True),
        noted(6, "server", "ended"),
        noted(7, "", "restarted"),
        noted(8, "eve", "EOF", missing=True),
    ]
    assert (
        text(moments, 80)
        == """
seconds   ann           bob          server           cid            eve
           │             │              │              │              │
  0.001    ├── hi ───────┼─────────────►│              │              │
  0.002    │             │◄─ ann: hi ───┤              │              │
  0.002    │             │              ├── ann: hi ──►│              │
           ⋮             ⋮              ⋮              ⋮              ⋮
  never    │             │              ├─ ─ ─ ─ ─ ─ ─ ┼─ ann: hi ─ ✗ │
  0.006    │             │              ● ended        │              │
  0.007    │             │              ● restarted    │              │
  never    │             │              │              │          EOF ✗
(not drawn: 1 more moment, 1 more person)
"""
    )


def test_one_person_stands_left_of_the_server() -> None:
    assert (
        text([noted(1, "ann", "here"), heard(2, "ann", "nickname")])
        == """
seconds   ann           server
           │               │
  0.001    ● here          │
  0.002    │◄─ nickname ───┤
"""
    )


def test_the_server_alone() -> None:
    assert (
        text([noted(1, "server", "exit status 1")])
        == """
seconds   server
             │
  0.001      ● exit status 1
"""
    )


def test_a_person_may_be_called_server() -> None:
    assert draw([said(1, "server", "hi")])[0].split() == ["seconds", "server", "server"]


def test_moments_are_drawn_by_their_times() -> None:
    lines = draw([said(2, "ann", "second"), said(1, "ann", "first"), said(2, "ann", "third")])
    assert [line.split()[2] for line in lines[2:]] == ["first", "second", "third"]


def test_of_many_moments_the_ends_are_drawn_and_what_is_missing() -> None:
    many = [said(at, "ann", f"<{at}>") for at in range(1000)]
    lines = draw([*many, heard(500.5, "bob", "<500>", missing=True)])
    assert len(lines) == 2 + MOST_MOMENTS + 2 + 1
    drawing = "\n".join(lines)
    assert "<0>" in drawing
    assert "<999>" in drawing
    assert "<500>" in drawing
    assert "<400>" not in drawing
    assert lines[-1] == "(not drawn: 977 more moments)"
    assert sum("⋮" in line for line in lines) == 2


def test_what_is_missing_is_red_where_there_are_colours() -> None:
    lines = draw(LOST, colour=True)
    assert [line.startswith("\x1b[31m") for line in lines] == [False] * 6 + [True]
    assert lines[-1].endswith("│\x1b[0m")


def test_what_is_missing_may_have_no_words() -> None:
    assert draw([heard(1, "ann", "", missing=True)])[-1] == "  never    │ ✗  ─ ─ ─ ─ ─┤"


@pytest.mark.parametrize("width", [-1, 40, 41, 60, 79, 80, 100, 200])
@pytest.mark.parametrize("people", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_line_is_too_wide_and_nothing_nasty_gets_through(
    width: int, people: int, nasty: str, ascii_only: bool
) -> None:
    moments = [
        Moment(at * 10**12, f"{at % people}{nasty * 30}", direction, nasty * length, missing)
        for at, (direction, length, missing) in enumerate(
            (direction, length, missing)
            for direction in Direction
            for length in (1, 9, 30, 300)
            for missing in (False, True)
        )
    ]
    lines = draw(moments, width=width, ascii_only=ascii_only)
    assert len(lines) > len(moments) // 2
    for line in lines:
        assert cells(line) <= max(width, 40)
        assert line.isprintable()
        assert line.isascii() or not ascii_only


def test_lifelines_stay_in_their_columns_whatever_is_said() -> None:
    moments = [said(1, "ann", nasty) for nasty in NASTY] + [heard(2, "bob", "x")]
    lines = draw(moments)
    column = cells(lines[1][: lines[1].rindex("│")])
    for line in lines[1:-1]:
        assert cells(line) == column + 1
        assert line.endswith("│")


def test_huge_texts_take_no_time() -> None:
    huge = "\x1b" * 10_000_000
    begun = process_time()
    lines = draw([said(1, huge, huge), heard(2, "bob", huge, missing=True)])
    # Escaping one of these texts whole takes seconds of this very processor.
    assert process_time() - begun < 1
    assert sum(map(len, lines)) < 1000
