"""Rows keep their columns whatever is written on them, and arrows point where they should."""

import pytest

from harness.report.canvas import ASCII, UNICODE, Arrow, Row, needed


def drawn(arrow: Arrow, label: str = "", width: int = 22) -> str:
    row = Row(width)
    arrow.draw(row, UNICODE)
    arrow.label(row, label)
    return row.text()


def test_a_wide_character_takes_two_columns() -> None:
    row = Row(8)
    row.put(1, "你e\u0301x")
    row.put(6, "|")
    assert row.text() == " 你e\u0301x |"


@pytest.mark.parametrize(
    ("arrow", "text"),
    [
        (Arrow(0, 20, inward=True, broken=False), "├── hi ────────────►"),
        (Arrow(0, 20, inward=False, broken=False), " ◄─ hi ─────────────┤"),
        (Arrow(20, 0, inward=True, broken=False), " ◄─ hi ─────────────┤"),
        (Arrow(20, 0, inward=False, broken=False), "├── hi ────────────►"),
        (Arrow(0, 20, inward=True, broken=True), "├─ hi  ─ ─ ─ ─ ─  ✗"),
        (Arrow(0, 20, inward=False, broken=True), "  ✗ hi ─ ─ ─ ─ ─ ─ ─┤"),
    ],
)
def test_arrows(arrow: Arrow, text: str) -> None:
    assert drawn(arrow, "hi") == text


def test_an_arrow_without_words() -> None:
    assert drawn(Arrow(0, 6, inward=True, broken=False)) == "├────►"


def test_an_arrow_passes_other_lifelines() -> None:
    assert drawn(Arrow(0, 20, True, False, (10,))) == "├─────────┼────────►"


def test_the_words_stand_next_to_the_person_if_there_is_room() -> None:
    assert drawn(Arrow(0, 20, True, False, (10,)), "hi") == "├── hi ───┼────────►"
    assert drawn(Arrow(20, 0, False, False, (10,)), "hi") == "├─────────┼── hi ──►"


def test_longer_words_cover_the_lifeline_that_is_passed() -> None:
    assert drawn(Arrow(0, 20, True, False, (10,)), "hello there") == "├── hello there ───►"


def test_words_that_do_not_fit_are_not_written() -> None:
    row = Row(12)
    arrow = Arrow(0, 10, inward=True, broken=False)
    assert not arrow.label(row, "hello")
    assert row.text() == ""
    assert arrow.label(row, "")


def test_what_is_needed_is_enough_and_no_more() -> None:
    arrow = Arrow(0, needed("你好"), inward=True, broken=False)
    assert arrow.label(Row(20), "你好")
    assert not arrow.label(Row(20), "你好!")


def test_in_ascii_an_arrow_is_ascii() -> None:
    row = Row(12)
    arrow = Arrow(0, 10, True, True, (5,))
    arrow.draw(row, ASCII)
    assert row.text() == "|- - +- X"
