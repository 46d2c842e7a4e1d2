"""`harness.spoken`: a dialect that was just learnt goes with the text of its file."""

import io
import sys
from types import ModuleType

import pytest

from harness.dialect_files import load_dialect
from harness.screen import Screen
from harness.spoken import Spoken, learnt
from harness.target import TargetSpec


def test_what_was_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    learner, spec, screen = ModuleType("harness.learn"), TargetSpec(), Screen(io.StringIO())
    raw, asked = load_dialect("raw"), []

    def learn_dialect(*given: object) -> tuple[object, str]:
        asked.append(given)
        return raw, "name: raw\n"

    monkeypatch.setattr(learner, "learn_dialect", learn_dialect, raising=False)
    monkeypatch.setitem(sys.modules, "harness.learn", learner)
    assert learnt(spec, screen) == Spoken(raw, "name: raw\n")
    assert asked == [(spec, screen.say)]
    assert Spoken(raw).text is None
