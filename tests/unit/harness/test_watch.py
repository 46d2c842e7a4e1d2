"""`harness.watch`: how late the harness ran, how long the server waited, and what it used."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest

from harness import events
from harness.dialect_files import load_dialect
from harness.history import read_history
from harness.recorder import Recorder
from harness.resources import UNBOUNDED
from harness.target import Sample, Target
from harness.watch import SAMPLE_EVERY, TICK, WORTH_NOTING, Watch

SECOND = 1_000_000_000


class FakeTarget:
    """A started target whose samples are given."""

    started = True
    bounds = UNBOUNDED

    def __init__(self, delays: Iterator[float]) -> None:
        self.delays = delays

    def sample(self) -> Sample | None:
        delay = next(self.delays, None)
        if delay is None:
            return None
        return Sample(
            cpu_seconds=1.5,
            run_delay_seconds=delay,
            threads=3,
            processes=1,
            rss_bytes=4096,
            open_sockets=None,
            close_wait=2,
            listeners=1,
        )


def watch_of(*delays: float, path: Path | None = None) -> Watch:
    recorder = Recorder(load_dialect("raw"), path)
    return Watch(recorder, cast(Target, FakeTarget(iter(delays))))


def test_a_blocked_loop_is_noticed_and_recorded(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    watch = watch_of(path=path)

    async def main() -> float:
        task = asyncio.create_task(watch.run())
        await asyncio.sleep(TICK / 2)
        begin = watch.recorder.now()
        time.sleep(TICK + 3 * WORTH_NOTING)  # noqa: ASYNC251 - this is what is measured
        while not watch.worst_lag:  # noqa: ASYNC110
            await asyncio.sleep(TICK)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return watch.late_since(begin)

    late = asyncio.run(main())
    assert late >= 2 * WORTH_NOTING
    assert watch.worst_lag >= late
    watch.recorder.close()
    lags = [event for event in read_history(path) if isinstance(event, events.Lagged)]
    assert max(event.seconds for event in lags) >= 2 * WORTH_NOTING


def test_the_harness_may_be_late_a_little_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    waited = iter([10.0, 12.5])
    monkeypatch.setattr("harness.watch.own_run_delay", lambda: next(waited))
    watch = watch_of()
    begin = watch.recorder.now()
    assert watch.late_since(begin) == 0.0
    assert watch.late_since(begin) == 2.5


def test_what_was_late_before_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.watch.own_run_delay", lambda: 7.0)
    watch = watch_of()
    watch._note_lag(5.0)  # noqa: SLF001
    begin = watch.recorder.now()
    assert watch.late_since(0) == 5.0
    assert watch.late_since(begin + SECOND) == 0.0
    watch._note_lag(0.25)  # noqa: SLF001
    assert watch.late_since(begin) == 0.25


def test_the_server_s_wait_for_a_processor_counts_from_the_last_sample_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("harness.watch.TICK", 0.0)
    watch = watch_of(1.0, 1.5, 4.0)
    watch._note_delay()  # noqa: SLF001
    begin = watch.recorder.now()
    watch._note_delay()  # noqa: SLF001
    assert watch.late_since(begin) == pytest.approx(3.0)


def test_who_asks_often_is_told_what_was_measured_just_now() -> None:
    watch = watch_of(1.0, 4.0)  # a third look would fail
    watch._note_delay()  # noqa: SLF001
    begin = watch.recorder.now()
    watch._note_delay()  # noqa: SLF001
    assert [watch.late_since(begin) for _ in range(9)] == [3.0] * 9


def test_a_server_that_is_kept_waiting_is_recorded() -> None:
    watch = watch_of(7.0, 7.05, 8.0)
    for _ in range(3):
        watch._note_delay()  # noqa: SLF001
    (starved,) = watch.recorder.transcript.starved
    assert starved.seconds == pytest.approx(0.95)


def test_without_a_sample_before_it_counts_from_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("harness.watch.TICK", 0.0)
    watch = watch_of(7.0, 7.25)
    begin = watch.recorder.now() - 1
    watch._note_delay()  # noqa: SLF001
    assert watch.late_since(begin) == pytest.approx(0.25)


def test_a_server_that_has_gone_is_not_late() -> None:
    assert watch_of().late_since(0) == 0.0


def test_what_the_server_uses_is_recorded() -> None:
    watch = watch_of(0.5)
    sampled = watch.sample("after", expected=4)
    assert sampled == events.Sampled(
        at=sampled.at if sampled else 0,
        label="after",
        cpu=1.5,
        run_delay=0.5,
        threads=3,
        rss=4096,
        sockets=-1,
        close_wait=2,
        expected=4,
    )
    assert watch.recorder.transcript.samples == [sampled]
    assert watch.sample("gone", expected=0) is None
    assert len(watch.recorder.history.events) == 1


def test_a_server_that_was_not_started_is_not_measured() -> None:
    async def main() -> None:
        recorder = Recorder(load_dialect("raw"), None)
        watch = Watch(recorder, Target("127.0.0.1", 1))
        assert watch.sample("after", 0) is None
        assert watch.late_since(0) == 0.0

    asyncio.run(main())


def test_a_loop_that_runs_in_time_is_not_recorded() -> None:
    watch = watch_of()
    watch._note_lag(WORTH_NOTING)  # noqa: SLF001
    assert watch.worst_lag == WORTH_NOTING
    assert watch.recorder.transcript.lags == []


def test_the_server_is_looked_at_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.watch.TICK", 0.001)
    watch, looks = watch_of(), []
    monkeypatch.setattr(watch, "_note_delay", lambda: looks.append(len(watch._own)))  # noqa: SLF001

    async def main() -> None:
        task = asyncio.create_task(watch.run())
        while len(looks) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert looks == [1, 1 + SAMPLE_EVERY, 1 + 2 * SAMPLE_EVERY]
