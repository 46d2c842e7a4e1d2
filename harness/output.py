"""What a program printed, kept within bounds: its beginning, its end, and how much is missing.

Programs under test may print without end, so memory and disk are bounded by two halves of 256 KiB.
This file does not know where the bytes come from; they are not decoded here.
"""

import contextlib
from pathlib import Path
from typing import BinaryIO

from harness.errors import HarnessError

HALF = 256 * 1024


class Output:
    """The first and the last `HALF` bytes of a stream, also written to a log as they come.

    In the log, the last bytes and the line that tells what was left out are written by `close`.
    Raises `HarnessError` when the log cannot be opened; a disk that fills later only ends the log.
    """

    __slots__ = ("_head", "_log", "_tail", "_total")

    def __init__(self, log: Path | None = None) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._total = 0
        self._log = None if log is None else _open(log)

    def add(self, data: bytes) -> None:
        """Take what came next."""
        self._total += len(data)
        room = HALF - len(self._head)
        if room > 0:
            self._head += data[:room]
            self._write(data[:room])
            data = data[room:]
        self._tail += data
        if len(self._tail) > 4 * HALF:  # seldom, so that bytes are moved seldom
            del self._tail[:-HALF]

    def value(self) -> bytes:
        """All that is kept, in order; where bytes were left out, a line says how many."""
        return bytes(self._head) + self._rest()

    def close(self) -> None:
        """Complete the log; a second call does nothing."""
        if self._log is not None:
            self._write(self._rest())
            with contextlib.suppress(OSError):
                self._log.close()
            self._log = None

    def _rest(self) -> bytes:
        missing = self._total - len(self._head) - min(len(self._tail), HALF)
        marker = f"\n[... {missing} bytes left out ...]\n".encode() if missing else b""
        return marker + bytes(self._tail[-HALF:])

    def _write(self, data: bytes) -> None:
        if self._log is not None and data:
            with contextlib.suppress(OSError):
                self._log.write(data)


def _open(log: Path) -> BinaryIO:
    try:
        return log.open("wb", buffering=0)
    except OSError as error:
        raise HarnessError(
            f"cannot write what the program prints to {log}: {error.strerror}"
        ) from None
