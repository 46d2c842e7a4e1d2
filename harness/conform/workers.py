"""Workers: jobs side by side, each in a process of its own that ends with it.

A job that crashes, or never ends, takes nothing from the others. Interrupted, all jobs are told to
end, and what they found so far is kept. Knows nothing of what the results mean.
"""

import contextlib
import gc
import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Protocol, TypeVar

import psutil

from harness.conform.isolate import isolate
from harness.errors import HarnessError
from harness.keeper import libc

JOB_SECONDS = 180.0
"""How long one run may take, times the patience; every step has a deadline of its own."""

END_SECONDS = 10.0
_TICK = 0.2
# Where all that are at work wait for a server that does not answer, others may as well.
_LOOK = 0.5
_IDLE = 40.0
_LATE = 0.05
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that came to no result: `words` say why.

    `ours` where that is the harness's fault; `interrupted` where it was not let to its end.
    """

    words: str
    ours: bool = True
    interrupted: bool = False


R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")


class Job(Protocol[R_co]):
    """What is to be done in a process of its own, in the folder `place`."""

    @property
    def patience(self) -> float:
        """By which every deadline is multiplied."""

    @property
    def place(self) -> Path | None:
        """The folder in which it is done; None for where the harness was started."""

    def do(self, *, network: bool) -> R_co:
        """Do it; `network` tells whether the process has a network of its own."""


_INTERRUPTED = Failed("it was interrupted", ours=False, interrupted=True)


@dataclass(slots=True)
class _Worker:
    index: int
    process: Any
    pipe: Connection
    deadline: float
    told: bool = False


class Workers:
    """Runs jobs, `most` at once; `apart` asks for a network of its own for each.

    While the processors have little to do, up to `most_idle` may wait side by side. `clean` starts
    the processes from a clean one, for a program that has threads.
    """

    def __init__(self, most: int, *, apart: bool, most_idle: int = 0, clean: bool = False) -> None:
        self.most = most
        self.most_idle = most_idle
        self.apart = apart
        self.interrupted = False
        self._context: Any = multiprocessing.get_context("forkserver" if clean else "fork")
        if clean:
            # Read once, by the process that all others are forked from.
            self._context.set_forkserver_preload(["__main__", __name__])
        self._working: list[_Worker] = []
        self._look = time.monotonic()
        self._late = 0.0

    def run(self, jobs: Sequence[Job[R]], done: Callable[[int, R | Failed], None]) -> None:
        """Run `jobs`, and tell `done` the number of each and its result, as they come.

        After Ctrl-C no other is begun, and what runs is ended.
        """
        waiting = list(enumerate(jobs))
        with self._interrupts():
            try:
                gc.freeze()  # what is shared with the workers is not looked at by their collectors
                while (waiting and not self.interrupted) or self._working:
                    while waiting and self._has_room() and not self.interrupted:
                        self._begin(*waiting.pop(0))
                    for index, result in self._ended():
                        done(index, result)
                    self._hurry()
            finally:
                gc.unfreeze()
                self._kill()

    @contextlib.contextmanager
    def _interrupts(self) -> Iterator[None]:
        """Take Ctrl-C down meanwhile: an exception could be lost, or lose what a run has found."""
        try:
            before = signal.signal(signal.SIGINT, self._interrupt)
        except ValueError:  # not in the main thread, which alone is told
            yield
            return
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _has_room(self) -> bool:
        """Tell whether one more may begin; where all are at work, after a look at what they do."""
        count = len(self._working)
        if count < self.most or count >= self.most_idle:
            return count < self.most
        if time.monotonic() - self._look < _LOOK:
            return False
        # Where a quota holds this program back, only its own lateness tells.
        late, self._late, self._look = self._late, 0.0, time.monotonic()
        return psutil.cpu_percent() < _IDLE and late < _LATE

    def _begin(self, index: int, job: Job[Any]) -> None:
        theirs, ours = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_work, args=(job, self.apart, ours))
        process.start()
        ours.close()
        deadline = time.monotonic() + JOB_SECONDS * max(job.patience, 1.0)
        self._working.append(_Worker(index, process, theirs, deadline))

    def _ended(self) -> Iterator[tuple[int, Any]]:
        begun = time.monotonic()
        ready = wait([one.pipe for one in self._working], timeout=_TICK)
        self._late = max(self._late, time.monotonic() - begun - _TICK)
        for worker in [one for one in self._working if one.pipe in ready]:
            result = _received(worker.pipe)
            if worker.told and isinstance(result, Failed):
                result = replace(result, interrupted=self.interrupted)
            self._working.remove(worker)
            worker.pipe.close()
            _join(worker.process)
            yield worker.index, result

    def _hurry(self) -> None:
        """Tell whoever is over its time to end, and then make it; when interrupted, everyone."""
        for worker in self._working:
            over = time.monotonic() > worker.deadline
            # From a terminal it was told already, and is told once more.
            if over or (self.interrupted and not worker.told):
                _signal(worker, signal.SIGKILL if worker.told else signal.SIGINT)
                worker.told, worker.deadline = True, time.monotonic() + END_SECONDS

    def _interrupt(self, *_: object) -> None:
        self.interrupted = True

    def _kill(self) -> None:
        for worker in self._working:
            _signal(worker, signal.SIGKILL)
            worker.pipe.close()
            _join(worker.process)
        self._working.clear()


def _signal(worker: _Worker, number: int) -> None:
    with contextlib.suppress(OSError):
        if worker.process.pid and worker.process.exitcode is None:
            os.kill(worker.process.pid, number)


def _join(process: Any) -> None:
    process.join(END_SECONDS)
    if process.exitcode is None:
        process.kill()
        process.join()
    process.close()


def _received(pipe: Connection) -> Any:
    try:
        return pipe.recv()
    except (EOFError, OSError):
        return Failed("its process was ended before it was over")


def _work(job: Job[Any], apart: bool, pipe: Connection) -> None:
    """Do one job in this process, and send what came of it."""
    # Whatever becomes of the harness, nothing of this is left.
    libc("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    try:
        result = _result(job, apart=apart)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        result = _INTERRUPTED
    with contextlib.suppress(OSError), pipe:
        pipe.send(result)


def _result(job: Job[Any], *, apart: bool) -> Any:
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        network = apart and isolate()
        if job.place is not None:
            os.chdir(job.place)
        return job.do(network=network)
    except HarnessError as error:
        return Failed(str(error), ours=False)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception:  # noqa: BLE001 - whatever it is, the other cases must be heard
        return Failed(traceback.format_exc(limit=-6))
