"""Watch: what is measured beside the story: the server's resources, and how late the harness runs.

A deadline that passed proves nothing where the harness, or the server, had to wait for a processor
meanwhile; `Watch.late_since` tells how long that was. Knows nothing of people.
"""

import asyncio
from collections import deque
from collections.abc import Iterable

from harness import events
from harness.recorder import Recorder
from harness.resources import own_run_delay
from harness.target import Sample, Target

TICK = 0.05
# How often the server's wait for a processor is read, in ticks; a thousand threads take 10 ms.
SAMPLE_EVERY = 10
WORTH_NOTING = 0.05
KEPT = 4096


class Watch:
    """Watches the event loop and `target` until cancelled."""

    def __init__(self, recorder: Recorder, target: Target) -> None:
        self.recorder = recorder
        self.target = target
        self.worst_lag = 0.0
        self.overrun = ""  # what the program took that it may not, once it did
        self._lags: deque[tuple[int, float]] = deque(maxlen=KEPT)
        self._delays: deque[tuple[int, float]] = deque(maxlen=KEPT)
        self._own: deque[tuple[int, float]] = deque(maxlen=KEPT)

    async def run(self) -> None:
        """Measure until cancelled; put what was recorded on disk meanwhile."""
        loop = asyncio.get_running_loop()
        ticks = 0
        while True:
            due = loop.time() + TICK
            await asyncio.sleep(TICK)
            self._note_lag(loop.time() - due)
            self._own.append((self.recorder.now(), own_run_delay()))
            self.recorder.write_some()
            if ticks % SAMPLE_EVERY == 0:
                self._note_delay()
            ticks += 1

    def _note_lag(self, lag: float) -> None:
        now = self.recorder.now()
        self._lags.append((now, lag))
        self.worst_lag = max(self.worst_lag, lag)
        if lag > WORTH_NOTING:
            self.recorder.add(events.Lagged(now, lag))

    def _note_delay(self) -> None:
        sample = self.target.sample() if self.target.started else None
        if sample is not None:
            before = self._delays[-1][1] if self._delays else sample.run_delay_seconds
            self._delays.append((self.recorder.now(), sample.run_delay_seconds))
            if (starved := sample.run_delay_seconds - before) > WORTH_NOTING:
                self.recorder.add(events.Starved(self.recorder.now(), starved))
            self.overrun = self.overrun or self.target.bounds.passed_by(sample)

    def late_since(self, begin: int) -> float:
        """Return for how many seconds harness or server were kept waiting since `begin`."""
        if not self._delays or self.recorder.now() - self._delays[-1][0] > TICK * 1e9:
            self._note_delay()  # a crowd that waits in vain asks all at once
        self._own.append((self.recorder.now(), own_run_delay()))
        lag = max((lag for at, lag in self._lags if at >= begin), default=0.0)
        # The loop may be late a little at a time, all the time.
        return max(lag, _grown(self._delays, begin), _grown(self._own, begin))

    def sample(self, label: str, expected: int) -> events.Sampled | None:
        """Record the server's resources; `expected` connections are open on this side."""
        sample = self.target.sample() if self.target.started else None
        return None if sample is None else self.note(sample, label, expected)

    def note(self, sample: Sample, label: str, expected: int) -> events.Sampled:
        """Record resources that were looked at just now."""
        event = _sampled(self.recorder.now(), label, sample, expected)
        self.recorder.add(event)
        return event


def _grown(delays: Iterable[tuple[int, float]], begin: int) -> float:
    """Return by how much a figure that only grows has grown since `begin`."""
    before = [delay for at, delay in delays if at <= begin]
    since = [delay for at, delay in delays if at > begin]
    start = before[-1] if before else min(since, default=0.0)
    return max(since, default=start) - start


def _sampled(at: int, label: str, sample: Sample, expected: int) -> events.Sampled:
    return events.Sampled(
        at=at,
        label=label,
        cpu=sample.cpu_seconds,
        run_delay=sample.run_delay_seconds,
        threads=sample.threads,
        rss=sample.rss_bytes,
        sockets=-1 if sample.open_sockets is None else sample.open_sockets,
        close_wait=-1 if sample.close_wait is None else sample.close_wait,
        expected=expected,
    )
