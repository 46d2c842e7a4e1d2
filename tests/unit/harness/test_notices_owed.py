"""Who has to be told of whom, while a run lasts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from harness.announcement import Announcement, HeardNotice, Occasion
from harness.dialect import Policy
from harness.dialect_files import load_dialect
from harness.events import Ending, Stage, StageBegun
from harness.notices_owed import Announcing, Turn, is_told, still_owed

if TYPE_CHECKING:
    from harness.dialect import Dialect
    from tests.unit.harness.conftest import Tale

COMES, GOES = Turn.COMES, Turn.GOES


def _announcing(**texts: str) -> Dialect:
    told = {
        occasion: Announcement.model_validate({"text": text}) for occasion, text in texts.items()
    }
    return load_dialect("raw").model_copy(update=told)


def test_nothing_is_owed_where_nobody_is_announced(tale: Tale) -> None:
    tale.room("ann", "bob")
    tale.add(StageBegun, Stage.ROLL_CALL)
    assert still_owed(tale.transcript(), [0, 1]) == {}


def test_what_is_still_owed(tale: Tale) -> None:
    tale.dialect = _announcing(join="{nick} joined!", leave="{nick} left!")
    tale.room("ann", "bob", "cid")
    tale.join("dan")
    tale.tell(3, "hello")
    tale.leave(2, Ending.RESET)
    tale.add(StageBegun, Stage.ROLL_CALL)
    transcript = tale.transcript()
    owed = Counter({(COMES, "dan"): 1, (GOES, "cid"): 1})
    # bob's proof came with ann's answer to none: cid's coming he may have missed.
    assert still_owed(transcript, [0, 1, 3])[1] == owed
    heard = transcript.listeners[1].notices
    heard.append(HeardNotice(Occasion.JOIN, "dan", tale.now))
    assert not is_told(transcript, 1, owed)
    heard.append(HeardNotice(Occasion.LEAVE, "cid", tale.now))
    assert is_told(transcript, 1, owed)
    assert 1 not in still_owed(transcript, [0, 1, 3])


def test_before_the_roll_is_called_nothing_is_owed(tale: Tale) -> None:
    tale.dialect = _announcing(join="{nick} joined!")
    tale.room("ann", "bob", "cid")
    assert still_owed(tale.transcript(), [0, 1]) == {}


@pytest.mark.parametrize(
    ("texts", "occasion", "key"),
    [
        ({"join": "{nick} in", "leave": "{nick} out"}, Occasion.JOIN, (COMES, "ann")),
        ({"join": "{nick} in", "leave": "{nick} out"}, Occasion.LEAVE, (GOES, "ann")),
        ({"join": "* {nick}", "leave": "* {nick}"}, Occasion.LEAVE, (COMES, "ann")),
        ({"join": "one came"}, Occasion.JOIN, (COMES, "")),
    ],
)
def test_what_cannot_be_told_apart_is_counted_together(
    texts: dict[str, str], occasion: Occasion, key: tuple[Turn, str]
) -> None:
    assert Announcing(_announcing(**texts)).key(occasion, "ann") == key


def test_where_a_loss_names_nobody_and_a_departure_does_either_may_come(tale: Tale) -> None:
    tale.dialect = _announcing(leave="{nick} left", lost="somebody was lost")
    tale.room("ann", "bob", "cid")
    tale.leave(2, Ending.RESET)
    acts = Announcing(tale.dialect).acts(tale.transcript())
    assert {act.key for act in acts} == {(GOES, "cid"), (GOES, "")}
    assert not any(act.sure for act in acts)


def test_a_greeting_is_no_notice_of_anybodys_coming(tale: Tale) -> None:
    greeted = load_dialect("announcing-raw")
    announcing = Announcing(greeted)
    assert Occasion.GREETING not in announcing.audiences
    came = HeardNotice(Occasion.JOIN, "ann", 2)
    greeting = HeardNotice(Occasion.GREETING, "ann", 1)
    assert list(announcing.heard([greeting, came])) == [((COMES, "ann"), came)]
    # A dialect that only greets announces nobody.
    tale.dialect = greeted.model_copy(update={"join": None, "leave": None})
    tale.room("ann", "bob")
    tale.join("cid")
    tale.add(StageBegun, Stage.ROLL_CALL)
    assert still_owed(tale.transcript(), [0, 1]) == {}


def test_who_only_connects_is_not_announced(tale: Tale) -> None:
    tale.dialect = _announcing(join="{nick} joined!", leave="{nick} left!")
    tale.room("ann", "bob")
    stranger = tale.connect("cid")
    tale.leave(stranger, Ending.RESET)
    people = {act.person.nick for act in Announcing(tale.dialect).acts(tale.transcript())}
    assert people == {"ann", "bob"}


@pytest.mark.parametrize(
    ("duplicate", "joins", "sure"),
    [
        pytest.param(Policy.REPLACE, True, False, id="the second takes the first's name"),
        pytest.param(Policy.REPLACE, False, True, id="the second never gave it"),
        pytest.param(Policy.LET_IN, True, True, id="both keep it"),
    ],
)
def test_whose_name_a_server_may_have_changed_is_announced_to_nobody_for_certain(
    tale: Tale, duplicate: Policy, joins: bool, sure: bool
) -> None:
    dialect = _announcing(join="{nick} joined!")
    tale.dialect = dialect.model_copy(update={"duplicate": duplicate})
    tale.room("ann", "bob")
    (tale.join if joins else tale.connect)("second", "bob")
    acts = Announcing(tale.dialect).acts(tale.transcript())
    assert {act.person.nick: act.sure for act in acts if act.person.conn < 2} == {
        "ann": True,
        "bob": sure,
    }
