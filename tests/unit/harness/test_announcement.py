"""`harness.announcement`: what a server says of its own accord."""

import pytest
from pydantic import ValidationError

from harness.announcement import Announcement, Audience, Occasion, notice_template, told_texts
from harness.errors import BadValue


def test_others_are_told_unless_it_says_more() -> None:
    told = Announcement.model_validate({"text": "{nick} joined!"})
    notice = told.notice(Occasion.JOIN)
    assert (notice.occasion, notice.audience) == (Occasion.JOIN, Audience.OTHERS)
    assert notice.template.render({"nick": "bob"}) == "bob joined!"
    everyone = Announcement.model_validate({"text": told.text, "to": "all"})
    assert everyone.to is Audience.ALL


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"text": "{nick}"}, "must have some text beside its fields"),
        ({"text": ""}, "must not be empty"),
        ({"text": "~"}, "must not have a '~'"),
        ({"text": 5}, "must be a text, not the number 5"),
        ({"text": "\ud800"}, "half a character"),
        ({"text": "x", "to": "other"}, "must be one of others, all, newcomer"),
        ({"text": "x", "to": 5}, "must be one of others, all, newcomer"),
        ({"text": "{message}"}, "unknown field"),
    ],
)
def test_mistakes(raw: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Announcement.model_validate(raw)


def test_greetings() -> None:
    assert [str(one) for one in told_texts("Hi!")] == ["Hi!"]
    assert [str(one) for one in told_texts(["Hi!", "{nick}, welcome"])] == [
        "Hi!",
        "{nick}, welcome",
    ]
    assert told_texts(notice_template("Hi!"))[0].source == "Hi!"


@pytest.mark.parametrize("value", [None, [], 5, [5], "", "Hi \ud800", "Hi \0"])
def test_what_is_no_greeting(value: object) -> None:
    with pytest.raises(BadValue):
        told_texts(value)
