"""`harness.errors`: what the errors say, and in which order."""

import pytest

from harness.errors import BadValue, HarnessError, InputError, Problem, UsageError


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("is wrong"), "is wrong"),
        (Problem("is wrong", hint="mend it"), "is wrong (mend it)"),
        (Problem("is wrong", "a.yaml"), "a.yaml: is wrong"),
        (Problem("is wrong", "a.yaml", 3, 7), "a.yaml:3:7: is wrong"),
        (Problem("is wrong", "a.yaml", 3, 7, "mend it"), "a.yaml:3:7: is wrong (mend it)"),
    ],
)
def test_a_problem_says_where_what_and_what_to_do(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_problems_stand_in_the_order_of_their_places() -> None:
    late, early = Problem("x", "a", 10, 1), Problem("x", "a", 9, 30)
    other, right = Problem("x", "b", 1, 1), Problem("x", "a", 9, 31)
    error = InputError([other, late, right, early])
    assert error.problems == (early, right, late, other)
    assert str(error) == "a:9:30: x\na:9:31: x\na:10:1: x\nb:1:1: x"


@pytest.mark.parametrize("error", [HarnessError("x"), UsageError("x"), InputError([])])
def test_wrong_input_has_exit_status_2(error: HarnessError) -> None:
    assert error.exit_status == 2


def test_a_bad_value_has_words_and_is_no_error_of_the_harness() -> None:
    assert str(BadValue("is wrong")) == "is wrong"
    assert str(BadValue("is wrong", "mend it")) == "is wrong (mend it)"
    assert not issubclass(BadValue, HarnessError)
