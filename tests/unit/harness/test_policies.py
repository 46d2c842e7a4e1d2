"""What becomes of a nickname that is taken, or empty, is what the dialect says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.dialect import Policy, Prompt
from harness.events import Ending, Eof, Failure, Role, Sent
from harness.policies import Fate, allows, breaches
from harness.verdict import Outcome

if TYPE_CHECKING:
    from tests.unit.harness.conftest import MakeTale, Tale

LET_IN, REFUSED, ASKED = Fate.LET_IN, Fate.REFUSED, Fate.ASKED_AGAIN


def _change(tale: Tale, **changes: object) -> None:
    tale.dialect = tale.dialect.model_copy(update=changes)


def _second_bob(tale: Tale, fate: Fate | None) -> int:
    tale.room("ann", "bob")
    second = tale.join("bobby", "bob")
    if fate is LET_IN:
        tale.tell(0, "hello, both")
    elif fate is ASKED:
        tale.read(second, tale.dialect.prompt_bytes)
    elif fate is REFUSED:
        tale.members.discard(second)
        tale.add(Eof, second)
    return second


DUPLICATES = [
    (Policy.ANY, LET_IN, None),
    (Policy.ANY, REFUSED, None),
    (Policy.ANY, ASKED, None),
    (Policy.LET_IN, LET_IN, None),
    (Policy.LET_IN, REFUSED, LET_IN),
    (Policy.LET_IN, ASKED, LET_IN),
    (Policy.LET_IN, None, None),
    (Policy.REFUSE, REFUSED, None),
    (Policy.REFUSE, LET_IN, REFUSED),
    (Policy.REFUSE, ASKED, REFUSED),
    (Policy.ASK_AGAIN, ASKED, None),
    (Policy.ASK_AGAIN, LET_IN, ASKED),
    (Policy.ASK_AGAIN, REFUSED, ASKED),
    (Policy.REPLACE, LET_IN, None),
    (Policy.REPLACE, REFUSED, LET_IN),
]


@pytest.mark.parametrize(("policy", "fate", "lawful"), DUPLICATES)
def test_a_nickname_that_another_has(
    tale: Tale, policy: Policy, fate: Fate | None, lawful: Fate | None
) -> None:
    _change(tale, duplicate=policy)
    second = _second_bob(tale, fate)
    found = list(breaches(tale.case()))
    assert [(one.person.conn, one.requirement, one.fate, one.lawful) for one in found] == (
        [(second, "JOIN-7", fate, lawful)] if lawful else []
    )


def test_it_is_told_by_the_check_story(tale: Tale) -> None:
    _change(tale, duplicate=Policy.REFUSE)
    _second_bob(tale, LET_IN)
    (finding,) = tale.check("story").findings
    assert (finding.requirement, finding.outcome) == ("JOIN-7", Outcome.FAIL)
    assert finding.says == (
        "bobby gave a nickname, one that another had, and was let in; in this dialect such a one "
        "is disconnected."
    )


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [(Policy.REFUSE, Outcome.INCONCLUSIVE), (Policy.LET_IN, Outcome.FAIL)],
)
def test_a_refusal_is_lawful_where_the_dialect_says_so(
    tale: Tale, policy: Policy, outcome: Outcome
) -> None:
    _change(tale, duplicate=policy)
    second = _second_bob(tale, REFUSED)
    tale.fail(second, Failure.REFUSED)
    (finding,) = tale.check("story").findings
    assert (finding.requirement, finding.outcome) == ("JOIN-7", outcome)


def test_whose_owner_has_gone_is_free(tale: Tale) -> None:
    _change(tale, duplicate=Policy.REFUSE)
    tale.room("ann", "bob")
    tale.leave(1, Ending.LEAVE)
    tale.join("bobby", "bob")
    tale.tell(0, "welcome back")
    assert list(breaches(tale.case())) == []


@pytest.mark.parametrize(
    ("policy", "answer", "lawful"),
    [
        (Policy.ANY, b"nickname\n", None),
        (Policy.ASK_AGAIN, b"nickname\n", None),
        (Policy.REFUSE, b"nickname\n", REFUSED),
        (Policy.LET_IN, b"nickname\n", LET_IN),
        (Policy.REFUSE, None, None),
        (Policy.ASK_AGAIN, None, ASKED),
        (Policy.ASK_AGAIN, b"", None),
    ],
)
@pytest.mark.parametrize("sent", [b"\n", b"\r\n", b"x\n"])
def test_an_empty_nickname(
    tell: MakeTale, sent: bytes, policy: Policy, answer: bytes | None, lawful: Fate | None
) -> None:
    tale = tell("lines")
    _change(tale, empty=policy)
    tale.room("ann", "bob")
    conn = tale.connect("blank")
    tale.add(Sent, conn, sent)
    if answer is None:
        tale.add(Eof, conn)
    elif answer:
        tale.read(conn, answer)
    found = [(one.requirement, one.lawful) for one in breaches(tale.case())]
    assert found == ([("JOIN-6", lawful)] if lawful and sent != b"x\n" else [])


@pytest.mark.parametrize(("policy", "findings"), [(Policy.ANY, 0), (Policy.REFUSE, 1)])
def test_who_is_let_in_with_an_empty_nickname(
    tell: MakeTale, policy: Policy, findings: int
) -> None:
    tale = tell("lines")
    _change(tale, empty=policy)
    tale.room("ann", "bob")
    conn = tale.connect("blank")
    tale.add(Sent, conn, b"\n")
    tale.read(conn, tale.tell(0, "hi"))
    assert [one.fate for one in breaches(tale.case())] == [LET_IN] * findings


def test_a_prompt_that_is_known_by_its_end_asks_again_with_other_words(tell: MakeTale) -> None:
    tale = tell("lines")
    _change(tale, duplicate=Policy.ASK_AGAIN, prompt=Prompt("name: ", exact=False))
    tale.room("ann", "bob")
    second = tale.join("bobby", "bob")
    tale.read(second, b"taken! Another name: ")
    assert list(breaches(tale.case())) == []


def test_where_only_so_many_are_let_in_a_refusal_says_nothing_of_nicknames(tale: Tale) -> None:
    _change(tale, duplicate=Policy.LET_IN, most=2)
    _second_bob(tale, REFUSED)
    assert list(breaches(tale.case())) == []


def test_the_harness_s_own_people_are_not_asked(tale: Tale) -> None:
    _change(tale, duplicate=Policy.LET_IN)
    tale.room("ann", "bob")
    second = tale.join("beacon-1", "bob", Role.BEACON)
    tale.members.discard(second)
    tale.add(Eof, second)
    assert list(breaches(tale.case())) == []


@pytest.mark.parametrize(
    ("dialect", "empty"), [("lines", True), ("anonymous", False)], ids=["one", "none"]
)
def test_who_sent_an_empty_nickname(tell: MakeTale, dialect: str, empty: bool) -> None:
    tale = tell(dialect)
    _change(tale, empty=Policy.LET_IN)
    conn = tale.connect("blank")
    tale.add(Sent, conn, b"\n")
    case = tale.case()
    assert allows(case, case.transcript.people[conn]) is empty
