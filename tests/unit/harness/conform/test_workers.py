"""Jobs side by side: more of them while they only wait."""

import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psutil
import pytest

from harness.conform.workers import Failed, Workers

WAIT = 30.0


@dataclass(frozen=True)
class Job:
    """Waits for another in its folder; returns how many it saw there."""

    folder: Path
    number: int
    patience: float = 1.0
    place: Path | None = None

    def do(self, *, network: bool) -> int:
        (self.folder / str(self.number)).touch()
        end, seen = time.monotonic() + WAIT, 0
        while time.monotonic() < end and seen < 2:
            seen = len(list(self.folder.iterdir()))
        return seen


def test_those_that_wait_wait_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_percent", lambda: 0.0)
    found: dict[int, int | Failed] = {}
    Workers(1, apart=False, most_idle=2).run(
        [Job(tmp_path, 0), Job(tmp_path, 1)], found.__setitem__
    )
    assert found == {0: 2, 1: 2}


@pytest.mark.parametrize(
    ("working", "most", "waiting", "busy", "late", "room"),
    [
        pytest.param(1, 2, 0, 100.0, 9.0, True, id="not all are at work"),
        pytest.param(2, 2, 6, 5.0, 0.0, True, id="all of them wait"),
        pytest.param(2, 2, 6, 90.0, 0.0, False, id="there is much to do"),
        pytest.param(2, 2, 6, 5.0, 0.2, False, id="the harness is held back"),
        pytest.param(6, 2, 6, 5.0, 0.0, False, id="as many as may wait do"),
        pytest.param(2, 2, 0, 5.0, 0.0, False, id="a number was asked for"),
    ],
)
def test_who_waits_leaves_room(
    monkeypatch: pytest.MonkeyPatch,
    *,
    working: int,
    most: int,
    waiting: int,
    busy: float,
    late: float,
    room: bool,
) -> None:
    monkeypatch.setattr(psutil, "cpu_percent", lambda: busy)
    workers = Workers(most, apart=False, most_idle=waiting)
    workers._working = [cast("Any", SimpleNamespace())] * working  # noqa: SLF001
    workers._look, workers._late = 0.0, late  # noqa: SLF001
    assert workers._has_room() is room  # noqa: SLF001
