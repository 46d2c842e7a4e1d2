"""A form reaches from one prefix to the next; with frames from one frame end to the next."""

import pytest
from streams import voices_of

from harness.forms import PATIENCE, Form, find_form

NAMES = ("ann", "bob", "bob", "a", "a: b")

# The text, whether nothing more comes, whether it begins inside a frame; the form.
RAW = [
    pytest.param("bob: hi", False, Form(0, 5, 7, (1, 2), False), id="its end is not known"),
    pytest.param("bob: hi", True, Form(0, 5, 7, (1, 2), True), id="nothing more comes"),
    pytest.param("bob: hiann: ho", False, Form(0, 5, 7, (1, 2), True), id="up to the next"),
    pytest.param("hi", False, Form(0, 0, 2, (), False), id="no prefix"),
    pytest.param("hi", True, Form(0, 0, 2, (), True), id="no prefix, and nothing more"),
    pytest.param("hiann: ho", False, Form(0, 0, 2, (), True), id="before the first prefix"),
    pytest.param("a: b: hi", True, Form(0, 6, 8, (3, 4), True), id="two that begin alike"),
    pytest.param("ann: bob: hi", True, Form(0, 5, 5, (0,), True), id="nothing between two"),
    pytest.param(
        "x" * 300 + "ann: hi", False, Form(0, 0, 300, (), True), id="far from the beginning"
    ),
    pytest.param(
        "x" * 60 + "ann: hi", False, Form(0, 0, 60, (), True), id="at the edge of a glance"
    ),
    pytest.param("x" * PATIENCE, False, Form(0, 0, PATIENCE, (), True), id="waited long enough"),
    pytest.param(
        "bob: " + "x" * PATIENCE,
        False,
        Form(0, 5, PATIENCE + 5, (1, 2), True),
        id="waited long enough behind a prefix",
    ),
]

LINES = [
    pytest.param("ann: hi\nx", False, False, Form(0, 5, 8, (0,), True), id="a line"),
    pytest.param("ann: hi\nx", False, True, Form(0, 0, 8, (), True), id="the rest of a line"),
    pytest.param("ann: hi", False, False, None, id="its end is awaited"),
    pytest.param("ann: hi", True, False, Form(0, 5, 7, (0,), True), id="its end will not come"),
    pytest.param("hi ann: ho\n", False, False, Form(0, 0, 11, (), True), id="no prefix in front"),
    pytest.param(
        "x" * PATIENCE, False, False, Form(0, 0, PATIENCE, (), True), id="waited long enough"
    ),
]


@pytest.mark.parametrize(("text", "final", "form"), RAW)
def test_without_frames(text: str, final: bool, form: Form) -> None:
    voices = voices_of("raw", NAMES)
    assert find_form(voices, bytearray(text.encode()), final=final, inside=False) == form


@pytest.mark.parametrize(("text", "final", "inside", "form"), LINES)
def test_with_frames(text: str, final: bool, inside: bool, form: Form | None) -> None:
    voices = voices_of("lines", NAMES)
    assert find_form(voices, bytearray(text.encode()), final=final, inside=inside) == form
