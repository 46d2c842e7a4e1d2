"""Recorder: the clock of a run, and the one place where its events are taken down.

Each event goes to the history and to the transcript at once, so whoever acts sees what a judge will
see. The disk is written in small portions while the run goes on and completed before anything is
torn down. Knows nothing of sockets.
"""

import time
from pathlib import Path

from harness.dialect import Dialect
from harness.errors import UsageError
from harness.events import Event
from harness.history import History, HistoryFile
from harness.transcript import Transcript

# About two milliseconds of writing: what may be done beside a running chat.
PORTION = 400


class Recorder:
    """Takes down the events of one run; `path` is its history file, None to keep none."""

    def __init__(self, dialect: Dialect, path: Path | None) -> None:
        self.history = History()
        self.transcript = Transcript(dialect)
        self._begin = time.monotonic_ns()
        self.closed = False
        self.mistake: Exception | None = None
        self._failure: OSError | None = None
        self._stream = path.open("w", encoding="ascii") if path else None
        self._file = HistoryFile(self._stream) if self._stream else None
        if self._file:
            self._file.begin()

    def now(self) -> int:
        """Return the nanoseconds since the run began."""
        return time.monotonic_ns() - self._begin

    def add(self, event: Event) -> None:
        """Take down `event`; after `close` nothing more is taken."""
        if self.closed:
            return
        self.history.add(event)
        if self.mistake is not None:
            return
        try:
            self.transcript.observe(event)
        except Exception as error:  # noqa: BLE001 - the server must not be blamed for our mistake
            self.mistake = error

    def write_some(self) -> None:
        """Put a portion of what is new on disk; a disk that is full is for `close` to report."""
        if self._file and self._failure is None:
            try:
                self._file.append(self.history.events, PORTION)
            except OSError as error:
                self._failure = error

    def close(self) -> None:
        """End the history and put all of it on disk, so that every judge sees the same.

        Raises `UsageError` where the disk does not take it.
        """
        self.closed = True
        file, stream = self._file, self._stream
        self._file = self._stream = None
        if file is None or stream is None:
            return
        try:
            with stream:
                if self._failure is None:
                    file.append(self.history.events)
        except OSError as error:
            self._failure = error
        if self._failure is not None:
            raise UsageError(f"the history cannot be written: {self._failure.strerror}")
