"""Rooms for the tests of soundness: everything in them has happened."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rooms import Room
from trials import Trial

from harness.dialect import Dialect

MakeRoom = Callable[..., Room]
MakeTrial = Callable[..., Trial]


@pytest.fixture
def make_room() -> MakeRoom:
    """Make a room and let everything in it happen."""

    def make(seed: object, dialect: Dialect | None = None, **how: bool) -> Room:
        room = Room(seed, dialect=dialect, **how)
        room.run()
        return room

    return make


@pytest.fixture
def make_trial() -> MakeTrial:
    """Make a room in which people freeze, say what is no text, and the server starts again."""

    def make(seed: object, dialect: Dialect | None = None, **how: bool) -> Trial:
        trial = Trial(seed, dialect, **how)
        trial.run()
        return trial

    return make
