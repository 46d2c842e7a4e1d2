"""A page escapes and wraps what is added, and alone makes colours."""

from harness.report.page import Page, Paint, painted


def test_what_is_added_is_escaped_and_wrapped() -> None:
    page = Page(width=24)
    page.add("one \x1b[31m two three four five", 200, indent=4)
    assert page.text() == "    one \\x1b[31m two\n    three four five\n"


def test_what_is_added_is_bounded() -> None:
    page = Page(width=24)
    page.add("x" * 10_000_000, 50)
    assert sum(map(len, page.lines)) <= 50


def test_ascii_only() -> None:
    page = Page(ascii_only=True)
    page.add("ё", 20)
    assert page.text() == "\\u0451\n"


def test_a_gap_is_one_line_and_never_the_first() -> None:
    page = Page()
    page.gap()
    page.put("a")
    page.gap()
    page.gap()
    page.put("b")
    assert page.text() == "a\n\nb\n"


def test_colours_only_where_they_are_wanted() -> None:
    assert painted("x", Paint.BAD, colour=True) == "\x1b[31mx\x1b[0m"
    assert painted("x", Paint.BAD, colour=False) == "x"
    assert painted("x", Paint.PLAIN, colour=True) == "x"
    assert painted("", Paint.BAD, colour=True) == ""


def test_each_line_of_a_paragraph_is_painted_by_itself() -> None:
    page = Page(width=20, colour=True)
    page.add("one two three four five", 100, paint=Paint.GOOD)
    assert page.lines == ["\x1b[32mone two three four\x1b[0m", "\x1b[32mfive\x1b[0m"]
