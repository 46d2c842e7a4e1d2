"""Templates as bytes: where one may end in a stream, and whether more could make it one."""

import pytest

from harness.shapes import (
    MOST_FIELD,
    MOST_LISTED,
    Match,
    Names,
    Place,
    Shape,
)
from harness.template import FIELDS, MOST_ANY, parse_template
from harness.tokens import mint

NICKS = ("ann", "an", "bob", "x y", "Ж")


def _names(*nicks: str) -> Names:
    names = Names()
    for nick in nicks:
        names.add(nick, nick.encode())
    return names


def _shape(source: str, encoding: str = "utf-8") -> Shape:
    return Shape(parse_template(source, FIELDS).parts, encoding, _names(*NICKS))


def _ends(source: str, text: str, at: int = 0) -> tuple[list[int], bool]:
    """Tell where it may end, and whether more could make it one."""
    match = _shape(source).match(text.encode(), at)
    return sorted(place.end for place in match.places), match.unfinished


# -- names ---------------------------------------------------------------------------------------


def test_the_longest_nickname_comes_first() -> None:
    names = _names("an", "ann", "bob", "an")
    assert list(names.at(b"xannx", 1)) == [b"ann", b"an"]
    assert list(names.at(b"anx", 0)) == [b"an"]
    assert list(names.at(b"xann", 0)) == []
    assert names.known == {b"an": "an", b"ann": "ann", b"bob": "bob"}


def test_a_nickname_is_what_it_was_first_written_for() -> None:
    names = Names()
    names.add("first", b"?")
    names.add("second", b"?")
    assert names.known == {b"?": "first"}


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        (b"", True),
        (b"a", True),
        (b"an", True),
        (b"ann", False),
        (b"bo", True),
        (b"ax", False),
        (b"n", False),
        (b"anna", False),
    ],
)
def test_a_nickname_of_which_more_may_come(text: bytes, begun: bool) -> None:
    assert _names("an", "ann", "bob").begun(b": " + text, 2) is begun


def test_where_nobody_has_a_nickname_none_has_begun() -> None:
    names = Names()
    assert not names.begun(b"", 0)
    assert list(names.at(b"ann", 0)) == []


# -- whole shapes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text", "ends", "unfinished"),
    [
        pytest.param("* hi", "* hi", [4], False, id="text alone"),
        pytest.param("* hi", "* hi there", [4], False, id="and more behind it"),
        pytest.param("* hi", "* h", [], True, id="its beginning"),
        pytest.param("* hi", "", [], True, id="nothing yet"),
        pytest.param("* hi", "* ho", [], False, id="other text"),
        pytest.param("* hi", "* x", [], False, id="shorter other text"),
        pytest.param("<{nick}> ", "<ann> hi", [6], False, id="a name"),
        pytest.param("<{nick}> ", "<an", [], True, id="a name or more of one"),
        pytest.param("<{nick}> ", "<zed> hi", [], False, id="a stranger's name"),
        pytest.param("<{nick}> ", "<Ж> hi", [5], False, id="a name of two bytes"),
        pytest.param("{nick} ", "x y z", [4], False, id="a name with a blank"),
        pytest.param("{nick}", "ann", [2, 3], False, id="one name begins another"),
        pytest.param("{nick} is {nick}", "ann is ann", [10], False, id="the same name twice"),
        pytest.param("{nick} is {nick}", "ann is bob", [], False, id="two names are not one"),
        pytest.param("{nick} is {nick}", "ann is an", [], True, id="so far another's"),
        pytest.param("{host}>", "127.0.0.1> hi", [10], False, id="an address"),
        pytest.param("{host}>", "127.0.0.1", [], True, id="an address without what follows"),
        pytest.param("{host}>", "> hi", [], False, id="no address"),
        pytest.param("{host}:{port} ", "::1:80 hi", [7], False, id="an address with colons"),
        pytest.param(":{port} ", ":4000 hi", [6], False, id="a port"),
        pytest.param(":{port} ", ":400000 hi", [], False, id="more than a port"),
        pytest.param(":{port} ", ":4000", [], True, id="a port and more of it"),
        pytest.param("[{time}] ", "[12:00] hi", [8], False, id="a time"),
        pytest.param("[{time}] ", "[2024-01-02 10:00 AM] x", [22], False, id="a date"),
        pytest.param("[{time}] > ", "[12:00]", [], True, id="what follows a time has begun"),
        pytest.param("[{time}] > ", "[12:00] >", [], True, id="and is nearly there"),
        pytest.param("[{time}] > ", "[12:00]x", [], False, id="something else follows"),
        pytest.param("[{time}] ", "[1] hi", [], False, id="too short for a time"),
        pytest.param("[{time}] ", "[noon] hi", [], False, id="no time"),
        pytest.param("({any}) ", "(so (it) is) h", [9, 13], True, id="anything, to each end"),
        pytest.param("({any}) ", "(so (it) is) h\n", [9, 13], False, id="where its line ends"),
        pytest.param("({any})", "(one\n)", [], False, id="anything is on one line"),
        pytest.param("({any}) ", "(abc)", [], True, id="its end has begun"),
        pytest.param("({any}) ", "(abc", [], True, id="anything that goes on"),
        pytest.param("+{any}", "+ab", [1, 2, 3], False, id="anything to the end"),
        pytest.param("at {port}", "at 80", [4, 5], False, id="a port to the end"),
        pytest.param("at {port}", "at ", [], True, id="a port has a digit"),
        pytest.param("at {port}", "at x", [], False, id="a port has no letter"),
    ],
)
def test_where_it_ends_and_whether_it_may_go_on(
    source: str, text: str, ends: list[int], unfinished: bool
) -> None:
    length = len(text.encode())
    assert _ends(source, text) == (ends, unfinished)
    shifted = _ends(source, f"ann{text}", 3)
    assert shifted == ([end + 3 for end in ends], unfinished)
    assert all(end <= length for end in ends)


def test_what_varies_is_not_kept_and_who_is_named_is_told() -> None:
    match = _shape("[{time}] {nick} ({host}, {any}): ").match(b"[12:00] ann (::1, x y): hi\n", 0)
    assert match == Match([Place(24, b"[] ann (::1, ): ", "ann")], unfinished=False)


def test_one_end_may_name_several_people() -> None:
    names = _names("x", "x y")
    shape = Shape(parse_template("{nick} {any}!", FIELDS).parts, "utf-8", names)
    places = shape.match(b"x y !\n", 0).places
    assert sorted((place.end, place.nick, place.kept) for place in places) == [
        (5, "x", b"x !"),
        (5, "x y", b"x y !"),
    ]


def test_no_end_comes_twice_for_one_name() -> None:
    places = _shape("{any}-{any}-").match(b"a-b-c-", 0).places
    assert sorted(place.end for place in places) == [4, 6]


@pytest.mark.parametrize(
    ("payload", "fits"),
    [
        pytest.param("x" * MOST_ANY, True, id="so many letters"),
        pytest.param("x" * (MOST_ANY + 1), False, id="one more"),
        pytest.param("Ж" * MOST_ANY, True, id="so many of two bytes"),
        pytest.param("Ж" * (MOST_ANY + 1), False, id="one more of two bytes"),
        pytest.param("x" * MOST_FIELD, False, id="so many bytes"),
        pytest.param(f"x {mint(0, 0).decode()}", False, id="a token is always of a message"),
        pytest.param("", True, id="nothing at all"),
    ],
)
def test_so_much_can_be_anything(payload: str, fits: bool) -> None:
    text = f"({payload}) "
    ends = [len(text.encode())] if fits else []
    assert _ends("({any}) ", f"{text}\n") == (ends, False)


def test_characters_are_counted_in_the_encoding_of_the_dialect() -> None:
    payload = ("Ж" * 60).encode()
    shapes = {name: _shape("({any})", name) for name in ("utf-8", "latin-1")}
    ends = {name: shape.match(b"(" + payload + b")", 0).places for name, shape in shapes.items()}
    assert [len(ends[name]) for name in shapes] == [1, 0]


def test_for_the_end_of_what_is_far_too_long_nobody_waits() -> None:
    assert _ends("({any})", f"({'x' * MOST_ANY}") == ([], True)
    assert _ends("({any})", f"({'x' * (MOST_FIELD + 1)}") == ([], False)


# -- what a shape is -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "loose", "literal", "head", "trails"),
    [
        ("{nick}: ", False, True, b"nick", ""),
        ("<{nick} {host}:{port}> ", False, True, b"<", ""),
        ("[{time}] ", False, False, b"[", ""),
        (" ({any})", True, False, b" (", ""),
        (" at {time}", False, False, b" at ", "time"),
        ("so {any}", True, False, b"so ", "any"),
        ("from {host}", False, True, b"from ", "host"),
        ("by {nick}", False, True, b"by ", ""),
    ],
)
def test_what_a_shape_is(source: str, loose: bool, literal: bool, head: bytes, trails: str) -> None:
    shape = _shape(source)
    assert (shape.loose, shape.literal, shape.trails) == (loose, literal, trails)
    assert shape.empty is False
    if not source.startswith("{"):
        assert shape.head == head


def test_a_shape_without_parts_is_everywhere() -> None:
    shape = Shape((), "utf-8", _names("ann"))
    assert (shape.empty, shape.literal, shape.loose, shape.most) == (True, True, False, 0)
    assert shape.match(b"abc", 2) == Match([Place(2, b"", None)], unfinished=False)
    assert shape.trail(b"abc", 0) == 0


def test_how_long_a_shape_can_be() -> None:
    assert _shape("[{time}] Ж").most == len("[] Ж".encode()) + MOST_FIELD


@pytest.mark.parametrize(
    ("source", "text", "at", "count"),
    [
        pytest.param("at {time}", "at 12:00:30 PM", 8, 6, id="more of a time"),
        pytest.param("at {time}", "at 12:00hello", 8, 0, id="nothing more"),
        pytest.param("so {any}", "so it\nis", 3, 2, id="to the end of the line"),
        pytest.param("[{time}] ", "[12:00] 12", 8, 0, id="it ends with text"),
        pytest.param("by {nick}", "by ann", 4, 0, id="a name is known"),
    ],
)
def test_how_much_more_of_its_last_field_there_may_be(
    source: str, text: str, at: int, count: int
) -> None:
    assert _shape(source).trail(text.encode(), at) == count


# -- what may be a list ----------------------------------------------------------------------------


def _listed(source: str, text: str, most: int, *, framed: bool) -> tuple[list[int], bool]:
    parts = parse_template(source, FIELDS).parts
    shape = Shape(parts, "utf-8", _names(*NICKS), listed=most, framed=framed)
    match = shape.match(text.encode(), 0)
    return [place.end for place in match.places], match.unfinished


@pytest.mark.parametrize("framed", [True, False])
@pytest.mark.parametrize(
    ("text", "ends", "unfinished"),
    [
        pytest.param("In: ann, bob. Hi", [13], True, id="a list, or the beginning of one"),
        pytest.param("In: " + "x" * 300 + ". Hi", [305], False, id="a long one"),
        pytest.param("In: " + "x" * 301 + ". Hi", [], False, id="too long a one"),
        pytest.param("In: " + "x" * 200, [], True, id="it may go on"),
        pytest.param("In: " + "x" * 301, [], False, id="it may not"),
        pytest.param("In: ann\n.", [], False, id="on one line"),
        pytest.param(f"In: {mint(0, 0).decode()}.", [], False, id="a message"),
        pytest.param(f"In: ann. {mint(0, 0).decode()}.", [8], False, id="before a message"),
        pytest.param("In: a.b.c.", [6, 8, 10], True, id="wherever what follows stands"),
    ],
)
def test_what_varies_in_a_notice_may_be_a_list(
    text: str, ends: list[int], unfinished: bool, framed: bool
) -> None:
    assert _listed("In: {any}.", text, 300, framed=framed) == (ends, unfinished)


@pytest.mark.parametrize(
    ("text", "framed", "ends"),
    [
        pytest.param("In: ab", True, [6], id="a frame has its end"),
        pytest.param("In: ", True, [4], id="nobody is in"),
        pytest.param("In: a\rb", True, [], id="a frame that goes on otherwise"),
        pytest.param("In: ab", False, [4, 5, 6], id="without frames it may end anywhere"),
    ],
)
def test_a_list_at_the_end(text: str, framed: bool, ends: list[int]) -> None:
    assert _listed("In: {any}", text, 300, framed=framed) == (ends, False)


def test_how_much_more_of_a_list_there_may_be() -> None:
    parts = parse_template("In: {any}", FIELDS).parts
    shape = Shape(parts, "utf-8", _names(*NICKS), listed=MOST_LISTED)
    assert shape.most_trailing == MOST_LISTED
    assert shape.trail(b"In: " + b"x" * 1000, 4) == 1000
    timed = Shape(parse_template("{any} at {time}", FIELDS).parts, "utf-8", _names(), listed=2000)
    assert timed.most_trailing == MOST_FIELD
