"""What is learnt of those who come and go, from what they and others were told."""

from types import SimpleNamespace
from typing import cast

import pytest

from harness.learn.coming import Told, tell_farewell
from harness.learn.findings import Finding, Findings, Sort
from harness.learn.lab import Lab
from harness.learn.probe import Probe


def _left(nick: str, *own: str, others: tuple[str, ...] = ()) -> Told:
    probe = cast("Probe", SimpleNamespace(nick=nick, address=("127.0.0.1", 4000)))
    return Told(probe, own, others, ("ann", "bob", "cid", "dan"))


def _learnt(*left: list[Told]) -> Finding:
    findings = Findings()
    lab = cast("Lab", SimpleNamespace(findings=findings))
    for one, how in zip(left, ("half-closed", "said /quit"), strict=False):
        tell_farewell(lab, one, how)
    found = findings.of("farewell")
    assert found is not None
    return found


SILENT = [_left("ann"), _left("bob")]
BYE = [_left("ann", "Bye, ann!"), _left("bob", "Bye, bob!")]
QUIT = [_left("cid", "You quit."), _left("dan", "You quit.")]


@pytest.mark.parametrize(
    ("left", "value"),
    [
        pytest.param([BYE], '"Bye, {nick}!"', id="it names who leaves"),
        pytest.param([SILENT, QUIT], '"You quit."', id="only who says the word is told"),
        pytest.param([BYE, SILENT], '"Bye, {nick}!"', id="only who half-closes is told"),
        pytest.param([BYE, BYE], '"Bye, {nick}!"', id="both are told the same"),
        pytest.param([BYE, QUIT], '["Bye, {nick}!", "You quit."]', id="each is told another"),
    ],
)
def test_a_farewell_is_what_those_who_leave_are_told(left: list[list[Told]], value: str) -> None:
    found = _learnt(*left)
    assert (found.sort, found.value) == (Sort.FOUND, value)


def test_what_all_are_told_is_no_farewell() -> None:
    gone = [
        _left(nick, f"{nick} left.", "Bye!", others=(f"{nick} left.",)) for nick in ("ann", "bob")
    ]
    assert _learnt(gone).value == '"Bye!"'


@pytest.mark.parametrize(
    ("left", "sort"),
    [
        pytest.param(SILENT, Sort.NOTHING, id="nobody is told anything"),
        pytest.param([BYE[0], SILENT[1]], Sort.UNKNOWN, id="one is, and one is not"),
        pytest.param([_left("ann", "x"), _left("bob", "y")], Sort.UNKNOWN, id="it has no form"),
    ],
)
def test_what_has_no_form_is_not_found_out(left: list[Told], sort: Sort) -> None:
    assert _learnt(left).sort is sort
