"""What a person sees of what a program printed."""

import random

import pytest

from harness.clients.screen import COLUMNS, LINES, MOST_SCROLLED, Screen, squeezed, without_controls


def seen(*data: str | bytes, terminal: bool = True) -> Screen:
    screen = Screen(terminal=terminal)
    for each in data:
        screen.feed(each if isinstance(each, bytes) else each.encode())
    return screen


@pytest.mark.parametrize("terminal", [True, False])
def test_a_line_is_seen(terminal: bool) -> None:
    screen = seen("bob: hello there\r\n", terminal=terminal)
    assert screen.lines() == ["bob: hello there"]
    assert screen.has("hello there")
    assert not screen.has("hello bob")


@pytest.mark.parametrize("terminal", [True, False])
def test_what_comes_in_pieces_is_seen_whole(terminal: bool) -> None:
    raw = "\x1b[31m\u0416\u0434\x1b[0m, é".encode()
    screen = seen(*(raw[at : at + 1] for at in range(len(raw))), terminal=terminal)
    assert screen.has("\u0416\u0434, é")


@pytest.mark.parametrize("terminal", [True, False])
def test_what_may_stand_between_pieces(terminal: bool) -> None:
    stamped = "".join(f"[12:00] {char}\r\n" for char in "я世 1~")
    screen = seen(stamped, terminal=terminal)
    assert not screen.has("я世 1~")
    assert screen.has_in_order("я世 1~")
    assert not screen.has_in_order("世я")
    assert not screen.has_in_order("я世1~~")


def test_half_of_an_order_on_the_screen_and_half_drawn_over_is_none() -> None:
    assert not seen("b\r\x1b[Ka").has_in_order("ab")


def test_what_wraps_is_seen() -> None:
    text = " ".join(f"word{number}" for number in range(100))
    assert len(text) > 2 * COLUMNS
    assert seen(text).has(text)
    assert seen(text.replace(" word50", "\r\n│ word50")).has(text)


def test_words_stand_apart() -> None:
    assert seen("one two\r\n").has("one two")
    assert seen("on\r\n│e | two").has("one two")
    assert not seen("onetwo").has("one two")
    assert not seen("one two three").has("one two three four")
    assert seen("a | b").has("a | b")


def test_what_scrolled_off_and_what_was_drawn_over_has_been_seen() -> None:
    screen = seen("first\r\n" + "x\r\n" * LINES + "gone\r\x1b[Knew")
    assert screen.has("first")
    assert screen.has("gone")
    assert "gone" not in screen.lines()
    assert screen.lines()[-1] == "new"


def test_words_put_together_on_the_screen_are_seen() -> None:
    assert seen("\x1b[10;5Hworld\x1b[10;1Hhel\x1b[1Clo"[:-2]).has("hel world"[:3])
    assert seen("abXdef\x1b[1;3Hc").lines() == ["abcdef"]


def test_a_terminal_answers() -> None:
    assert Screen(terminal=True).feed(b"ab\x1b[6n") == b"\x1b[1;3R"
    assert Screen(terminal=False).feed(b"\x1b[6n") == b""


@pytest.mark.parametrize(
    "hostile",
    [
        b"\x1b[>c\x1b[?6n\x1b[=3u",
        b"\x1b[" + b"9" * 5000 + b"A",
        b"\x1b[99999999;99999999r\x1b[99999L\x1b[99999@",
        b"\x1b]0;never ended\x1b\\",
        b"\xff\xfe\xc3",
        b"\x1b(\x1b)\x1b#8\x1b%G\x0e\x0f",
        b"a\xe2\x80\x8db\xcc\x81" * 50,
    ],
)
def test_nothing_stops_it(hostile: bytes) -> None:
    assert seen(hostile, "\r\n\x1b[2J\x1b[Hstill here").has("still here")


def test_noise_does_not_stop_it() -> None:
    noise = random.Random(5)
    screen = Screen(terminal=True)
    for _ in range(200):
        screen.feed(noise.randbytes(50) + b"\x1b[" + noise.randbytes(3))
    screen.feed(b"\x18\x1b\\\x07\x1bc still here")
    assert screen.has("still here")


def test_what_is_kept_is_bounded() -> None:
    screen = seen("x\r\n" * (MOST_SCROLLED + 500))
    assert len(screen.lines()) <= MOST_SCROLLED + LINES


def test_a_joiner_hides_nothing_behind_it() -> None:
    assert seen("a\u200db behind").has("behind")


def test_squeezed_and_without_controls() -> None:
    assert squeezed(" a\t│ b\n | c") == "abc"
    assert without_controls("\x1b[1mbold\x1b[0m \x1b]0;title\x07x\x07") == "bold x"
