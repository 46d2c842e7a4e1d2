"""What a tested program says can neither move the cursor, nor hide, nor fill the report."""

import io
import unicodedata
from time import process_time

import pytest

from harness.escape import (
    cells,
    counted,
    excerpt,
    for_terminal,
    number,
    pad,
    takes_unicode,
    wrap,
)

HUGE = 10_000_000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hello, it's ~me~ \\o/", "hello, it's ~me~ \\o/"),
        ("Привет, 你好 😀 ﬁ é", "Привет, 你好 😀 ﬁ é"),
        ("", ""),
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("\0", "\\x00"),
        ("a\nb\rc\td", "a\\nb\\rc\\td"),
        ("\b\x7f", "\\x08\\x7f"),
        ("\x9b31m\x85", "\\u009b31m\\u0085"),
        ("\u202eevil\u202c", "\\u202eevil\\u202c"),
        ("\u2066\u2069\u200e\u200f", "\\u2066\\u2069\\u200e\\u200f"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("\u200b\u200c\u200d\u00ad\ufeff", "\\u200b\\u200c\\u200d\\u00ad\\ufeff"),
        ("\u00a0\u3000", "\\u00a0\\u3000"),
        ("\ue000\U0010fffd", "\\ue000\\U0010fffd"),
        ("\U000e0041", "\\U000e0041"),
        ("\u0378", "\\u0378"),  # has no character in any Unicode yet
        ("\u2764\ufe0f\u3164\u2800", "\u2764\\ufe0f\\u3164\\u2800"),
    ],
)
def test_what_a_terminal_obeys_or_hides_is_escaped(text: str, shown: str) -> None:
    assert for_terminal(text) == shown


def test_bytes_that_were_no_text_are_shown_as_bytes() -> None:
    text = b"ok \xd0\xff".decode("utf-8", "surrogateescape")
    assert for_terminal(text) == "ok \\xd0\\xff"


def test_other_lone_surrogates_are_shown_by_their_numbers() -> None:
    assert for_terminal("\ud800\udfff\udc7f") == "\\ud800\\udfff\\udc7f"


def test_marks_stand_on_letters_and_pile_up_no_higher_than_four() -> None:
    mark = "\u0301"
    assert for_terminal("e" + mark * 4) == "e" + mark * 4
    assert for_terminal("e" + mark * 6 + "x") == "e" + mark * 4 + "\\u0301" * 2 + "x"
    assert for_terminal("я" + mark * 5) == "я" + mark * 4 + "\\u0301"


@pytest.mark.parametrize("before", ["", "\x1b", "\udcff"])
def test_a_mark_that_stands_on_nothing_is_escaped(before: str) -> None:
    assert for_terminal(f"{before}\u0301").endswith("\\u0301")


def test_only_ascii_where_only_ascii_is_taken() -> None:
    shown = for_terminal("né\u0301я😀\udcff~", ascii_only=True)
    assert shown == "n\\u00e9\\u0301\\u044f\\U0001f600\\xff~"


def test_no_character_at_all_gets_through_that_could_do_harm() -> None:
    shown = for_terminal("a".join(map(chr, range(0x110000))))
    assert shown.isprintable()
    kinds = {unicodedata.category(char) for char in set(shown)}
    assert kinds.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    assert not set("\u00a0\u3000\u3164\ufe0f") & set(shown)


def test_a_text_may_be_escaped_twice() -> None:
    text = "e\u0301\u0301\u0301\u0301\u0301\x1b\u0301\udcff \\x1b\u202e"
    assert for_terminal(for_terminal(text)) == for_terminal(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [("", 0), ("hello", 5), ("Привет", 6), ("你好", 4), ("😀", 2), ("\uff21", 2), ("e\u0301", 1)],
)
def test_cells(text: str, size: int) -> None:
    assert cells(text) == size


def test_pad_counts_cells_and_never_cuts() -> None:
    assert pad("你", 4) == "你  "
    assert pad("hello", 3) == "hello"


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("hello", 5, "hello"),
        ("hello", 4, "hel…"),
        ("hello", 1, "…"),
        ("hello", 0, ""),
        ("hello", -3, ""),
        ("", 0, ""),
        ("你好你好", 6, "你好…"),
        ("你好你好", 8, "你好你好"),
        ("ab\x1b\x1b", 6, "ab…"),
        ("e\u0301" * 5, 5, "e\u0301" * 5),
        ("0123456789" * 3, 24, "0123456789012345…3456789"),
        ("0123456789" * 20, 40, "012345678901234… 178 characters …3456789"),
        ("0123456789" * 13, 40, "01234567890123456789012345…7890123456789"),
        ("a" * HUGE, 60, f"{'a' * 24}… 9 999 965 characters …{'a' * 11}"),
        ("a" * 17 + "b\u0301cdefghi", 24, f"{'a' * 16}…cdefghi"),
    ],
)
def test_excerpt(text: str, width: int, shown: str) -> None:
    assert excerpt(text, width) == shown


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("hello", 2, ".."),
        ("hello", 4, "h..."),
        ("я" * 9, 54, "\\u044f" * 9),
        ("я" * 9, 30, "\\u044f\\u044f\\u044f...\\u044f"),
    ],
)
def test_excerpt_in_ascii(text: str, width: int, shown: str) -> None:
    assert excerpt(text, width, ascii_only=True) == shown


@pytest.mark.parametrize("char", ["a", "\0", "\x1b", "\u0301", "\udcff", "你", "\u202e"])
@pytest.mark.parametrize("width", [0, 1, 5, 23, 24, 39, 40, 100])
def test_an_excerpt_is_never_too_wide_and_needs_not_the_whole_text(char: str, width: int) -> None:
    text = char * HUGE
    begun = process_time()
    assert cells(excerpt(text, width)) <= width
    # Escaping all of it takes seconds of the processor; looking at its ends, nothing to speak of.
    assert process_time() - begun < 0.5


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one two", ["one two"]),
        ("one two three", ["one two", "three"]),
        ("one two  three", ["one two ", "three"]),
        ("  indented", ["  indent", "ed"]),
        ("abcdefghij", ["abcdefgh", "ij"]),
        ("你好你好你", ["你好你好", "你"]),
        ("one e\u0301e\u0301e\u0301 x", ["one e\u0301e\u0301e\u0301", "x"]),
    ],
)
def test_wrap(text: str, lines: list[str]) -> None:
    assert wrap(text, 8) == lines


def test_wrap_comes_to_an_end_even_where_nothing_fits() -> None:
    assert wrap("你好", 1) == ["你", "好"]


def test_numbers() -> None:
    assert number(7) == "7"
    assert number(1234567) == "1 234 567"
    assert counted(1, "person", "people") == "1 person"
    assert counted(0, "person", "people") == "0 people"


@pytest.mark.parametrize(
    ("encoding", "takes"), [("utf-8", True), ("UTF8", True), ("ascii", False), ("koi8-r", False)]
)
def test_which_streams_take_unicode(encoding: str, takes: bool) -> None:
    with io.TextIOWrapper(io.BytesIO(), encoding) as stream:
        assert takes_unicode(stream) is takes


def test_a_stream_without_an_encoding_takes_any_character() -> None:
    assert takes_unicode(io.StringIO())


def test_an_encoding_that_nobody_knows_takes_ascii_alone() -> None:
    class Odd(io.StringIO):
        encoding = "no-such-encoding"

    assert not takes_unicode(Odd())
