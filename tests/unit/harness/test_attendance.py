"""`harness.attendance`: what follows from when one connection came, joined and went."""

import pytest

from harness.attendance import MOST_ANSWER, Attendance, departed_at, is_asked_again
from harness.dialect import Dialect
from harness.dialect_files import load_dialect
from harness.events import Ending, Role

RAW = load_dialect("raw")
PROMPT = b"nickname"
LINE = {"ends": "lf"}
BY_ITS_END = Dialect.model_validate(
    {
        "name": "test",
        "about": "A test.",
        "prompt": {"ends-with": "name: "},
        "nickname": LINE,
        "said": LINE,
        "heard": LINE,
        "relay": "{nick}: {message}",
        "greeting": "Welcome, {nick}! Write a nice name: ",
    }
)


def someone(
    *,
    joining: int | None = 3,
    leaving: int | None = None,
    gone: int | None = None,
    froze: int | None = None,
    thawed: int | None = None,
    untext: int | None = None,
) -> Attendance:
    person = Attendance(0, "ann", "ann", Role.PERSON, 1)
    person.joining, person.leaving, person.gone = joining, leaving, gone
    person.froze, person.thawed, person.untext = froze, thawed, untext
    return person


@pytest.mark.parametrize(
    ("joining", "leaving", "gone", "present"),
    [
        pytest.param(3, None, None, True, id="named"),
        pytest.param(None, None, None, False, id="without a name"),
        pytest.param(3, 5, None, False, id="leaving"),
        pytest.param(3, None, 5, False, id="ended by the server"),
    ],
)
def test_who_has_a_name_is_present_until_either_side_begins_to_end(
    joining: int | None, leaving: int | None, gone: int | None, present: bool
) -> None:
    assert someone(joining=joining, leaving=leaving, gone=gone).present is present


@pytest.mark.parametrize(
    ("leaving", "gone", "thrown_out"),
    [
        pytest.param(None, None, False, id="nobody ended it"),
        pytest.param(5, None, False, id="it left"),
        pytest.param(5, 6, False, id="it left, and the server answered"),
        pytest.param(5, 5, False, id="both at once"),
        pytest.param(None, 5, True, id="the server ended it"),
        pytest.param(6, 5, True, id="the server was first"),
    ],
)
def test_thrown_out_is_whom_the_server_ended_first(
    leaving: int | None, gone: int | None, thrown_out: bool
) -> None:
    assert someone(leaving=leaving, gone=gone).thrown_out is thrown_out


@pytest.mark.parametrize(
    ("froze", "thawed", "frozen"), [(None, None, False), (5, None, True), (5, 6, False)]
)
def test_frozen_is_who_has_not_thawed(froze: int | None, thawed: int | None, frozen: bool) -> None:
    assert someone(froze=froze, thawed=thawed).frozen is frozen


@pytest.mark.parametrize(
    ("person", "wronged"),
    [
        pytest.param(someone(gone=9), True, id="no cause"),
        pytest.param(someone(), False, id="still there"),
        pytest.param(someone(gone=9, froze=5), False, id="did not read"),
        pytest.param(someone(gone=9, froze=5, thawed=6), False, id="did not read for a while"),
        pytest.param(someone(gone=9, untext=5), False, id="said what is no text"),
    ],
)
def test_wronged_is_who_was_thrown_out_without_having_given_cause(
    person: Attendance, wronged: bool
) -> None:
    assert person.wronged is wronged


@pytest.mark.parametrize(
    ("answer", "joined", "asked_again"),
    [
        pytest.param(PROMPT, None, True, id="once"),
        pytest.param(PROMPT * 3, None, True, id="three times"),
        pytest.param(b"", None, False, id="nothing came"),
        pytest.param(PROMPT[:-1], None, False, id="a part of it"),
        pytest.param(PROMPT + b"n", None, False, id="and more"),
        pytest.param(b"welcome!", None, False, id="something as long"),
        pytest.param(PROMPT, 4, False, id="it is in"),
    ],
)
def test_asked_again_is_who_read_the_prompt_and_nothing_else(
    answer: bytes, joined: int | None, asked_again: bool
) -> None:
    person = someone()
    person.answer, person.joined = bytearray(answer), joined
    assert person.was_asked_again(RAW) is asked_again


@pytest.mark.parametrize(
    ("answer", "again"),
    [
        pytest.param(b"name: ", True, id="nothing but the end"),
        pytest.param(b"It is taken.\nYour name: ", True, id="words before it"),
        pytest.param(b"", False, id="nothing came"),
        pytest.param(b"Your name", False, id="a part of it"),
        pytest.param(b"Your name: \n", False, id="more behind it"),
        pytest.param(b"Welcome, ann! Write a nice name: ", False, id="a greeting ends so"),
        pytest.param(b"bob: ~0000000000~ name: ", False, id="a message ends so"),
        pytest.param(b"x" * MOST_ANSWER + b"name: ", False, id="more than was kept"),
    ],
)
def test_asked_again_by_the_end_of_a_prompt(answer: bytes, again: bool) -> None:
    assert is_asked_again(BY_ITS_END, answer) is again


def test_nobody_is_asked_again_where_nobody_is_asked() -> None:
    first = load_dialect("client-first")
    assert not is_asked_again(first, b"")
    assert not is_asked_again(first, b"nickname")


@pytest.mark.parametrize(
    ("how", "eof", "froze", "good"),
    [
        (Ending.LEAVE, True, None, True),
        (Ending.HALF_CLOSE, True, None, True),
        (Ending.LEAVE, False, None, False),
        (Ending.LEAVE, True, 4, False),
        (Ending.CLOSE, True, None, False),
        (Ending.RESET, True, None, False),
        (None, True, None, False),
    ],
)
def test_in_good_order_leaves_who_half_closed_read_all_and_always_read(
    how: Ending | None, eof: bool, froze: int | None, good: bool
) -> None:
    person = someone(leaving=5, froze=froze)
    person.how, person.eof = how, eof
    assert person.in_good_order is good


@pytest.mark.parametrize(
    ("leaving", "gone", "at"), [(5, 7, 5), (7, 5, 5), (5, None, 5), (None, 7, 7)]
)
def test_a_departure_begins_with_whoever_began_it(
    leaving: int | None, gone: int | None, at: int
) -> None:
    assert departed_at(someone(leaving=leaving, gone=gone)) == at
